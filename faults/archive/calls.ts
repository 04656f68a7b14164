/** The calls of the archive's functions, at each of which anything can be made to happen. */
import type { ArchiveCall, ArchiveOperation } from '../stand-ins/archive-aws.ts';
import type { AwsTrouble } from '../stand-ins/aws.ts';

/** To a vendor, or to AWS. */
export type ArchiveCallKind = ArchiveOperation | 'vendor call';
/** Before it is carried out; or after that, before it is answered. */
export type CallMoment = 'before' | 'after';

export interface NumberedCall extends Pick<ArchiveCall, 'bucket' | 'key'> {
  /** Of this kind, from 1. */
  readonly number: number;
}

/** May throw `CallerGone`. What it returns befalls a call to AWS. */
export type CallAction = (call: NumberedCall) => AwsTrouble | undefined | Promise<AwsTrouble | undefined>;

export class Calls {
  readonly #actions = new Map<string, CallAction>();
  readonly #counts = new Map<string, number>();

  /** One action for each moment of each kind: the latest. */
  on(moment: CallMoment, kind: ArchiveCallKind, action: CallAction): void {
    this.#actions.set(`${moment} ${kind}`, action);
  }

  async come(
    moment: CallMoment,
    kind: ArchiveCallKind,
    { bucket = '', key = '' }: Partial<ArchiveCall> = {},
  ): Promise<AwsTrouble | undefined> {
    const name = `${moment} ${kind}`;
    const number = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, number);
    return await this.#actions.get(name)?.({ number, bucket, key });
  }

  /** Calls that were begun since `beginAnew`. */
  countOf(kind: ArchiveCallKind): number {
    return this.#counts.get(`before ${kind}`) ?? 0;
  }

  /** Nothing happens at any call any more. */
  calm(): void {
    this.#actions.clear();
  }

  /** Calm, and counted from 1 again. */
  beginAnew(): void {
    this.calm();
    this.#counts.clear();
  }
}
