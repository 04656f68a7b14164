/** How far a source is collected, and who collects now. */
import type * as z from 'zod';
import { ARCHIVE_TABLE_KEYS, type AuditSource, type CollectionGap } from '../../../contract/archive.ts';
import { faultsOf } from '../../../contract/faults.ts';
import { tryParseJson } from '../../shared/remote-words.ts';
import { type Item, LeasedItem, type LeaseTable } from '../table/lease.ts';

/** The state that is stored is none that this version of the collector can go on from. */
export class UnreadableCheckpointError extends Error {
  override readonly name = 'UnreadableCheckpointError';

  constructor(pk: string, problem: string) {
    super(
      `The collector's state in the item ${pk} cannot be read (${problem}). Delete the item to collect from the beginning: what is ` +
        'archived is recognised, and not stored again.',
    );
  }
}

/** An item of DynamoDB holds 400 KB; what else is in this one is small. */
const MOST_STATE_BYTES = 390_000;

/** What the collector has to remember does not fit: something at the vendor's is of a size that nobody thought of. */
export class CheckpointTooLargeError extends Error {
  override readonly name = 'CheckpointTooLargeError';

  constructor(pk: string, bytes: number) {
    super(
      `The collector's state for the item ${pk} takes ${bytes} bytes, of ${MOST_STATE_BYTES} at most. What was collected is stored, ` +
        'and the next run goes on from the last state. Report it.',
    );
  }
}

/** How far a source was collected when it was last looked at. */
export interface Standing {
  /** Everything before is collected; `undefined` where it never was. Milliseconds since the epoch. */
  readonly completeUntil: number | undefined;
  /** When it was first collected, in milliseconds since the epoch. */
  readonly since: number;
}

/** What is noted of a run at its end. Times are milliseconds since the epoch. */
export interface RunNote {
  readonly endedAt: number;
  readonly hasFailed: boolean;
  /** `undefined` where nothing new is known of it. */
  readonly completeUntil?: number | undefined;
  /** Spans of time whose events are not all collected; `undefined` where nothing new is known of them. */
  readonly gaps?: readonly CollectionGap[] | undefined;
}

export type Opening<State> =
  | {
      readonly isOurs: true;
      /** Of which the state is; `undefined` where it was never noted. */
      readonly place: string | undefined;
      /** @throws UnreadableCheckpointError */
      readonly readState: () => State | undefined;
      readonly standing: Standing;
    }
  /** Another run is at it. */
  | { readonly isOurs: false; readonly standing: Standing };

/** The checkpoint of one source, for one run. Throws AwsCallError where DynamoDB does not do its part. */
export class Checkpoint<State> {
  readonly #lease: LeasedItem;
  readonly #pk: string;
  readonly #schema: z.ZodType<State>;

  /** @param owner another one for each run. */
  constructor(table: LeaseTable, source: AuditSource, schema: z.ZodType<State>, owner: string) {
    const key = ARCHIVE_TABLE_KEYS.checkpoint(source);
    this.#lease = new LeasedItem(table, key, owner);
    this.#pk = key.pk;
    this.#schema = schema;
  }

  /**
   * Takes the lease.
   *
   * @param until when the run ends, however it goes; milliseconds since the epoch, like `now`.
   */
  async open(until: number, now: number): Promise<Opening<State>> {
    const { isOurs, item } = await this.#lease.take(until, now, { since: { N: String(now) } });
    const standing = standingOf(item, now);
    const place = item.collectedFrom?.S;
    return isOurs ? { isOurs, place, readState: () => this.#stateIn(item), standing } : { isOurs, standing };
  }

  /**
   * Notes the place that the state is of.
   *
   * @throws LeaseLostError
   */
  async notePlace(place: string): Promise<void> {
    await this.#lease.write({ collectedFrom: { S: place } });
  }

  /**
   * Forgets, at once, all that is known of the former place.
   *
   * @param now milliseconds since the epoch.
   * @throws LeaseLostError
   */
  async beginAnew(place: string, now: number): Promise<Standing> {
    await this.#lease.write({ collectedFrom: { S: place }, since: { N: String(now) } }, [
      'collectorState',
      'completeUntil',
      'gaps',
    ]);
    return { completeUntil: undefined, since: now };
  }

  /** @throws LeaseLostError, CheckpointTooLargeError */
  async save(state: State): Promise<void> {
    const text = JSON.stringify(state);
    const bytes = Buffer.byteLength(text);
    if (bytes > MOST_STATE_BYTES) {
      throw new CheckpointTooLargeError(this.#pk, bytes);
    }
    await this.#lease.write({ collectorState: { S: text } });
  }

  /**
   * Gives the lease back, and notes how the run ended, for whoever asks.
   *
   * @throws LeaseLostError
   */
  async close({ endedAt, hasFailed, completeUntil, gaps }: RunNote): Promise<void> {
    await this.#lease.release({
      runEndedAt: { N: String(endedAt) },
      runFailed: { BOOL: hasFailed },
      ...(completeUntil === undefined ? {} : { completeUntil: { N: String(completeUntil) } }),
      ...(gaps === undefined ? {} : { gaps: { S: JSON.stringify(gaps) } }),
    });
  }

  /** @throws UnreadableCheckpointError */
  #stateIn(item: Item): State | undefined {
    const text = item.collectorState?.S;
    if (text === undefined) {
      return undefined;
    }
    const parsed = this.#schema.safeParse(tryParseJson(text));
    if (!parsed.success) {
      throw new UnreadableCheckpointError(this.#pk, faultsOf(parsed.error, 'state'));
    }
    return parsed.data;
  }
}

function standingOf({ completeUntil, since }: Item, now: number): Standing {
  return {
    completeUntil: completeUntil?.N === undefined ? undefined : Number(completeUntil.N),
    since: Number(since?.N ?? now),
  };
}
