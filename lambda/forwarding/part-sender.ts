import { withRetries } from '../shared/retry.ts';
import type { Destination, OutgoingPart, SendOutcome } from '../vendors/destination.ts';
import type { DestinationToken } from './destination-token.ts';
import { PoisonError, RetryableError } from './failures.ts';

/** Few: the queue is what waits for a destination; a function that waits is paid for. */
const ATTEMPTS = 3;
const BASE_DELAY_MS = 300;
const MAXIMUM_DELAY_MS = 5_000;

/** Sends a part until the destination has decided about it, or has had its chances. */
export class PartSender {
  readonly #destination: Destination;
  readonly #token: DestinationToken;

  constructor(destination: Destination, token: DestinationToken) {
    this.#destination = destination;
    this.#token = token;
  }

  /**
   * @throws PoisonError `DestinationRefused`
   * @throws RetryableError `DestinationUnavailable`, `DestinationUnauthorized` or `TokenUnreadable`
   */
  send(part: OutgoingPart, signal: AbortSignal): Promise<'accepted' | 'too-large'> {
    return withRetries(() => this.#attempt(part, signal), {
      attempts: ATTEMPTS,
      baseDelayMs: BASE_DELAY_MS,
      maximumDelayMs: MAXIMUM_DELAY_MS,
      signal,
      decide: (error) =>
        error instanceof RetryableError && error.reason === 'DestinationUnavailable'
          ? { retry: true, afterMs: error.afterMs }
          : { retry: false },
    });
  }

  async #attempt(part: OutgoingPart, signal: AbortSignal): Promise<'accepted' | 'too-large'> {
    const outcome = await this.#sendWithFreshToken(part, signal);
    switch (outcome.status) {
      case 'accepted':
      case 'too-large':
        return outcome.status;
      case 'refused':
        throw new PoisonError('DestinationRefused', outcome.detail);
      case 'unauthorized':
        throw new RetryableError('DestinationUnauthorized', outcome.detail);
      case 'retryable':
        throw new RetryableError('DestinationUnavailable', outcome.detail, { afterMs: outcome.afterMs });
    }
  }

  /** A token that was rotated a moment ago is refused once: it is read again, and tried once more. */
  async #sendWithFreshToken(part: OutgoingPart, signal: AbortSignal): Promise<SendOutcome> {
    const token = await this.#token.read(signal);
    const outcome = await this.#destination.send(part, token, signal);
    if (outcome.status !== 'unauthorized') {
      return outcome;
    }
    const anew = await this.#token.readAfterRefusal(token, signal);
    return await this.#destination.send(part, anew, signal);
  }
}
