/** What the archive holds already. The archive itself is the memory: no table of ids could disagree with it. */
import {
  type ArchiveHour,
  type ArchiveId,
  type AuditSource,
  rawHourPrefix,
} from '../../../contract/archive.ts';
import { mapBounded } from '../../shared/concurrency.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { type Damage, unpackObject } from './raw-object.ts';

/** Ids kept over all hours: some 40 MB. One hour alone may have more. */
const MAXIMUM_IDS = 400_000;
const READS_AT_ONCE = 8;

export interface KnownIdsOptions {
  /** Told of what cannot be read. Records of it may be stored a second time, and are then read once. */
  readonly onDamage: (damage: Damage) => void;
  /** @default 400000 */
  readonly maximumIds?: number;
}

/** The ids in the raw objects of an hour, read once and kept for as long as there is room. */
export class KnownIds {
  readonly #store: ObjectStore;
  readonly #source: AuditSource;
  readonly #options: KnownIdsOptions;
  /** The hour that was asked for last is at the end. */
  readonly #hours = new Map<ArchiveHour, Set<string>>();

  constructor(store: ObjectStore, source: AuditSource, options: KnownIdsOptions) {
    this.#store = store;
    this.#source = source;
    this.#options = options;
  }

  /** @returns those of the ids, all of one hour, that the archive does not hold. */
  async unknownOf(hour: ArchiveHour, ids: Iterable<ArchiveId>): Promise<ReadonlySet<ArchiveId>> {
    const known = this.#hours.get(hour) ?? (await this.#read(hour));
    this.#hours.delete(hour);
    this.#hours.set(hour, known);
    const unknown = new Set([...ids].filter((id) => !known.has(shortOf(id))));
    this.#makeRoom();
    return unknown;
  }

  /** To be told what was stored. */
  add(hour: ArchiveHour, ids: Iterable<ArchiveId>): void {
    const known = this.#hours.get(hour);
    for (const id of ids) {
      known?.add(shortOf(id));
    }
  }

  /** To be told where it is not known whether something was stored. */
  forget(hour: ArchiveHour): void {
    this.#hours.delete(hour);
  }

  async #read(hour: ArchiveHour): Promise<Set<string>> {
    const keys: string[] = [];
    for await (const { key } of this.#store.list(rawHourPrefix(this.#source, hour))) {
      keys.push(key);
    }
    const known = new Set<string>();
    await mapBounded(keys, READS_AT_ONCE, async (key) => {
      const { records, damages } = await unpackObject(
        { key, source: this.#source, hour },
        await this.#store.get(key),
      );
      for (const { id } of records) {
        known.add(shortOf(id));
      }
      damages.forEach(this.#options.onDamage);
    });
    return known;
  }

  #makeRoom(): void {
    const { maximumIds = MAXIMUM_IDS } = this.#options;
    let ids = [...this.#hours.values()].reduce((sum, known) => sum + known.size, 0);
    for (const [hour, known] of this.#hours) {
      if (ids <= maximumIds || this.#hours.size === 1) {
        return;
      }
      this.#hours.delete(hour);
      ids -= known.size;
    }
  }
}

/** The digits as sixteen bytes: a quarter of the room that the id takes. Source and hour are the same for all. */
function shortOf(id: ArchiveId): string {
  return Buffer.from(id.slice(id.lastIndexOf('.') + 1), 'hex').toString('latin1');
}
