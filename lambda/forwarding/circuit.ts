/** Pauses forwarding while the destination takes nothing, for all forwarders of the stack at once. */
import { settleBy } from '../shared/deadline.ts';
import { logger } from '../shared/logger.ts';
import {
  bounded,
  type CircuitState,
  isAnswerAboutContent,
  opened,
  type Pause,
  type PausingFailure,
  pausingFailureOf,
  probing,
  UNKNOWN,
  undecided,
} from './circuit-state.ts';
import type { CircuitStore } from './circuit-store.ts';

/** Different objects in a row that must fail. Each has been tried several times by then. */
const FAILURES_TO_OPEN = 3;
/** For so long a process believes what it read: a busy one reads six times a minute, whatever it forwards. */
const BELIEVED_MS = 10_000;
/** The circuit is a help. A ledger that is slow to tell of it must not become a hindrance. */
const STORE_PATIENCE_MS = 2_000;

/**
 * One for the life of the process, which works at one batch at a time.
 *
 * No method rejects. Where the ledger cannot be asked, the circuit counts as closed; where it cannot be
 * written to, this process pauses alone.
 */
export class Circuit {
  readonly #store: Pick<CircuitStore, 'read' | 'change'>;
  #state: CircuitState = UNKNOWN;
  #readAt = Number.NEGATIVE_INFINITY;
  /** The turn to try is ours. */
  #probing = false;
  /** Keys of the objects that failed since one last passed. */
  readonly #failedInARow = new Set<string>();

  constructor(store: Pick<CircuitStore, 'read' | 'change'>) {
    this.#store = store;
  }

  /** Whether it is for this batch to find out if the destination is back: with one object at a time. */
  get probing(): boolean {
    return this.#probing;
  }

  /** Why nothing may be forwarded at present; `undefined` where it may. */
  get pause(): Pause | undefined {
    return this.#probing ? undefined : this.#state.pause;
  }

  get isOpen(): boolean {
    return this.#state.pause !== undefined;
  }

  /** To be called before a batch. @param remainingMs what is left to the invocation. */
  async enter(remainingMs: number, signal: AbortSignal): Promise<void> {
    if (Date.now() - this.#readAt >= BELIEVED_MS) {
      this.#readAt = Date.now();
      // What this process knows itself is bounded in time, and better than nothing.
      this.#adopt((await this.#tried('read', (stop) => this.#store.read(stop), signal)) ?? this.#state);
    }
    const { pause } = this.#state;
    if (pause === undefined || pause.until > Date.now()) {
      return;
    }
    const turn = probing(pause, remainingMs, Date.now());
    const change = await this.#tried('taken', (stop) => this.#store.change(this.#state, turn, stop), signal);
    this.#probing = change?.won ?? false;
    this.#adopt(change?.state ?? UNKNOWN);
  }

  /** The destination has taken something. */
  async passed(signal: AbortSignal): Promise<void> {
    this.#failedInARow.clear();
    if (this.#probing) {
      const { openedAt = Date.now() } = this.#state.pause ?? {};
      logger.info('The destination takes files again', { pausedMs: Date.now() - openedAt });
      await this.#change(undefined, signal);
    }
  }

  /** An object failed. @param object names it: only different ones count. */
  async failed(object: string, error: unknown, signal: AbortSignal): Promise<void> {
    if (isAnswerAboutContent(error)) {
      await this.passed(signal);
      return;
    }
    const failure = pausingFailureOf(error);
    if (failure === undefined || this.pause !== undefined) {
      return;
    }
    this.#failedInARow.add(object);
    if (this.#probing || this.#failedInARow.size >= FAILURES_TO_OPEN) {
      await this.#open(failure, signal);
    }
  }

  /** To be called after a batch: a turn that nothing came of is given back. */
  async leave(signal: AbortSignal): Promise<void> {
    const { pause } = this.#state;
    if (this.#probing && pause !== undefined) {
      await this.#change(undecided(pause, Date.now()), signal);
    }
  }

  async #open(failure: PausingFailure, signal: AbortSignal): Promise<void> {
    const pause = opened(this.#state.pause, failure, Date.now());
    const { reason, message: detail } = failure;
    const until = new Date(pause.until).toISOString();
    logger.error('Forwarding is paused', { reason, detail, until, openings: pause.openings });
    await this.#change(pause, signal);
  }

  /** Holds in this process at once, and for the others if the ledger takes it and none of them was first. */
  async #change(pause: Pause | undefined, signal: AbortSignal): Promise<void> {
    const seen = this.#state;
    this.#probing = false;
    this.#failedInARow.clear();
    this.#state = { ...seen, pause };
    const write = (over: CircuitState) =>
      this.#tried('changed', (stop) => this.#store.change(over, pause, stop), signal);
    let change = await write(seen);
    if (change?.won === false && change.state.pause === undefined && pause !== undefined) {
      // What changed since we looked was not that somebody else has opened it.
      change = await write(change.state);
    }
    if (change !== undefined) {
      this.#adopt(change.state);
    }
  }

  #adopt({ revision, pause }: CircuitState): void {
    this.#state = { revision, pause: pause && bounded(pause, Date.now()) };
  }

  async #tried<T>(
    what: string,
    call: (stop: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    const stop = AbortSignal.any([signal, AbortSignal.timeout(STORE_PATIENCE_MS)]);
    try {
      return await settleBy(call(stop), stop, 0);
    } catch (error) {
      // Forwarding goes on without it: a circuit that stops what works would be worse than none.
      logger.warn(`The circuit could not be ${what}`, { error: error as Error });
      return undefined;
    }
  }
}
