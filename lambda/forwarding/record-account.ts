/** How many records each rule of the filter has dropped, by the rule's name; rules that dropped none are left out. */
export type DroppedByRule = ReadonlyMap<string, number>;

/** A file has records that were neither acknowledged by the destination nor dropped by a rule: a defect of ours. */
export class UnaccountedRecordsError extends Error {
  override readonly name = 'UnaccountedRecordsError';
}

export interface RecordAccount {
  /** That the destination acknowledged. */
  readonly records: number;
  /** Counted as the file was read, by somebody else. */
  readonly readRecords: number;
  readonly droppedByRule: DroppedByRule;
}

/**
 * The last look before an object is called forwarded.
 *
 * @throws UnaccountedRecordsError, which brings the object back, and in the end into the dead-letter queue.
 */
export function assertAccountedFor({ records, readRecords, droppedByRule }: RecordAccount): void {
  const dropped = countOf(droppedByRule);
  if (records + dropped !== readRecords) {
    throw new UnaccountedRecordsError(
      `The file has ${readRecords} records, of which ${records} were acknowledged and ${dropped} were dropped by the ` +
        'filter. The object is not called forwarded, and is tried again.',
    );
  }
}

/** Records that were dropped, by all rules together. */
export function countOf(dropped: DroppedByRule): number {
  return [...dropped.values()].reduce((sum, count) => sum + count, 0);
}
