import { createHash } from 'node:crypto';

export type Destination = 'cloudone' | 'visionone';

/** What is remembered of one distinct CloudTrail event at one destination. */
export interface EventCount {
  readonly eventID: string;
  readonly destination: Destination;
  /** How often it arrived: 1 when all went well, more where a delivery was repeated. */
  readonly count: number;
  /** When it first arrived, in milliseconds since the epoch. */
  readonly firstAt: number;
  /** The distinct keys of the uploads that brought it. */
  readonly idempotencyKeys: readonly string[];
  /** SHA-256 of its distinct contents, each of the record's JSON without white space between tokens. */
  readonly contents: readonly string[];
}

interface Entry {
  count: number;
  readonly firstAt: number;
  readonly idempotencyKeys: string[];
  readonly contents: string[];
}

/** One CloudTrail event as it arrived. */
export interface ArrivedEvent {
  readonly eventID: string;
  readonly record: unknown;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly idempotencyKey: string | undefined;
}

/** Counts every delivered event by its id: the ground truth that a proof of delivery is compared with. */
export class EventTally {
  readonly #seen: Record<Destination, Map<string, Entry>> = { cloudone: new Map(), visionone: new Map() };

  record(destination: Destination, { eventID, record, at, idempotencyKey }: ArrivedEvent): void {
    const seen = this.#seen[destination];
    const entry = seen.get(eventID) ?? { count: 0, firstAt: at, idempotencyKeys: [], contents: [] };
    entry.count += 1;
    addOnce(entry.idempotencyKeys, idempotencyKey);
    addOnce(entry.contents, createHash('sha256').update(JSON.stringify(record)).digest('hex'));
    seen.set(eventID, entry);
  }

  distinct(destination: Destination): number {
    return this.#seen[destination].size;
  }

  *all(): Generator<EventCount> {
    for (const destination of ['cloudone', 'visionone'] as const) {
      for (const [eventID, entry] of this.#seen[destination]) yield { eventID, destination, ...entry };
    }
  }
}

function addOnce(list: string[], value: string | undefined): void {
  if (value !== undefined && !list.includes(value)) list.push(value);
}

/** The `eventID` of a CloudTrail record, or undefined if the record carries none. */
export function eventIdOf(record: unknown): string | undefined {
  if (typeof record !== 'object' || record === null || !('eventID' in record)) return undefined;
  return typeof record.eventID === 'string' && record.eventID !== '' ? record.eventID : undefined;
}
