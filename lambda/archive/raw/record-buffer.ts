import { type ArchivedRecord, type ArchiveHour, hourOf } from '../../../contract/archive.ts';

/** Records that are to be stored, by hour, each once. */
export class RecordBuffer {
  readonly #hours = new Map<ArchiveHour, Map<string, ArchivedRecord>>();
  #records = 0;
  #characters = 0;

  get records(): number {
    return this.#records;
  }

  /** Of the records' texts. */
  get characters(): number {
    return this.#characters;
  }

  /** @returns false where it is there already. */
  add(record: ArchivedRecord): boolean {
    const hour = hourOf(record.id);
    const ofHour = this.#hours.get(hour) ?? new Map<string, ArchivedRecord>();
    this.#hours.set(hour, ofHour);
    if (ofHour.has(record.id)) {
      return false;
    }
    ofHour.set(record.id, record);
    this.#records += 1;
    this.#characters += record.record.length;
    return true;
  }

  /** The hours that have records, oldest first. */
  hours(): readonly ArchiveHour[] {
    return [...this.#hours.keys()].sort();
  }

  /** As they are now: what is added later is not among them. */
  recordsOf(hour: ArchiveHour): readonly ArchivedRecord[] {
    return [...(this.#hours.get(hour)?.values() ?? [])];
  }

  /** Takes out records of an hour that are stored. */
  remove(hour: ArchiveHour, records: readonly ArchivedRecord[]): void {
    const ofHour = this.#hours.get(hour);
    for (const { id, record } of records) {
      if (ofHour?.delete(id)) {
        this.#records -= 1;
        this.#characters -= record.length;
      }
    }
    if (ofHour?.size === 0) {
      this.#hours.delete(hour);
    }
  }
}
