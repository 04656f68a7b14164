/** Where collectors put their records: into the raw bucket, each once. */
import { createHash, randomBytes } from 'node:crypto';
import {
  type ArchivedRecord,
  type ArchiveHour,
  type AuditSource,
  rawHourPrefix,
  UNDATED,
  unreadablePrefix,
} from '../../../contract/archive.ts';
import { mapBounded } from '../../shared/concurrency.ts';
import type { CollectedRecord, Recorder } from '../collect/collector.ts';
import { ConditionFailedError, type ObjectStore } from '../store/object-store.ts';
import type { StaleHours } from '../table/stale-hours.ts';
import { archiveIdOf, filingTime } from './archive-id.ts';
import { KnownIds } from './known-ids.ts';
import { type Damage, lineOf, packLines } from './raw-object.ts';
import { RecordBuffer } from './record-buffer.ts';
import { inOrder } from './record-order.ts';

/** What became of the records that were added. */
export interface ArchiveCounts {
  readonly archived: number;
  /** Collected again: in the archive already, or added twice. */
  readonly known: number;
  /** Of those that were archived: without a time that is understood. */
  readonly undated: number;
  /** Kept for the first time today. */
  readonly unreadable: number;
}

export interface RawArchiveServices {
  readonly store: ObjectStore;
  readonly staleHours: Pick<StaleHours, 'storing'>;
  readonly now: () => Date;
  /** Told of raw objects that cannot be read. */
  readonly onDamage: (damage: Damage) => void;
  /** Told of each content that is kept because it cannot be parsed. */
  readonly onUnreadable: (kept: {
    readonly key: string;
    readonly why: string;
    readonly origin: string;
  }) => void;
}

export interface ArchiveLimits {
  /** Records that are held before they are stored. */
  readonly records: number;
  /** Characters of their texts. */
  readonly characters: number;
  /** Characters of an object's lines, before they are compressed; a line that is longer has an object of its own. */
  readonly objectCharacters: number;
}

const LIMITS: ArchiveLimits = {
  records: 20_000,
  characters: 16 * 1024 * 1024,
  objectCharacters: 8 * 1024 * 1024,
};
/** Hours that are stored at once. */
const HOURS_AT_ONCE = 8;

/**
 * The raw archive of one source, for one run.
 *
 * Of an hour it is first read what it holds, then the hour is marked stale, then the objects are written, under names that nothing
 * has, then it is told that they are there. So a crash anywhere leaves records that are stored whole or not at all, each once, and
 * at worst a mark that stays for a while. Where two runs should ever store the same record, it lies there twice, under one id, and
 * is read once.
 */
export class RawArchive implements Recorder {
  readonly #source: AuditSource;
  readonly #services: RawArchiveServices;
  readonly #limits: ArchiveLimits;
  readonly #known: KnownIds;
  readonly #buffer = new RecordBuffer();
  #counts = { archived: 0, known: 0, undated: 0, unreadable: 0 };
  #flushing: Promise<void> = Promise.resolve();

  constructor(source: AuditSource, services: RawArchiveServices, limits: Partial<ArchiveLimits> = {}) {
    this.#source = source;
    this.#services = services;
    this.#limits = { ...LIMITS, ...limits };
    this.#known = new KnownIds(services.store, source, services);
  }

  /** What became of what was flushed. */
  get counts(): ArchiveCounts {
    return { ...this.#counts };
  }

  /** May flush. Throws what the store and the table throw. */
  async add(collected: CollectedRecord): Promise<void> {
    const isNew = this.#buffer.add({
      id: archiveIdOf(this.#source, collected),
      time: filingTime(collected.time),
      collectedAt: this.#services.now().toISOString(),
      origin: collected.origin,
      record: collected.text,
    });
    this.#counts.known += isNew ? 0 : 1;
    const { records, characters } = this.#buffer;
    if (records >= this.#limits.records || characters >= this.#limits.characters) {
      await this.flush();
    }
  }

