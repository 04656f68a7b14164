/** The moments of a forwarding at which a process can be killed, or anything else can be made to happen. */

export const MOMENTS = [
  'before the claim',
  'after the claim',
  'before GetObject',
  'after GetObject',
  'before the upload',
  'in the middle of the upload',
  'after the upload, before it is kept',
  'after it is kept, before the acknowledgement',
  'after the acknowledgement',
  'before progress is noted',
  'after progress is noted',
  'before the ledger says acknowledged',
  'after the ledger says acknowledged',
  'before the lease is given back',
  'after the lease is given back',
  'before the dead letter',
  'after the dead letter',
  'before the redelivery',
  'after the redelivery',
  'before the circuit changes',
  'after the circuit changed',
  'before the answer',
] as const;

export type Moment = (typeof MOMENTS)[number];

/** Thrown to end a request without an answer: its caller is gone. */
export class CallerGone extends Error {
  override readonly name = 'CallerGone';
}

/** May throw `CallerGone`. @param count how often this moment has come, 1 or more. */
type Action = (count: number) => void | Promise<void>;

export class Moments {
  readonly #actions = new Map<Moment, Action[]>();
  readonly #counts = new Map<Moment, number>();

  on(moment: Moment, action: Action): void {
    this.#actions.set(moment, [...(this.#actions.get(moment) ?? []), action]);
  }

  async come(moment: Moment): Promise<void> {
    const count = (this.#counts.get(moment) ?? 0) + 1;
    this.#counts.set(moment, count);
    for (const action of this.#actions.get(moment) ?? []) {
      await action(count);
    }
  }
}
