/**
 * Writes the derived files of a range of hours anew, from its raw records.
 *
 * Each file is replaced whole, by one write, so whoever reads has all of its events, once: the former file's or the new one's.
 */
import {
  type ArchivedRecord,
  type ArchiveHour,
  type AuditSource,
  hourOf,
  startOfHour,
} from '../../../contract/archive.ts';
import { classNameOf } from '../../../contract/audit-schema.ts';
import type { OcsfClassName, OcsfEvent } from '../../../contract/ocsf.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { type Day, DayFiles, type HourRange } from './day-files.ts';
import { factsOf, ParquetFile } from './parquet-file.ts';

export interface RebuildServices {
  /** The derived bucket, or a folder in its place. */
  readonly store: ObjectStore;
  /** A source's raw records between two times, `to` not among them, in the order of their times, and what is there twice in succession. */
  readonly read: (source: AuditSource, from: number, to: number) => AsyncIterable<ArchivedRecord>;
  readonly toOcsf: (record: ArchivedRecord) => OcsfEvent;
  /**
   * Of the records' text in a range: where it has so much, the next hour begins another.
   *
   * @default RANGE_BYTES
   */
  readonly rangeBytes?: number;
  /** Is told of every event. */
  readonly onEvent?: (event: OcsfEvent, hour: ArchiveHour) => void;
}

/** What is read again for each hour that is added. A file is a tenth of it or less. */
export const RANGE_BYTES = 64 * 1024 * 1024;

const CONTENT_TYPE = 'application/vnd.apache.parquet';

/** A file's own word for the last hour that it may have events of. */
const LAST_HOUR_FACT = 'trailbridge.last-hour';

export interface Rebuilt {
  /** The hours between the two are as the raw records have them; milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

/**
 * Rebuilds the range that an hour falls into, and the ranges that it is parted into where it has grown too large.
 *
 * @throws ConditionFailedError where somebody else has written one of the files meanwhile.
 */
export async function rebuild(day: Day, hour: ArchiveHour, services: RebuildServices): Promise<Rebuilt> {
  const listed = await DayFiles.list(services.store, day);
  const range = listed.rangeOf(hour);
  let next: HourRange | undefined = range;
  while (next !== undefined) {
    const { files, cutAt } = await build(day.source, next, services);
    await write(listed, next, files, services.store);
    next = cutAt === undefined ? undefined : listed.rangeFrom(cutAt);
  }
  return { from: startOfHour(range.start), to: range.to };
}

interface Built {
  readonly files: ReadonlyMap<OcsfClassName, Buffer>;
  /** The hour with which another range has to begin. */
  readonly cutAt: ArchiveHour | undefined;
}

async function build(source: AuditSource, range: HourRange, services: RebuildServices): Promise<Built> {
  const { read, toOcsf, rangeBytes = RANGE_BYTES, onEvent, store } = services;
  const files = new Map<OcsfClassName, ParquetFile>();
  const covered = coveredUntil(store, range);
  let bytes = 0;
  let hour = range.start;
  let cutAt: ArchiveHour | undefined;
  let last: string | undefined;
  for await (const record of read(source, startOfHour(range.start), range.to)) {
    if (hourOf(record.id) !== hour) {
      // An hour that is in these files already cannot leave them: for a moment its events would be in two files, or in none.
      if (bytes >= rangeBytes && hourOf(record.id) > (await covered())) {
        cutAt = hourOf(record.id);
        break;
      }
      hour = hourOf(record.id);
    }
    if (record.id !== last) {
      last = record.id;
      bytes += record.record.length;
      const event = toOcsf(record);
      onEvent?.(event, hour);
      await fileFor(files, classNameOf(event)).add(event);
    }
  }
  return { files: await finished(files, hour), cutAt };
}

function fileFor(files: Map<OcsfClassName, ParquetFile>, className: OcsfClassName): ParquetFile {
  const file = files.get(className) ?? new ParquetFile(className);
  files.set(className, file);
  return file;
}

async function finished(
  files: ReadonlyMap<OcsfClassName, ParquetFile>,
  lastHour: ArchiveHour,
): Promise<ReadonlyMap<OcsfClassName, Buffer>> {
  const buffers = new Map<OcsfClassName, Buffer>();
  for (const [className, file] of files) {
    buffers.set(className, await file.finish({ [LAST_HOUR_FACT]: lastHour }));
  }
  return buffers;
}

/** The last hour that the range's files have; asked for once only, and not where nobody wants to know. */
function coveredUntil(store: ObjectStore, { files }: HourRange): () => Promise<ArchiveHour> {
  let answer: Promise<ArchiveHour> | undefined;
  const look = async (): Promise<ArchiveHour> => {
    const facts = [];
    for (const { key } of files.values()) {
      facts.push(factsOf(await store.get(key))[LAST_HOUR_FACT] ?? EVERY_HOUR);
    }
    return facts.sort().at(-1) ?? NO_HOUR;
  };
  return () => {
    answer ??= look();
    return answer;
  };
}

/** Before and behind every hour, as strings. */
const NO_HOUR = '';
const EVERY_HOUR = '~';

/** A class that has no events any more goes first: an event that is now in another class shall not be there twice. */
async function write(
  listed: DayFiles,
  range: HourRange,
  files: ReadonlyMap<OcsfClassName, Buffer>,
  store: ObjectStore,
): Promise<void> {
  for (const [className, { key }] of range.files) {
    if (!files.has(className)) {
      await store.delete(key);
    }
  }
  for (const [className, file] of files) {
    const etag = range.files.get(className)?.etag;
    await store.put(listed.keyOf(className, range), file, {
      contentType: CONTENT_TYPE,
      ...(etag === undefined ? { ifAbsent: true } : { ifMatch: etag }),
    });
  }
}
