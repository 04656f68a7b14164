/** A controller's audit history: events without ids, some of them equal, asked for by time. */
import type { AuditHistory, HistoryWindow } from '../../../../lambda/vendors/appdynamics/audit-history.ts';
import {
  UnparsableHistoryError,
  WindowTooLargeError,
} from '../../../../lambda/vendors/appdynamics/audit-history.ts';
import { VendorError } from '../../../../lambda/vendors/vendor-call.ts';

const DAY_MS = 86_400_000;
const RETENTION_MS = 30 * DAY_MS;

export interface AuditHistorySettings {
  /** In the records. @default 'customer1' */
  readonly account?: string;
  /** The controller's clock, in milliseconds since the epoch. */
  readonly clock: () => number;
  /** Records of an answer at most. */
  readonly capacity?: number;
  readonly tellsClock?: boolean;
  readonly isEndIncluded?: boolean;
}

export class SimulatedAuditHistory {
  readonly #settings: Required<AuditHistorySettings>;
  #events: { readonly time: number; readonly user: string }[] = [];
  #trouble: Error | undefined;
  readonly windows: HistoryWindow[] = [];

  constructor(settings: AuditHistorySettings) {
    this.#settings = {
      account: 'customer1',
      capacity: Number.POSITIVE_INFINITY,
      tellsClock: true,
      isEndIncluded: true,
      ...settings,
    };
  }

  /** Every event that is remembered; equal ones as often as there are. */
  get texts(): string[] {
    const forgotten = this.#settings.clock() - RETENTION_MS;
    return this.#events
      .filter(({ time }) => time >= forgotten)
      .map((event) => this.#textOf(event))
      .sort();
  }

  #textOf({ time, user }: { readonly time: number; readonly user: string }): string {
    const { account } = this.#settings;
    return JSON.stringify({ timeStamp: time, accountName: account, userName: user, action: 'LOGIN' });
  }

  happen(time: number, user: string): void {
    this.#events.push({ time, user });
  }

  failNext(trouble: Error | undefined): void {
    this.#trouble = trouble;
  }

  readonly read = async (window: HistoryWindow): Promise<AuditHistory> => {
    this.windows.push(window);
    const { clock, capacity, tellsClock, isEndIncluded } = this.#settings;
    const trouble = this.#trouble;
    this.#trouble = undefined;
    if (trouble !== undefined) {
      throw trouble;
    }
    if (window.to - window.from > DAY_MS || window.to < window.from) {
      throw new VendorError('the window is longer than 24 hours, or ends before it begins', { status: 400 });
    }
    const forgotten = clock() - RETENTION_MS;
    const found = this.#events.filter(
      ({ time }) =>
        time >= Math.max(window.from, forgotten) &&
        (time < window.to || (isEndIncluded && time === window.to)),
    );
    if (found.length > capacity) {
      throw new WindowTooLargeError('too large');
    }
    return {
      records: found.map((event) => ({ text: this.#textOf(event), time: event.time, readable: true })),
      answeredAt: tellsClock ? Math.floor(clock() / 1000) * 1000 : undefined,
    };
  };
}

export const tooManyRequests = () => new VendorError('too many requests', { status: 429 });
export const noAnswer = () => new VendorError('no answer in time', {});
export const truncated = () => new UnparsableHistoryError(Buffer.from('[{"timeSt'), 'it ends unfinished');
