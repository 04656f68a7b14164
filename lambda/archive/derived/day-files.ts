/**
 * Which derived files a source's day has, and which hours each covers.
 *
 * A file is called by the first hour that it covers, and covers all up to the next file's. These bounds are the same for all
 * classes: a class without events in some hours merely has no file for them.
 */
import {
  type ArchiveHour,
  type AuditSource,
  derivedDayPrefix,
  startOfHour,
} from '../../../contract/archive.ts';
import { OCSF_CLASS_NAMES } from '../../../contract/audit-schema.ts';
import type { OcsfClassName } from '../../../contract/ocsf.ts';
import type { ListedObject, ObjectStore } from '../store/object-store.ts';

export const PARQUET_SUFFIX = '.parquet';
const FIRST_HOUR = '00';

/** A range of hours, all of whose events are in files of one name, one a class. */
export interface HourRange {
  /** Its first hour. */
  readonly start: ArchiveHour;
  /** When it ends, in milliseconds since the epoch. */
  readonly to: number;
  readonly files: ReadonlyMap<OcsfClassName, ListedObject>;
}

export class DayFiles {
  readonly #source: AuditSource;
  readonly #awsRegion: string;
  readonly #day: string;
  readonly #filesAt: ReadonlyMap<string, ReadonlyMap<OcsfClassName, ListedObject>>;

  private constructor(
    { source, awsRegion, day }: Day,
    filesAt: ReadonlyMap<string, ReadonlyMap<OcsfClassName, ListedObject>>,
  ) {
    this.#source = source;
    this.#awsRegion = awsRegion;
    this.#day = day;
    this.#filesAt = filesAt;
  }

  static async list(store: ObjectStore, day: Day): Promise<DayFiles> {
    const filesAt = new Map<string, Map<OcsfClassName, ListedObject>>();
    for (const className of OCSF_CLASS_NAMES) {
      const prefix = derivedDayPrefix(day.source, className, day.awsRegion, day.day);
      for await (const object of store.list(prefix)) {
        const start = startIn(object.key.slice(prefix.length));
        if (start !== undefined) {
          const files = filesAt.get(start) ?? new Map<OcsfClassName, ListedObject>();
          filesAt.set(start, files.set(className, object));
        }
      }
    }
    return new DayFiles(day, filesAt);
  }

  /** The range that an hour falls into; the day's first hour begins one, whether there are files of it or not. */
  rangeOf(hour: ArchiveHour): HourRange {
    const starts = [FIRST_HOUR, ...this.#filesAt.keys()].sort();
    const start = starts.findLast((each) => each <= hour.slice(-2)) ?? FIRST_HOUR;
    return this.#range(start);
  }

  /** The range that would begin with an hour, in the midst of another. */
  rangeFrom(hour: ArchiveHour): HourRange {
    return this.#range(hour.slice(-2));
  }

  keyOf(className: OcsfClassName, { start }: HourRange): string {
    const prefix = derivedDayPrefix(this.#source, className, this.#awsRegion, this.#day);
    return `${prefix}${start.slice(-2)}${PARQUET_SUFFIX}`;
  }

  #range(start: string): HourRange {
    const next = [...this.#filesAt.keys()].sort().find((each) => each > start);
    return {
      start: `${this.#day}T${start}`,
      to: next === undefined ? endOfDay(this.#day) : startOfHour(`${this.#day}T${next}`),
      files: this.#filesAt.get(start) ?? new Map(),
    };
  }
}

export interface Day {
  readonly source: AuditSource;
  readonly awsRegion: string;
  /** `20260301` */
  readonly day: string;
}

const DAY_MS = 24 * 3_600_000;

function endOfDay(day: string): number {
  return startOfHour(`${day}T${FIRST_HOUR}`) + DAY_MS;
}

/** @param name of a file, below its day. */
function startIn(name: string): string | undefined {
  return /^(?<start>[01]\d|2[0-3])\.parquet$/.exec(name)?.groups?.start;
}
