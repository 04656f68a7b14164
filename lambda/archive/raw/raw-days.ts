/** On which days a source has raw records, forwards or backwards, without listing what lies between. */
import { type AuditSource, rawDayPrefix, rawSourcePrefix } from '../../../contract/archive.ts';
import type { ObjectStore } from '../store/object-store.ts';

export type ReadingOrder = 'oldest-first' | 'newest-first';

/** A span of time in milliseconds since the epoch; `to` is not part of it, and may be infinite. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** `YYYY`, then `MM`, then `DD`. */
const LEVELS = 3;

/** Yields the prefixes of days, `raw/<source>/<YYYY>/<MM>/<DD>/`. */
export async function* rawDays(
  store: ObjectStore,
  source: AuditSource,
  span: TimeSpan,
  order: ReadingOrder,
): AsyncGenerator<string, void, undefined> {
  if (span.from < span.to) {
    yield* daysBelow(store, rawSourcePrefix(source), LEVELS, boundsOf(source, span), order);
  }
}

interface Bounds {
  readonly first: string;
  readonly last: string;
}

async function* daysBelow(
  store: ObjectStore,
  folder: string,
  levels: number,
  bounds: Bounds,
  order: ReadingOrder,
): AsyncGenerator<string, void, undefined> {
  if (levels === 0) {
    yield folder;
    return;
  }
  const all = await store.folders(folder);
  const within = all.filter((each) => isWithin(each, bounds));
  for (const each of order === 'oldest-first' ? within : within.reverse()) {
    yield* daysBelow(store, each, levels - 1, bounds, order);
  }
}

/** A folder may hold days within the bounds if what they begin with is within them. */
function isWithin(folder: string, { first, last }: Bounds): boolean {
  return folder >= first.slice(0, folder.length) && folder <= last.slice(0, folder.length);
}

function boundsOf(source: AuditSource, { from, to }: TimeSpan): Bounds {
  return {
    first: rawDayPrefix(source, dayOf(from)),
    last: rawDayPrefix(source, dayOf(to - 1)),
  };
}

const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(2999, 11, 31);

function dayOf(time: number): string {
  const within = Math.min(Math.max(time, EARLIEST), LATEST);
  return new Date(within).toISOString().slice(0, 10).replaceAll('-', '');
}
