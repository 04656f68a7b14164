/**
 * Lambda's event source mapping: takes batches from the queue, invokes, deletes what was not said to have failed.
 *
 * Source: AWS Lambda Developer Guide, "Using Lambda with Amazon SQS" and "Implementing partial batch responses".
 */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { SimulatedClock } from './clock.ts';
import type { Ending, FunctionProcess } from './function-process.ts';
import { CallerGone, type Moments } from './moments.ts';
import type { Queue, QueuedMessage } from './stand-ins/sqs.ts';

/** The template's. */
const BATCH_SIZE = 10;
const FUNCTION_TIMEOUT_MS = 120_000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** The queue keeps nothing for longer. */
const LONGEST_CASE_MS = 16 * DAY_MS;

export interface MappingOptions {
  readonly clock: SimulatedClock;
  readonly queue: Queue;
  readonly moments: Moments;
}

export interface Invocations {
  answered: number;
  died: number;
  /** What the handler threw: it never should. */
  readonly errors: string[];
  /** Answers that Lambda would not understand. */
  readonly misunderstood: string[];
}

interface Appointment {
  readonly at: number;
  readonly action: () => void | Promise<void>;
}

export class Mapping {
  readonly invocations: Invocations = { answered: 0, died: 0, errors: [], misunderstood: [] };
  /** Milliseconds that an invocation has. */
  timeoutMs = FUNCTION_TIMEOUT_MS;
  batchSize = BATCH_SIZE;
  readonly #options: MappingOptions;
  #appointments: Appointment[] = [];
  #count = 0;

  constructor(options: MappingOptions) {
    this.#options = options;
  }

  /** Has something happen `ms` from now, in the time of the case. */
  in(ms: number, action: () => void | Promise<void>): void {
    this.#appointments.push({ at: this.#options.clock.now() + ms, action });
    this.#appointments.sort((a, b) => a.at - b.at);
  }

  /** Works until nothing is left in the queue and nothing is to happen any more. */
  async workOff(functions: readonly FunctionProcess[]): Promise<void> {
    const { clock, queue } = this.#options;
    const idle = [...functions];
    const busy = new Set<Promise<void>>();
    const begin = (fn: FunctionProcess, batch: readonly QueuedMessage[]) => {
      const work = this.#invoke(fn, batch).finally(() => {
        busy.delete(work);
        idle.push(fn);
      });
      busy.add(work);
    };
    while (clock.elapsedMs < LONGEST_CASE_MS) {
      await this.#keepAppointments();
      const batch = idle.length > 0 ? queue.receive(this.batchSize) : [];
      const fn = batch.length > 0 ? idle.shift() : undefined;
      if (fn !== undefined) {
        begin(fn, batch);
      } else if (busy.size > 0) {
        await Promise.race(busy);
      } else if (!this.#skipToNext()) {
        return;
      }
    }
    throw new Error('the queue is not empty after 16 days');
  }

  async #keepAppointments(): Promise<void> {
    while ((this.#appointments[0]?.at ?? Number.POSITIVE_INFINITY) <= this.#options.clock.now()) {
      await this.#appointments.shift()?.action();
    }
  }

  /** @returns whether anything is still to come. */
  #skipToNext(): boolean {
    const { clock, queue } = this.#options;
    const times = [queue.nextVisibleAt, this.#appointments[0]?.at].filter((time) => time !== undefined);
    if (times.length === 0) {
      return false;
    }
    clock.skipTo(Math.min(...times));
    return true;
  }

  async #invoke(fn: FunctionProcess, batch: readonly QueuedMessage[]): Promise<void> {
    this.#count += 1;
    const ending = await this.#endingOf(fn, batch);
    switch (ending.kind) {
      case 'died':
        this.invocations.died += 1;
        return;
      case 'error':
        this.invocations.errors.push(ending.error);
        return;
      case 'answer':
        this.invocations.answered += 1;
        this.#settle(batch, ending.answer as SQSBatchResponse);
    }
  }

  async #endingOf(fn: FunctionProcess, batch: readonly QueuedMessage[]): Promise<Ending> {
    const ending = await fn.invoke(`request-${this.#count}`, eventOf(batch), this.timeoutMs);
    try {
      await this.#options.moments.come('before the answer');
      return ending;
    } catch (error) {
      if (error instanceof CallerGone) {
        return { kind: 'died' };
      }
      throw error;
    }
  }

  /** Whatever is not said to have failed is deleted; an answer that is not understood fails the whole batch. */
  #settle(batch: readonly QueuedMessage[], answer: SQSBatchResponse | null): void {
    const failed = new Set(answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const unknown = [...failed].filter((id) => !batch.some((message) => message.id === id));
    if (answer === null || unknown.length > 0) {
      this.invocations.misunderstood.push(JSON.stringify(answer));
      return;
    }
    for (const { id, receiptHandle } of batch) {
      if (!failed.has(id)) {
        this.#options.queue.delete(receiptHandle);
      }
    }
  }
}

function eventOf(batch: readonly QueuedMessage[]): SQSEvent {
  return {
    Records: batch.map(({ id, body, receiptHandle, receives, sentAt, firstReceivedAt = sentAt }) => ({
      messageId: id,
      receiptHandle,
      body,
      attributes: {
        ApproximateReceiveCount: String(receives),
        SentTimestamp: String(Math.floor(sentAt)),
        ApproximateFirstReceiveTimestamp: String(Math.floor(firstReceivedAt)),
        SenderId: 'events',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:eu-central-1:111122223333:queue',
      awsRegion: 'eu-central-1',
    })),
  };
}
