/** Works through a batch of the queue's messages; none affects another. */
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { QUEUE_RETENTION_DAYS, WAITING_REASONS } from '../../contract/forwarding.ts';
import { ledgerKeyOf } from '../../contract/ledger.ts';
import type { ObjectReference } from '../../contract/object-message.ts';
import { settleBy } from '../shared/deadline.ts';
import { logger } from '../shared/logger.ts';
import { forEachBounded } from './concurrency.ts';
import type { DeadLetters } from './dead-letters.ts';
import { PoisonError, RetryableError, wordsOf } from './failures.ts';
import type { ForwardingMetrics } from './forwarding-metrics.ts';
import type { ForwardOutcome, Turn } from './object-forwarder.ts';
import { countOf } from './record-account.ts';
import type { Redelivery } from './redelivery.ts';
import { type Triage, triage } from './triage.ts';

export interface BatchServices {
  readonly forward: (object: ObjectReference, turn: Turn) => Promise<ForwardOutcome>;
  readonly deadLetters: Pick<DeadLetters, 'put'>;
  readonly metrics: ForwardingMetrics;
  readonly redelivery: Pick<Redelivery, 'schedule'>;
  /** Receives after which a message is dead-lettered for a failure that may lie with its object. */
  readonly maximumReceives: number;
}

