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
}

interface Entry {
  count: number;
  readonly firstAt: number;
  readonly idempotencyKeys: string[];
}

/** Counts every delivered event by its id: the ground truth that a proof of delivery is compared with. */
export class EventTally {
  readonly #seen: Record<Destination, Map<string, Entry>> = { cloudone: new Map(), visionone: new Map() };

  record(destination: Destination, eventID: string, at: number, idempotencyKey: string | undefined): void {
    const seen = this.#seen[destination];
    const entry = seen.get(eventID) ?? { count: 0, firstAt: at, idempotencyKeys: [] };
    entry.count += 1;
    if (idempotencyKey !== undefined && !entry.idempotencyKeys.includes(idempotencyKey)) {
      entry.idempotencyKeys.push(idempotencyKey);
    }
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

/** The `eventID` of a CloudTrail record, or undefined if the record carries none. */
export function eventIdOf(record: unknown): string | undefined {
  if (typeof record !== 'object' || record === null || !('eventID' in record)) return undefined;
  return typeof record.eventID === 'string' && record.eventID !== '' ? record.eventID : undefined;
}
