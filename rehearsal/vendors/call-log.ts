/** One request as the state shows it: no header, no query and no body, hence no secret. */
export interface LoggedCall {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** The status sent; 0 where none was (a connection cut or left hanging). */
  readonly status: number;
  /** The name or number of the fault that had a hand in it. */
  readonly fault?: string;
}

const KEPT = 2000;

/** The last calls, oldest first. */
export class CallLog {
  #calls: LoggedCall[] = [];

  add(call: LoggedCall): void {
    this.#calls.push(call);
    // Cut in blocks: shifting an array of this size at every call would cost more than the call.
    if (this.#calls.length >= 2 * KEPT) this.#calls = this.#calls.slice(-KEPT);
  }

  last(): readonly LoggedCall[] {
    return this.#calls.slice(-KEPT);
  }
}
