/**
 * A standard queue, in the time of the case.
 *
 * Source: Amazon SQS Developer Guide, "Visibility timeout", "Dead-letter queues" and "At-least-once delivery".
 */
import { QUEUE_RETENTION_DAYS } from '../../contract/forwarding.ts';

export interface QueuedMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly sentAt: number;
  receives: number;
  firstReceivedAt: number | undefined;
  visibleAt: number;
  /** Changes with every receive. */
  receiptHandle: string;
  /** Receives after which the queue shows it to another consumer as well, as SQS may. */
  shownTwiceAt: number | undefined;
}

export interface QueueOptions {
  readonly visibilityTimeoutMs: number;
  /** The redrive policy: where to, and after how many receives. */
  readonly redrive?: { readonly to: Queue; readonly maxReceiveCount: number };
}

const RETENTION_MS = QUEUE_RETENTION_DAYS * 24 * 60 * 60 * 1000;

export class Queue {
  readonly messages: QueuedMessage[] = [];
  /** What the retention period took. */
  readonly dropped: QueuedMessage[] = [];
  /** What the redrive policy took: without a reason. */
  redriven = 0;
  /** Reorders what is visible; a standard queue keeps no order. */
  order: (visible: QueuedMessage[]) => QueuedMessage[] = (visible) => visible;
  readonly #now: () => number;
  readonly #options: QueueOptions;
  #count = 0;

  constructor(now: () => number, options: QueueOptions) {
    this.#now = now;
    this.#options = options;
  }

  send(
    body: string,
    { attributes = {}, ageMs = 0, shownTwiceAt }: Partial<QueuedMessage> & { readonly ageMs?: number } = {},
  ): QueuedMessage {
    this.#count += 1;
    const message: QueuedMessage = {
      id: `message-${this.#count}`,
      body,
      attributes,
      sentAt: this.#now() - ageMs,
      receives: 0,
      firstReceivedAt: undefined,
      visibleAt: this.#now(),
      receiptHandle: '',
      shownTwiceAt,
    };
    this.messages.push(message);
    return message;
  }

  receive(maximum: number): QueuedMessage[] {
    this.#expire();
    const visible = this.messages.filter(({ visibleAt }) => visibleAt <= this.#now());
    const received = this.order(visible).slice(0, maximum);
    return received.flatMap((message) => this.#received(message) ?? []);
  }

  delete(receiptHandle: string): void {
    const at = this.messages.findIndex((message) => message.receiptHandle === receiptHandle);
    if (at >= 0) {
      this.messages.splice(at, 1);
    }
  }

  /** @returns whether the message is still there and was last received under this handle. */
  changeVisibility(receiptHandle: string, seconds: number): boolean {
    const message = this.messages.find((candidate) => candidate.receiptHandle === receiptHandle);
    if (message !== undefined) {
      message.visibleAt = this.#now() + seconds * 1000;
    }
    return message !== undefined;
  }

  /** When the next message can be received; `undefined` where there is none. */
  get nextVisibleAt(): number | undefined {
    return this.messages.length === 0
      ? undefined
      : Math.min(...this.messages.map(({ visibleAt }) => visibleAt));
  }

  #received(message: QueuedMessage): QueuedMessage | undefined {
    const { redrive, visibilityTimeoutMs } = this.#options;
    if (redrive !== undefined && message.receives >= redrive.maxReceiveCount) {
      this.messages.splice(this.messages.indexOf(message), 1);
      redrive.to.send(message.body, { attributes: message.attributes });
      this.redriven += 1;
      return undefined;
    }
    message.receives += 1;
    message.firstReceivedAt ??= this.#now();
    message.receiptHandle = `${message.id}-receipt-${message.receives}`;
    message.visibleAt = this.#now() + (message.receives === message.shownTwiceAt ? 0 : visibilityTimeoutMs);
    // A later receive changes the handle, not what this one was given.
    return { ...message };
  }

  #expire(): void {
    const kept = this.messages.filter(({ sentAt }) => this.#now() - sentAt < RETENTION_MS);
    if (kept.length < this.messages.length) {
      this.dropped.push(...this.messages.filter((message) => !kept.includes(message)));
      this.messages.splice(0, this.messages.length, ...kept);
    }
  }
}