  /** Stored at once, under its own hash, so that what comes again on the same day is kept once. */
  async addUnreadable(content: Buffer, why: string, origin: string): Promise<void> {
    const { store, now, onUnreadable } = this.#services;
    const collectedAt = now();
    const digest = createHash('sha256').update(origin).update('\0').update(content).digest('hex');
    const name = `${unreadablePrefix(this.#source, collectedAt)}${digest}`;
    const note = Buffer.from(
      JSON.stringify({ why, origin, collectedAt: collectedAt.toISOString(), bytes: content.length }),
    );
    // The note first: of content that is there, it is said why.
    await putOnce(store, `${name}.json`, note, 'application/json');
    const isNew = await putOnce(store, `${name}.bin`, content, 'application/octet-stream');
    if (isNew) {
      this.#counts.unreadable += 1;
      onUnreadable({ key: `${name}.bin`, why, origin });
    }
  }

  /**
   * Stores everything that was added until now. After a failure it may be called again: what was not stored is still held.
   *
   * Throws what the store and the table throw.
   */
  async flush(): Promise<void> {
    // One after the other: two at once would store the same records twice.
    const flushed = this.#flushing.then(() => this.#flushAll());
    this.#flushing = flushed.catch(() => undefined);
    await flushed;
  }

  /** All hours are tried, so that nothing is under way any more when it fails. */
  async #flushAll(): Promise<void> {
    const failures: unknown[] = [];
    await mapBounded(this.#buffer.hours(), HOURS_AT_ONCE, async (hour) => {
      try {
        await this.#flushHour(hour);
      } catch (error) {
        failures.push(error);
      }
    });
    if (failures.length > 0) {
      throw failures[0];
    }
  }

  async #flushHour(hour: ArchiveHour): Promise<void> {
    const held = this.#buffer.recordsOf(hour);
    const unknown = await this.#known.unknownOf(
      hour,
      held.map(({ id }) => id),
    );
    const known = held.filter(({ id }) => !unknown.has(id));
    this.#buffer.remove(hour, known);
    this.#counts.known += known.length;
    const records = held.filter(({ id }) => unknown.has(id)).sort(inOrder);
    if (records.length > 0) {
      const { staleHours, now } = this.#services;
      await staleHours.storing(
        this.#source,
        hour,
        () => now().getTime(),
        () => this.#storeAll(hour, records),
      );
    }
  }

  async #storeAll(hour: ArchiveHour, records: readonly ArchivedRecord[]): Promise<void> {
    for (const part of partsOf(records, this.#limits.objectCharacters)) {
      await this.#store(hour, part);
      this.#buffer.remove(hour, part.records);
      this.#counts.archived += part.records.length;
      this.#counts.undated += part.records.filter(({ time }) => time === UNDATED).length;
    }
  }

  async #store(hour: ArchiveHour, { records, lines }: Part): Promise<void> {
    const { store, now } = this.#services;
    const key = `${rawHourPrefix(this.#source, hour)}${newName(now())}`;
    try {
      await store.put(key, await packLines(lines), { contentType: 'application/gzip' });
    } catch (error) {
      // It may have been written nevertheless: the next try looks.
      this.#known.forget(hour);
      throw error;
    }
    this.#known.add(
      hour,
      records.map(({ id }) => id),
    );
  }
}

/** What one object holds. */
interface Part {
  readonly records: readonly ArchivedRecord[];
  readonly lines: readonly string[];
}

function* partsOf(records: readonly ArchivedRecord[], characters: number): Generator<Part, void, undefined> {
  let part = { records: [] as ArchivedRecord[], lines: [] as string[], length: 0 };
  for (const record of records) {
    const line = lineOf(record);
    if (part.length > 0 && part.length + line.length > characters) {
      yield part;
      part = { records: [], lines: [], length: 0 };
    }
    part.records.push(record);
    part.lines.push(line);
    part.length += line.length;
  }
  yield part;
}

/** `20260301T101112345Z-<16 hexadecimal digits>.jsonl.gz`: objects of an hour in the order in which they were stored. */
function newName(now: Date): string {
  return `${now.toISOString().replaceAll(/[-:.]/g, '')}-${randomBytes(8).toString('hex')}.jsonl.gz`;
}

/** @returns whether it was not there yet. */
async function putOnce(store: ObjectStore, key: string, body: Buffer, contentType: string): Promise<boolean> {
  try {
    await store.put(key, body, { contentType, ifAbsent: true });
    return true;
  } catch (error) {
    if (error instanceof ConditionFailedError) {
      return false;
    }
    throw error;
  }
}
