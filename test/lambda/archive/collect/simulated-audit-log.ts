/** A list of pages whose order and cursors are settings, and which changes while it is read. */
import {
  type AuditLogPage,
  type AuditLogRecord,
  StaleCursorError,
} from '../../../../lambda/vendors/cloudone/audit-logs.ts';
import { VendorError } from '../../../../lambda/vendors/vendor-call.ts';

export type ListOrder = 'newest-first' | 'oldest-first' | 'none';

interface Event {
  readonly time: number;
  readonly id: number;
  /** Of an unordered list. */
  readonly rank: number;
}

export interface AuditLogSettings {
  /** In the records, beside their ids, which count from 0 in every account. @default '1' */
  readonly account?: string;
  readonly order: ListOrder;
  readonly pageSize: number;
  /** `offset`: a number of records, so that a list that changes moves under it. `key`: the place behind a record. */
  readonly cursors: 'offset' | 'key';
}

export class SimulatedAuditLog {
  readonly #settings: AuditLogSettings;
  #events: Event[] = [];
  #ids = 0;
  /** Cursors of an earlier generation are stale. */
  #generation = 0;
  #throttled = 0;
  calls = 0;

  constructor(settings: AuditLogSettings) {
    this.#settings = settings;
  }

  get texts(): string[] {
    return this.#events.map((event) => this.#textOf(event)).sort();
  }

  append(time: number, rank: number): void {
    const event = { time, rank, id: this.#ids };
    this.#ids += 1;
    this.#events.push(event);
    this.#events.sort(this.#compare);
  }

  /** The vendor forgets the oldest. */
  expire(count: number): void {
    const forgotten = new Set(
      [...this.#events].sort((a, b) => a.time - b.time || a.id - b.id).slice(0, count),
    );
    this.#events = this.#events.filter((event) => !forgotten.has(event));
  }

  forgetCursors(): void {
    this.#generation += 1;
  }

  throttleNext(calls: number): void {
    this.#throttled = calls;
  }

  readonly read = async (cursor: string | undefined): Promise<AuditLogPage> => {
    this.calls += 1;
    if (this.#throttled > 0) {
      this.#throttled -= 1;
      throw new VendorError('too many requests', { status: 429 });
    }
    const [generation, place = '0'] = cursor?.split('.') ?? [String(this.#generation)];
    if (generation !== String(this.#generation)) {
      throw new StaleCursorError('the cursor is stale');
    }
    const start = this.#startOf(place);
    const page = this.#events.slice(start, start + this.#settings.pageSize);
    const end = start + page.length;
    const last = page.at(-1);
    const next = this.#settings.cursors === 'offset' ? String(end) : JSON.stringify(last);
    const hasNext = last !== undefined && end < this.#events.length;
    return {
      records: page.map((event) => this.#recordOf(event)),
      next: hasNext ? `${this.#generation}.${next}` : undefined,
    };
  };

  #startOf(place: string): number {
    if (this.#settings.cursors === 'offset' || place === '0') {
      return Number(place);
    }
    const behind = JSON.parse(place) as Event;
    const found = this.#events.findIndex((event) => this.#compare(event, behind) > 0);
    return found === -1 ? this.#events.length : found;
  }

  #textOf({ id, time }: Event): string {
    return JSON.stringify({ id: String(id), time, account: this.#settings.account ?? '1' });
  }

  #recordOf(event: Event): AuditLogRecord {
    return { text: this.#textOf(event), time: event.time, id: String(event.id), readable: true };
  }

  readonly #compare = (a: Event, b: Event): number => {
    const ascending = a.time - b.time || a.id - b.id;
    const { order } = this.#settings;
    return order === 'none'
      ? a.rank - b.rank || ascending
      : order === 'newest-first'
        ? -ascending
        : ascending;
  };
}
