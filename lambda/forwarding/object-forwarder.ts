/** Forwards one object: claims it, brings it to the destination, acknowledges it. */
import { WAITING_REASONS } from '../../contract/forwarding.ts';
import { ledgerKeyOf } from '../../contract/ledger.ts';
import type { ObjectReference } from '../../contract/object-message.ts';
import { wordsOf } from '../shared/aws-errors.ts';
import { logger } from '../shared/logger.ts';
import type { PartFormat } from '../vendors/destination.ts';
import { PoisonError, RetryableError } from './failures.ts';
import { type Delivery, deliverFile } from './file-delivery.ts';
import type { Acknowledgement, Failure, Ledger, Progress } from './ledger.ts';
import type { StoredFile } from './object-reader.ts';
import type { PartLimit } from './part-limit.ts';
import type { PartSender } from './part-sender.ts';
import { PartTooLargeError } from './part-uploader.ts';
import { assertAccountedFor } from './record-account.ts';
import type { RecordFilter } from './record-filter.ts';

export interface ObjectForwarderServices {
  readonly ledger: Pick<Ledger, 'claim' | 'recordProgress' | 'acknowledge' | 'release'>;
  readonly open: (object: ObjectReference, signal: AbortSignal) => Promise<StoredFile>;
  readonly sender: Pick<PartSender, 'send'>;
  readonly format: PartFormat;
  /** Drops records. @default all are forwarded */
  readonly filter?: RecordFilter;
  /** Shared by all objects of the process. */
  readonly limit: PartLimit;
  /**
   * After so many an object is given up: invocations in a row that died at it, or tries that failed for what may
   * lie with it.
   */
  readonly maximumTries: number;
}

export interface Turn {
  /** Who holds the lease: the invocation and the message. */
  readonly owner: string;
  /** Milliseconds until the invocation ends at the latest. */
  readonly remainingMs: number;
  /** Aborted in time to clean up before that. */
  readonly signal: AbortSignal;
  /** Aborted later: for the notes in the ledger, which are worth the time that is kept back. */
  readonly cleanUpSignal: AbortSignal;
}

export type ForwardOutcome =
  | ({ readonly status: 'forwarded' } & Acknowledgement)
  /** The destination had it already. */
  | { readonly status: 'already-acknowledged' };

/** Clocks differ, and a function may be frozen a little late. */
const LEASE_MARGIN_MS = 10_000;
const SHOWN_EVENT_IDS = 20;

/**
 * Resolves only when the destination has acknowledged every record and the ledger says so.
 *
 * @throws PoisonError where that can never be, or was tried too often.
 * @throws RetryableError where a later try may succeed. The lease has been given back.
 */
export async function forwardObject(
  object: ObjectReference,
  turn: Turn,
  services: ObjectForwarderServices,
): Promise<ForwardOutcome> {
  const { ledger } = services;
  const lease = { owner: turn.owner, until: Date.now() + turn.remainingMs + LEASE_MARGIN_MS };
  const claim = await ledger.claim(object, lease, turn.signal);
  if (claim.status === 'acknowledged') {
    return { status: 'already-acknowledged' };
  }
  if (claim.status === 'held') {
    throw new RetryableError('LeaseHeld', 'Another invocation is forwarding the object.');
  }
  try {
    rejectKiller(claim.unfinishedClaims, services.maximumTries);
    const { summary, parts, records } = await deliver(object, claim.progress, turn, services);
    const { records: readRecords, dropped: droppedByRule, rawBytes, sha256 } = summary;
    assertAccountedFor({ records, readRecords, droppedByRule });
    const acknowledgedAt = new Date();
    const acknowledgement = { parts, records, readRecords, droppedByRule, rawBytes, sha256, acknowledgedAt };
    await ledger.acknowledge(object, acknowledgement, turn.cleanUpSignal);
    return { status: 'forwarded', ...acknowledgement };
  } catch (error) {
    const failure = failureOf(error, turn.signal);
    const failedTries = claim.failedTries + (mayLieWithObject(failure) ? 1 : 0);
    const isLast = mayLieWithObject(failure) && failedTries >= services.maximumTries;
    const final = isLast ? givenUp(failure, failedTries) : failure;
    // Giving up begins the count anew, so that a redrive gets as many tries again.
    const noted = { reason: final.reason, failedTries: final instanceof PoisonError ? 0 : failedTries };
    await release(object, turn, noted, ledger);
    throw final;
  }
}

