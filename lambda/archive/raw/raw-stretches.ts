/** Divides what is to be read into stretches: hours that follow each other, as many as are read well at once. */
import { type ArchiveHour, type AuditSource, startOfHour } from '../../../contract/archive.ts';
import { mapAhead } from '../../shared/concurrency.ts';
import type { ListedObject, ObjectStore } from '../store/object-store.ts';
import { type ReadingOrder, rawDays, type TimeSpan } from './raw-days.ts';
import type { RawPlace } from './raw-object.ts';

/** A raw object that is to be read. */
export interface RawObjectListed extends RawPlace {
  /** Compressed. */
  readonly bytes: number;
}

/** Objects of hours that follow each other: all that the archive has of one source in the span. */
export interface Stretch {
  readonly span: TimeSpan;
  readonly objects: readonly RawObjectListed[];
}

const HOUR_MS = 3_600_000;
/** Of the records' own hour. */
const MAXIMUM_BYTES = 1024 * 1024;
const MAXIMUM_OBJECTS = 64;
const DAYS_AHEAD = 4;
/** `…/YYYY/MM/DD/HH/<name>`. */
const RAW_KEY = /\/(?<year>\d{4})\/(?<month>\d{2})\/(?<day>\d{2})\/(?<hour>\d{2})\/[^/]+$/;

export async function* rawStretches(
  store: ObjectStore,
  source: AuditSource,
  span: TimeSpan,
  order: ReadingOrder,
): AsyncGenerator<Stretch, void, undefined> {
  const days = rawDays(store, source, span, order);
  const hours = mapAhead(days, DAYS_AHEAD, (day) => hoursOf(store, source, day));
  for await (const ofDay of hours) {
    const within = ofDay.filter(({ span: hour }) => hour.to > span.from && hour.from < span.to);
    yield* joined(order === 'oldest-first' ? within : within.reverse());
  }
}

/** Objects that lie outside every hour are none that were ever written by us. */
async function hoursOf(store: ObjectStore, source: AuditSource, day: string): Promise<Stretch[]> {
  const hours = new Map<ArchiveHour, RawObjectListed[]>();
  for await (const { key, bytes } of store.list(day)) {
    const hour = hourOfKey(key);
    if (hour !== undefined) {
      const objects = hours.get(hour) ?? [];
      hours.set(hour, objects);
      objects.push({ key, bytes, source, hour });
    }
  }
  return [...hours].map(([hour, objects]) => ({
    span: { from: startOfHour(hour), to: startOfHour(hour) + HOUR_MS },
    objects,
  }));
}

function hourOfKey(key: ListedObject['key']): ArchiveHour | undefined {
  const { year, month, day, hour } = RAW_KEY.exec(key)?.groups ?? {};
  return hour === undefined ? undefined : `${year}${month}${day}T${hour}`;
}

/** Joins hours that are small, for most have a few records. */
function* joined(hours: readonly Stretch[]): Generator<Stretch, void, undefined> {
  let stretch: Stretch | undefined;
  for (const hour of hours) {
    const both: Stretch | undefined = stretch && {
      span: {
        from: Math.min(stretch.span.from, hour.span.from),
        to: Math.max(stretch.span.to, hour.span.to),
      },
      objects: [...stretch.objects, ...hour.objects],
    };
    if (both !== undefined && both.objects.length <= MAXIMUM_OBJECTS && bytesOf(both) <= MAXIMUM_BYTES) {
      stretch = both;
    } else {
      if (stretch !== undefined) {
        yield stretch;
      }
      stretch = hour;
    }
  }
  if (stretch !== undefined) {
    yield stretch;
  }
}

function bytesOf({ objects }: Stretch): number {
  return objects.reduce((sum, { bytes }) => sum + bytes, 0);
}
