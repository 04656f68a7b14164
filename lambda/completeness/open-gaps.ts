/** Files that were delivered and not acknowledged: queued again a few times, then only told. */
import type { OpenGap, SeriesMemory } from '../../contract/completeness-round.ts';
import { ledgerKeyOf } from '../../contract/ledger.ts';
import type { ObjectReference } from '../../contract/object-message.ts';
import { entriesOf } from './log-files.ts';
import type { LedgerLookup } from './ports.ts';

type Queueing = Pick<OpenGap, 'queued' | 'queuedAt'>;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/**
 * How long after it was last queued a gap is queued again. A lost message is made up for by the first; what fails needs
 * time or a person. What is in the queue already is forwarded once all the same.
 */
const QUEUE_AGAIN_AFTER_MS = [0, 6 * HOUR_MS, DAY_MS];
/** A forwarder that works has it by then. */
const REMAINS_AFTER_MS = HOUR_MS;
/** As long as a message would be kept: then it is told a last time, and forgotten. */
const FORGOTTEN_AFTER_MS = 14 * DAY_MS;

/** How long a crowd that cannot be remembered is waited for once it has been queued for the last time. */
const LET_GO_AFTER_MS = DAY_MS;

/** As many as fit into an item of DynamoDB, which is 400 KB, with the longest keys. */
export const MAXIMUM_OPEN_GAPS = 250;

export class OpenGaps {
  readonly #gaps: Map<string, OpenGap>;
  readonly #now: number;
  #surplus: readonly ObjectReference[] = [];
  #surplusQueueing: SeriesMemory['surplus'];
  /** Those that were open for too long, and are let go. */
  readonly forgotten: readonly OpenGap[];
  #letGo = 0;

  constructor({ gaps, surplus }: Pick<SeriesMemory, 'gaps' | 'surplus'>, now: Date) {
    this.#gaps = new Map(gaps.map((gap) => [ledgerKeyOf(gap), gap]));
    this.#surplusQueueing = surplus;
    this.#now = now.getTime();
    this.forgotten = gaps.filter((gap) => gap.queued > 0 && this.#sinceQueued(gap) >= FORGOTTEN_AFTER_MS);
    for (const gap of this.forgotten) {
      this.#gaps.delete(ledgerKeyOf(gap));
    }
  }

  /** Those that are let go are told this last time. */
  get count(): number {
    return this.#gaps.size + this.#surplus.length + this.#letGo;
  }

  /** What is to be remembered of them. */
  get memory(): Pick<SeriesMemory, 'gaps' | 'surplus'> {
    const surplus = this.#surplus.length === 0 ? undefined : this.#surplusQueueing;
    return { gaps: [...this.#gaps.values()], ...(surplus === undefined ? {} : { surplus }) };
  }

  /**
   * @returns `false` where they are more than can be remembered. Then they are a surplus: to be queued as well, but
   * what listed them must be looked at again, until all tries are used up and a day has passed: then they are let go, for
   * what comes after them is not to wait for what can never be forwarded.
   */
  add(objects: readonly ObjectReference[]): boolean {
    const added = this.#unknownOf(objects);
    if (this.#gaps.size + added.size > MAXIMUM_OPEN_GAPS) {
      if (this.#isUsedUp(added)) {
        this.#letGo += added.size;
        return true;
      }
      this.#surplus = [...added.values()];
      return false;
    }
    const noticedAt = new Date(this.#now).toISOString();
    for (const [name, { bucket, key, versionId, etag, size, createdAt }] of added) {
      this.#gaps.set(name, { bucket, key, versionId, etag, size, createdAt, noticedAt, queued: 0 });
    }
    return true;
  }

  #unknownOf(objects: readonly ObjectReference[]): ReadonlyMap<string, ObjectReference> {
    const named = objects.map((object) => [ledgerKeyOf(object), object] as const);
    return new Map(named.filter(([name]) => !this.#gaps.has(name)));
  }

  #isUsedUp(crowd: ReadonlyMap<string, ObjectReference>): boolean {
    const queueing = this.#surplusQueueing;
    const [first] = crowd.keys();
    return (
      queueing !== undefined &&
      queueing.first === first &&
      queueing.queued >= QUEUE_AGAIN_AFTER_MS.length &&
      this.#sinceQueued(queueing) >= LET_GO_AFTER_MS
    );
  }

  /** Queues once, and lets go, what comes after a crowd that was let go, and is listed with it. */
  async pass(
    objects: readonly ObjectReference[],
    send: (objects: readonly ObjectReference[]) => Promise<void>,
  ): Promise<void> {
    const others = [...this.#unknownOf(objects).values()];
    if (others.length > 0) {
      await send(others);
    }
    this.#letGo += others.length;
  }

  /** How many of a crowd are let go, without having been remembered one by one. */
  get letGo(): number {
    return this.#letGo;
  }

  /** Takes out those that have been acknowledged. */
  async close(ledger: LedgerLookup): Promise<void> {
    const entries = await entriesOf([...this.#gaps.values()], ledger);
    for (const name of this.#gaps.keys()) {
      if (entries.get(name)?.state === 'acknowledged') {
        this.#gaps.delete(name);
      }
    }
  }

  /** Queues what is due. */
  async queue(send: (objects: readonly ObjectReference[]) => Promise<void>): Promise<void> {
    const due = [...this.#gaps].filter(([, gap]) => this.#isDue(gap));
    const surplus = this.#surplusNow();
    const isSurplusDue = surplus !== undefined && this.#isDue(surplus);
    const objects = [...due.map(([, gap]) => gap), ...(isSurplusDue ? this.#surplus : [])];
    if (objects.length > 0) {
      await send(objects);
    }
    for (const [name, gap] of due) {
      this.#gaps.set(name, { ...gap, ...this.#queuedOnceMore(gap) });
    }
    this.#surplusQueueing = isSurplusDue ? { ...surplus, ...this.#queuedOnceMore(surplus) } : surplus;
  }

  /** How many were queued again, and are open all the same. */
  get remaining(): number {
    const surplus = this.#surplusQueueing;
    return (
      this.#letGo +
      [...this.#gaps.values()].filter((gap) => this.#remains(gap)).length +
      (surplus !== undefined && this.#remains(surplus) ? this.#surplus.length : 0)
    );
  }

  /** Where its first is another than before, it has moved on, and is one that was never queued. */
  #surplusNow(): SeriesMemory['surplus'] {
    const [object] = this.#surplus;
    const first = object && ledgerKeyOf(object);
    if (first === undefined || this.#surplusQueueing?.first === first) {
      return first === undefined ? undefined : this.#surplusQueueing;
    }
    return { first, queued: 0 };
  }

  #isDue(queueing: Queueing): boolean {
    const wait = QUEUE_AGAIN_AFTER_MS[queueing.queued];
    return wait !== undefined && this.#sinceQueued(queueing) >= wait;
  }

  #remains(queueing: Queueing): boolean {
    return queueing.queued > 0 && this.#sinceQueued(queueing) >= REMAINS_AFTER_MS;
  }

  #queuedOnceMore({ queued }: Queueing): Queueing {
    return { queued: queued + 1, queuedAt: new Date(this.#now).toISOString() };
  }

  #sinceQueued({ queuedAt }: Queueing): number {
    return queuedAt === undefined ? Number.POSITIVE_INFINITY : this.#now - Date.parse(queuedAt);
  }
}