/** Whether a failure that may pass says anything about the object. */
function mayLieWithObject(failure: PoisonError | RetryableError): boolean {
  return failure instanceof RetryableError && !WAITING_REASONS.has(failure.reason);
}

function givenUp({ reason, message }: PoisonError | RetryableError, tries: number): PoisonError {
  return new PoisonError(reason, `Given up after ${tries} tries: ${message}`);
}

async function deliver(
  object: ObjectReference,
  from: Progress,
  turn: Turn,
  { ledger, open, sender, format, limit, filter }: ObjectForwarderServices,
): Promise<Delivery> {
  let progress = from;
  try {
    const delivery = await deliverFile({
      objectKey: contentKeyOf(object, filter),
      from,
      open: () => open(object, turn.signal),
      send: (part) => sender.send(part, turn.signal),
      recordProgress: (reached) => ledger.recordProgress(object, turn.owner, reached, turn.cleanUpSignal),
      onProgress: (reached) => {
        progress = reached;
      },
      format,
      limit,
      filter,
    });
    rejectRefusedRecords(delivery);
    return delivery;
  } catch (error) {
    throw error instanceof PoisonError ? withProgress(error, progress) : error;
  }
}

/**
 * What the object's records are numbered in. With another filter other records have the same numbers, and must not
 * be taken for repetitions.
 */
function contentKeyOf(object: ObjectReference, filter: RecordFilter | undefined): string {
  const key = ledgerKeyOf(object);
  return filter === undefined ? key : `${key}\n${filter.fingerprint}`;
}

/**
 * An object that kills its function takes others along, and leaves no trace but its claims. Giving it up gives
 * the lease back, so that a redrive gets as many tries again.
 */
function rejectKiller(unfinishedClaims: number, maximum: number): void {
  if (unfinishedClaims >= maximum) {
    throw new PoisonError(
      'ForwarderDied',
      `The forwarder died ${unfinishedClaims} times in a row while it had the object: out of memory or of time. ` +
        'Its log shows how each of them ended.',
    );
  }
}

/** The rest is delivered; what is missing must not be lost silently. */
function rejectRefusedRecords({ refusedRecords, summary }: Delivery): void {
  if (refusedRecords.length === 0) {
    return;
  }
  const shown = refusedRecords.slice(0, SHOWN_EVENT_IDS).join(', ');
  const more = refusedRecords.length > SHOWN_EVENT_IDS ? ', …' : '';
  throw new PoisonError(
    'RecordRefused',
    `The destination refuses ${refusedRecords.length} of ${summary.records} records for their size even alone ` +
      `(eventID ${shown}${more}). It has accepted all others.`,
  );
}

function withProgress(error: PoisonError, { parts, records }: Progress): PoisonError {
  if (records === 0 || error.reason === 'RecordRefused') {
    return error;
  }
  const sent = `Before that, ${records} records in ${parts} parts were delivered.`;
  return new PoisonError(error.reason, `${error.message} ${sent}`, { cause: error });
}

function failureOf(error: unknown, signal: AbortSignal): PoisonError | RetryableError {
  if (error instanceof PoisonError) {
    return error;
  }
  if (signal.aborted) {
    return new RetryableError('OutOfTime', "The function's time ended before the object's.", {
      cause: error,
    });
  }
  if (error instanceof RetryableError) {
    return error;
  }
  if (error instanceof PartTooLargeError) {
    return new RetryableError('DestinationUnavailable', `${error.message} Smaller parts were refused too.`);
  }
  return new RetryableError('Unexpected', `Unexpected: ${wordsOf(error)}`, { cause: error });
}

async function release(
  object: ObjectReference,
  { owner, cleanUpSignal }: Turn,
  failure: Failure,
  ledger: ObjectForwarderServices['ledger'],
): Promise<void> {
  try {
    await ledger.release(object, owner, failure, cleanUpSignal);
  } catch (error) {
    // The lease ends by itself, only later. The failure itself is what the caller must hear of.
    logger.warn('The lease could not be given back', { reason: failure.reason, error: error as Error });
  }
}
