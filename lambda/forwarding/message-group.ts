/** What becomes of the messages of one batch that ask for one object. */
import type { SQSRecord } from 'aws-lambda';
import type { Opening } from '../../contract/circuit.ts';
import { QUEUE_RETENTION_DAYS } from '../../contract/forwarding.ts';
import { ledgerKeyOf } from '../../contract/ledger.ts';
import type { ObjectReference } from '../../contract/object-message.ts';
import { wordsOf } from '../shared/aws-errors.ts';
import { settleBy } from '../shared/deadline.ts';
import { logger } from '../shared/logger.ts';
import type { Circuit } from './circuit.ts';
import { openingFailureOf } from './circuit-state.ts';
import type { DeadLetters } from './dead-letters.ts';
import { PoisonError, RetryableError } from './failures.ts';
import type { ForwardingMetrics } from './forwarding-metrics.ts';
import type { Deadlines, Invocation } from './invocation.ts';
import type { ForwardOutcome, Turn } from './object-forwarder.ts';
import { countOf } from './record-account.ts';
import type { Return } from './redelivery.ts';
import { postponementSeconds, retryDelaySeconds } from './redelivery-delay.ts';
import { type Triage, triage } from './triage.ts';

export interface GroupServices {
  readonly forward: (object: ObjectReference, turn: Turn) => Promise<ForwardOutcome>;
  readonly circuit: Pick<Circuit, 'opening' | 'passed' | 'failed'>;
  readonly deadLetters: Pick<DeadLetters, 'put'>;
  readonly metrics: ForwardingMetrics;
}

/** What a message asks for, or what is wrong with it. */
type Reading = { readonly decision: Triage } | { readonly error: unknown };

/** Whether messages are done, or when they must come back. */
type Verdict = 'done' | { readonly delaySeconds: number };

/** A message that is older is dead-lettered for any failure: the queue would soon drop it without a trace. */
const LAST_CALL_MS = (QUEUE_RETENTION_DAYS - 1) * 24 * 60 * 60 * 1000;
/** With less than this left, an object is better begun by the next invocation. */
const LEAST_MS_FOR_AN_OBJECT = 13_000;

/** Messages that ask for the same object are dealt with once. */
export function groupByObject(
  messages: readonly SQSRecord[],
  invocation: Invocation,
  deadlines: Deadlines,
  services: GroupServices,
): MessageGroup[] {
  const groups = new Map<string, MessageGroup>();
  for (const message of messages) {
    const reading = read(message);
    const key = keyOf(message, reading);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, new MessageGroup(message, reading, invocation, deadlines, services));
    } else {
      group.add(message);
    }
  }
  return [...groups.values()];
}

function read({ body }: SQSRecord): Reading {
  try {
    return { decision: triage(body) };
  } catch (error) {
    // Kept for `settle`, which deals with it as with any other failure.
    return { error };
  }
}

/** What asks for no object is alone with itself. */
function keyOf({ messageId }: SQSRecord, reading: Reading): string {
  return 'decision' in reading && reading.decision.action === 'forward'
    ? `object ${ledgerKeyOf(reading.decision.object)}`
    : `message ${messageId}`;
}

export class MessageGroup {
  readonly #messages: SQSRecord[];
  readonly #first: SQSRecord;
  readonly #reading: Reading;
  readonly #invocation: Invocation;
  readonly #deadlines: Deadlines;
  readonly #services: GroupServices;
  #startedAt = Date.now();

  constructor(
    first: SQSRecord,
    reading: Reading,
    invocation: Invocation,
    deadlines: Deadlines,
    services: GroupServices,
  ) {
    this.#messages = [first];
    this.#first = first;
    this.#reading = reading;
    this.#invocation = invocation;
    this.#deadlines = deadlines;
    this.#services = services;
  }

  /** Takes in another message that asks for the same object. */
  add(message: SQSRecord): void {
    this.#messages.push(message);
  }

  /** Bytes of the object as stored, as far as the message says. */
  get size(): number {
    return this.#object?.size ?? 0;
  }

  /**
   * Never rejects: what goes wrong with one object stays with it.
   *
   * @returns the messages that must come back: all of them or none.
   */
  async settle(): Promise<Return[]> {
    this.#startedAt = Date.now();
    const verdict = await this.#settleInTime();
    return verdict === 'done' ? [] : this.#messages.map((message) => ({ message, ...verdict }));
  }

  async #settleInTime(): Promise<Verdict> {
    try {
      return await settleBy(this.#settle(), this.#deadlines.cleanUp);
    } catch (error) {
      // Something disregards its signal. It is left behind, and the message comes back.
      return this.#retry('Object abandoned', { reason: 'OutOfTime', error }, 'error');
    }
  }