/** What this needs of Lambda's context. */
export interface Invocation {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** Whether a message is done, or must come back. */
type Verdict = 'done' | 'retry';

const OBJECTS_IN_FLIGHT = 4;
/** Kept back from the work on objects: for notes in the ledger, and for dead letters. */
const CLEAN_UP_RESERVE_MS = 8_000;
/** Kept back from that: for the redelivery of what failed. */
const REDELIVERY_RESERVE_MS = 4_000;
/** Kept back for the answer itself. A batch without one comes back whole, what was forwarded included. */
const ANSWER_RESERVE_MS = 1_500;
/** A message that is older is dead-lettered for any failure: the queue would soon drop it without a trace. */
const LAST_CALL_MS = (QUEUE_RETENTION_DAYS - 1) * 24 * 60 * 60 * 1000;
/** With less than this left, an object is better begun by the next invocation. */
const LEAST_MS_FOR_AN_OBJECT = 13_000;

/** When to stop what. */
interface Deadlines {
  readonly work: AbortSignal;
  readonly cleanUp: AbortSignal;
  readonly redelivery: AbortSignal;
}

/**
 * Answers in time whatever the services do: a function that is killed answers nothing, and the whole batch
 * comes back late.
 *
 * @returns the messages that must come back.
 */
export async function forwardBatch(
  messages: readonly SQSRecord[],
  invocation: Invocation,
  services: BatchServices,
): Promise<SQSBatchResponse> {
  const remainingMs = invocation.getRemainingTimeInMillis();
  const signalAt = (reserveMs: number) => AbortSignal.timeout(Math.max(1, remainingMs - reserveMs));
  const deadlines = {
    work: signalAt(CLEAN_UP_RESERVE_MS),
    cleanUp: signalAt(REDELIVERY_RESERVE_MS),
    redelivery: signalAt(ANSWER_RESERVE_MS),
  };
  const retries: SQSRecord[] = [];
  await forEachBounded(groupsByObject(messages), OBJECTS_IN_FLIGHT, async (group) => {
    const verdict = await new MessageGroup(group, invocation, deadlines, services).settle();
    if (verdict === 'retry') {
      retries.push(...group);
    }
  });
  await services.redelivery.schedule(retries, deadlines.redelivery);
  return { batchItemFailures: retries.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** Messages that ask for the same object are dealt with once. Groups are never empty. */
function groupsByObject(messages: readonly SQSRecord[]): SQSRecord[][] {
  return Object.values(Object.groupBy(messages, objectKeyOf)) as SQSRecord[][];
}

function objectKeyOf(message: SQSRecord): string {
  try {
    const decision = triage(message.body);
    return decision.action === 'forward' ? `object ${ledgerKeyOf(decision.object)}` : message.messageId;
  } catch {
    // A bad message is alone with itself; `settle` meets the same error and deals with it.
    return message.messageId;
  }
}

/** The messages of one batch that ask for one object. */
class MessageGroup {
  readonly #message: SQSRecord;
  readonly #receives: number;
  readonly #invocation: Invocation;
  readonly #deadlines: Deadlines;
  readonly #sentAt: number;
  readonly #services: BatchServices;
  readonly #startedAt = Date.now();

  constructor(
    messages: readonly SQSRecord[],
    invocation: Invocation,
    deadlines: Deadlines,
    services: BatchServices,
  ) {
    this.#message = messages[0] as SQSRecord;
    this.#receives = Math.max(
      ...messages.map(({ attributes }) => Number(attributes.ApproximateReceiveCount)),
    );
    this.#invocation = invocation;
    this.#deadlines = deadlines;
    this.#sentAt = Math.min(...messages.map(({ attributes }) => Number(attributes.SentTimestamp)));
    this.#services = services;
  }

  /** Never rejects: what goes wrong with one object stays with it. */
  async settle(): Promise<Verdict> {
    try {
      return await settleBy(this.#settle(), this.#deadlines.cleanUp);
    } catch (error) {
      // Something disregards its signal. It is left behind, and the message comes back.
      this.#services.metrics.failed();
      this.#log('Object abandoned', undefined, { outcome: 'retry', reason: 'OutOfTime', error }, 'error');
      return 'retry';
    }
  }

  async #settle(): Promise<Verdict> {
    let decision: Triage | undefined;
    try {
      decision = triage(this.#message.body);
      return await this.#act(decision);
    } catch (error) {
      return await this.#fail(error, decision?.object);
    }
  }

  async #act(decision: Triage): Promise<Verdict> {
    if (decision.action === 'skip') {
      this.#services.metrics.skipped();
      this.#log('Object skipped', decision.object, { outcome: 'skipped', reason: decision.why });
      return 'done';
    }
    const { object, live } = decision;
    const remainingMs = this.#invocation.getRemainingTimeInMillis();
    if (remainingMs < LEAST_MS_FOR_AN_OBJECT) {
      this.#services.metrics.failed();
      this.#log('Object left for the next invocation', object, { outcome: 'retry', reason: 'OutOfTime' });
      return 'retry';
    }
    const owner = `${this.#invocation.awsRequestId}/${this.#message.messageId}`;
    const { work: signal, cleanUp: cleanUpSignal } = this.#deadlines;
    const outcome = await this.#services.forward(object, { owner, remainingMs, signal, cleanUpSignal });
    this.#succeed(object, outcome, live);
    return 'done';
  }

  #succeed(object: ObjectReference, outcome: ForwardOutcome, live: boolean): void {
    if (outcome.status === 'already-acknowledged') {
      this.#services.metrics.skipped();
      this.#log('Object skipped', object, { outcome: 'skipped', reason: 'acknowledged before' });
      return;
    }
    const { records, readRecords, droppedByRule, parts, rawBytes, sha256, acknowledgedAt } = outcome;
    const droppedRecords = countOf(droppedByRule);
    const lagMs =
      live && object.createdAt !== undefined
        ? Math.max(0, acknowledgedAt.getTime() - Date.parse(object.createdAt))
        : undefined;
    this.#services.metrics.forwarded(records, rawBytes, lagMs);
    this.#services.metrics.filtered(droppedRecords);
    const nothingSent = droppedRecords > 0 && records === 0;
    this.#log(nothingSent ? 'Object has only records that the filter drops' : 'Object forwarded', object, {
      outcome: 'forwarded',
      records,
      readRecords,
      droppedRecords,
      droppedByRule: droppedRecords > 0 ? Object.fromEntries(droppedByRule) : undefined,
      parts,
      bytes: rawBytes,
      sha256,
      lagMs,
    });
  }

  async #fail(error: unknown, object: ObjectReference | undefined): Promise<Verdict> {
    const failure =
      error instanceof PoisonError || error instanceof RetryableError
        ? error
        : new RetryableError('Unexpected', `Unexpected: ${wordsOf(error)}`, { cause: error });
    const { reason, message } = failure;
    if (failure instanceof RetryableError && !this.#exhausted(failure)) {
      this.#services.metrics.failed();
      this.#log(
        'Object failed',
        object,
        { outcome: 'retry', reason, detail: message, ...traceOf(failure) },
        'warn',
      );
      return 'retry';
    }
    const detail =
      failure instanceof RetryableError ? `Given up after ${this.#receives} receives: ${message}` : message;
    return await this.#deadLetter(object, failure, detail);
  }

  #exhausted({ reason }: RetryableError): boolean {
    const lastCall = Date.now() - this.#sentAt > LAST_CALL_MS;
    return lastCall || (this.#receives >= this.#services.maximumReceives && !WAITING_REASONS.has(reason));
  }

  async #deadLetter(
    object: ObjectReference | undefined,
    failure: PoisonError | RetryableError,
    detail: string,
  ): Promise<Verdict> {
    const { reason } = failure;
    try {
      const letter = { body: this.#message.body, reason, detail };
      await this.#services.deadLetters.put(letter, this.#deadlines.cleanUp);
    } catch (error) {
      // Without a dead letter the message itself is the only trace of the object: it must come back.
      this.#services.metrics.failed();
      this.#log('Dead letter failed', object, { outcome: 'retry', reason, detail, error }, 'error');
      return 'retry';
    }
    this.#services.metrics.deadLettered();
    this.#log(
      'Object dead-lettered',
      object,
      { outcome: 'dead-lettered', reason, detail, ...traceOf(failure) },
      'error',
    );
    return 'done';
  }

  #log(
    message: string,
    object: ObjectReference | undefined,
    fields: Record<string, unknown>,
    level: 'info' | 'warn' | 'error' = 'info',
  ): void {
    logger[level](message, {
      messageId: this.#message.messageId,
      bucket: object?.bucket,
      key: object?.key,
      versionId: object?.versionId,
      milliseconds: Date.now() - this.#startedAt,
      receives: this.#receives,
      ...fields,
    });
  }
}

/** The stack, where the failure is one that we did not foresee; for the others the detail says it all. */
function traceOf(failure: PoisonError | RetryableError): Record<string, unknown> {
  return failure.reason === 'Unexpected' ? { error: failure.cause } : {};
}
