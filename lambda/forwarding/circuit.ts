/** Keeps files waiting while the destination takes nothing, for all forwarders of the stack at once. */
import { type CircuitState, type Opening, UNKNOWN_CIRCUIT } from '../../contract/circuit.ts';
import { settleBy } from '../shared/deadline.ts';
import { logger } from '../shared/logger.ts';
import {
  believed,
  isAnswerAboutContent,
  type OpeningFailure,
  opened,
  openingFailureOf,
  probing,
  undecided,
} from './circuit-state.ts';
import type { CircuitStore } from './circuit-store.ts';

/** Different objects in a row that must fail. Each has been tried several times by then. */
const FAILURES_TO_OPEN = 3;
/** For so long a process believes what it read: a busy one reads six times a minute, whatever it forwards. */
export const BELIEVED_MS = 10_000;
/** The circuit is a help. A ledger that is slow to tell of it must not become a hindrance. */
const STORE_PATIENCE_MS = 2_000;

/**
 * One for the life of the process, which works at one batch at a time.
 *
 * No method rejects. Where the ledger cannot be asked, the circuit counts as closed; where it cannot be
 * written to, it is open for this process alone.
 */
export class Circuit {
  readonly #store: Pick<CircuitStore, 'read' | 'change'>;
  #state: CircuitState = UNKNOWN_CIRCUIT;
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
  get opening(): Opening | undefined {
    return this.#probing ? undefined : this.#state.opening;
  }

  get isOpen(): boolean {
    return this.#state.opening !== undefined;
  }

  /** To be called before a batch. @param remainingMs what is left to the invocation. */
  async enter(remainingMs: number, signal: AbortSignal): Promise<void> {
    if (Date.now() - this.#readAt >= BELIEVED_MS) {
      this.#readAt = Date.now();
      // What this process knows itself is bounded in time, and better than nothing.
      this.#adopt((await this.#tried('read', (stop) => this.#store.read(stop), signal)) ?? this.#state);
    }
    const { opening } = this.#state;
    if (opening === undefined || opening.until > Date.now()) {
      return;
    }
    const turn = probing(opening, remainingMs, Date.now());
    const change = await this.#tried('taken', (stop) => this.#store.change(this.#state, turn, stop), signal);
    this.#probing = change?.won ?? false;
    this.#adopt(change?.state ?? UNKNOWN_CIRCUIT);
  }

  /** The destination has taken something. */
  async passed(signal: AbortSignal): Promise<void> {
    this.#failedInARow.clear();
    if (this.#probing) {
      const { openedAt = Date.now() } = this.#state.opening ?? {};
      logger.info('The destination takes files again', { openMs: Date.now() - openedAt });
      await this.#change(undefined, signal);
    }
  }

  /** An object failed. @param object names it: only different ones count. */
  async failed(object: string, error: unknown, signal: AbortSignal): Promise<void> {
    if (isAnswerAboutContent(error)) {
      await this.passed(signal);
      return;
    }
    const failure = openingFailureOf(error);
    if (failure === undefined || this.opening !== undefined) {
      return;
    }
    this.#failedInARow.add(object);
    if (this.#probing || this.#failedInARow.size >= FAILURES_TO_OPEN) {
      await this.#open(failure, signal);
    }
  }

  /** To be called after a batch: a turn that nothing came of is given back. */
  async leave(signal: AbortSignal): Promise<void> {
    const { opening } = this.#state;
    if (this.#probing && opening !== undefined) {
      await this.#change(undecided(opening, Date.now()), signal);
    }
  }

  async #open(failure: OpeningFailure, signal: AbortSignal): Promise<void> {
    const opening = opened(this.#state.opening, failure, Date.now());
    const { reason, message: detail } = failure;
    const until = new Date(opening.until).toISOString();
    logger.error('The circuit is open', { reason, detail, until, openings: opening.openings });
    await this.#change(opening, signal);
  }

  /** Holds in this process at once, and for the others if the ledger takes it and none of them was first. */
  async #change(opening: Opening | undefined, signal: AbortSignal): Promise<void> {
    const seen = this.#state;
    this.#probing = false;
    this.#failedInARow.clear();
    this.#state = { ...seen, opening };
    const write = (over: CircuitState) =>
      this.#tried('changed', (stop) => this.#store.change(over, opening, stop), signal);
    let change = await write(seen);
    if (change?.won === false && change.state.opening === undefined && opening !== undefined) {
      // What changed since we looked was not that somebody else has opened it.
      change = await write(change.state);
    }
    if (change !== undefined) {
      this.#adopt(change.state);
    }
  }

  #adopt({ opening, ...rest }: CircuitState): void {
    this.#state = { ...rest, opening: opening && believed(opening, Date.now()) };
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