  async #settle(): Promise<Verdict> {
    try {
      if ('error' in this.#reading) {
        throw this.#reading.error;
      }
      return await this.#act(this.#reading.decision);
    } catch (error) {
      return await this.#fail(error);
    }
  }

  async #act(decision: Triage): Promise<Verdict> {
    if (decision.action === 'skip') {
      this.#services.metrics.skipped();
      this.#log('Object skipped', { outcome: 'skipped', reason: decision.why });
      return 'done';
    }
    const { opening } = this.#services.circuit;
    if (opening !== undefined) {
      return await this.#wait(opening);
    }
    const remainingMs = this.#invocation.getRemainingTimeInMillis();
    if (remainingMs < LEAST_MS_FOR_AN_OBJECT) {
      return this.#retry('Object left for the next invocation', { reason: 'OutOfTime' });
    }
    const owner = `${this.#invocation.awsRequestId}/${this.#first.messageId}`;
    const { work: signal, cleanUp: cleanUpSignal } = this.#deadlines;
    const { object, live } = decision;
    const outcome = await this.#services.forward(object, { owner, remainingMs, signal, cleanUpSignal });
    await this.#succeed(object, outcome, live);
    return 'done';
  }

  /** Nothing can be forwarded at present, and nothing is tried. */
  async #wait(opening: Opening): Promise<Verdict> {
    if (this.#isLastCall) {
      const { reason, detail, openedAt } = opening;
      const since = new Date(openedAt).toISOString();
      const failure = new RetryableError(reason, `Nothing could be forwarded since ${since}. ${detail}`);
      return await this.#deadLetter(failure, this.#lastWords(failure));
    }
    this.#services.metrics.postponed();
    return { delaySeconds: this.#delayOf(opening) };
  }

  async #succeed(object: ObjectReference, outcome: ForwardOutcome, live: boolean): Promise<void> {
    if (outcome.status === 'already-acknowledged') {
      this.#services.metrics.skipped();
      this.#log('Object skipped', { outcome: 'skipped', reason: 'acknowledged before' });
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
    this.#log(nothingSent ? 'Object has only records that the filter drops' : 'Object forwarded', {
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
    // An object without records is acknowledged without asking the destination.
    if (parts > 0) {
      await this.#services.circuit.passed(this.#deadlines.cleanUp);
    }
  }

  async #fail(error: unknown): Promise<Verdict> {
    const failure =
      error instanceof PoisonError || error instanceof RetryableError
        ? error
        : new RetryableError('Unexpected', `Unexpected: ${wordsOf(error)}`, { cause: error });
    const object = keyOf(this.#first, this.#reading);
    await this.#services.circuit.failed(object, failure, this.#deadlines.cleanUp);
    const { reason, message } = failure;
    if (failure instanceof PoisonError) {
      return await this.#deadLetter(failure, message);
    }
    if (this.#isLastCall) {
      return await this.#deadLetter(failure, this.#lastWords(failure));
    }
    return this.#retry(
      'Object failed',
      { reason, detail: message, ...traceOf(failure) },
      'warn',
      this.#delayAfter(failure),
    );
  }

  /** What failed for what the circuit is open for comes back when that may be over. */
  #delayAfter(failure: RetryableError): number {
    const { opening } = this.#services.circuit;
    return opening !== undefined && openingFailureOf(failure) !== undefined
      ? this.#delayOf(opening)
      : retryDelaySeconds(this.#receives, failure.afterMs);
  }

  #delayOf({ until, probing }: Opening): number {
    return postponementSeconds(this.#receives, { openMs: until - Date.now(), probing });
  }

  async #deadLetter(failure: PoisonError | RetryableError, detail: string): Promise<Verdict> {
    const { reason } = failure;
    try {
      const letter = { body: this.#first.body, reason, detail };
      await this.#services.deadLetters.put(letter, this.#deadlines.cleanUp);
    } catch (error) {
      // Without a dead letter the message itself is the only trace of the object: it must come back.
      return this.#retry('Dead letter failed', { reason, detail, error }, 'error');
    }
    this.#services.metrics.deadLettered();
    const fields = { outcome: 'dead-lettered', reason, detail, ...traceOf(failure) };
    this.#log('Object dead-lettered', fields, 'error');
    return 'done';
  }

  #retry(
    message: string,
    fields: Record<string, unknown>,
    level: 'info' | 'warn' | 'error' = 'info',
    delaySeconds = retryDelaySeconds(this.#receives),
  ): Verdict {
    this.#services.metrics.failed();
    this.#log(message, { outcome: 'retry', ...fields }, level);
    return { delaySeconds };
  }

  get #object(): ObjectReference | undefined {
    return 'decision' in this.#reading ? this.#reading.decision.object : undefined;
  }

  get #receives(): number {
    return Math.max(...this.#messages.map(({ attributes }) => Number(attributes.ApproximateReceiveCount)));
  }

  get #isLastCall(): boolean {
    const sentAt = Math.min(...this.#messages.map(({ attributes }) => Number(attributes.SentTimestamp)));
    return Date.now() - sentAt > LAST_CALL_MS;
  }

  #lastWords({ message }: RetryableError): string {
    return `Given up after ${this.#receives} receives, before the queue drops it: ${message}`;
  }

  #log(message: string, fields: Record<string, unknown>, level: 'info' | 'warn' | 'error' = 'info'): void {
    logger[level](message, {
      messageId: this.#first.messageId,
      bucket: this.#object?.bucket,
      key: this.#object?.key,
      versionId: this.#object?.versionId,
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
