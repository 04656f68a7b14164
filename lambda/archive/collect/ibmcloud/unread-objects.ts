/** Objects that are listed and cannot be read: archived by a life cycle rule, say, or with permissions of their own. */
import type { CollectionGap } from '../../../../contract/archive.ts';
import { logger } from '../../../shared/logger.ts';
import type { IbmObjectStorageError } from '../../../vendors/ibm-object-storage.ts';
import { type FolderHour, startOfFolderHour } from '../../ibmcloud/object-key.ts';
import { type KeptHashes, ReadObjects } from './read-objects.ts';

const HOUR_MS = 3_600_000;
/** 58,000 characters of the checkpoint's item, should each be of an hour of its own. */
const MOST_UNREAD = 2_000;
/** Spans of time that are told of: of more, those between which there is the least time are told as one. */
const MOST_SPANS = 20;

interface UnreadObject {
  readonly hour: FolderHour;
  readonly key: string;
}

/** As the checkpoint keeps it. */
export interface KeptUnread {
  readonly setAside: KeptHashes;
  readonly setAsideBefore: KeptHashes;
}

/** More objects cannot be read than can be remembered. */
export class TooManyUnreadError extends Error {
  override readonly name = 'TooManyUnreadError';

  constructor(cause: IbmObjectStorageError) {
    super(
      `More than ${MOST_UNREAD} objects of the IBM Cloud bucket cannot be read, and nothing behind them is collected: so many cannot ` +
        'be remembered to be tried again. Restore those that a life cycle rule has archived, or give a key prefix without them. ' +
        `The last one: ${cause.message}`,
      { cause },
    );
  }
}

/** By their keys alone: one that is written again is read, and then as good as any. */
const ANY_ETAG = '';

export class UnreadObjects {
  readonly #objects: ReadObjects;
  /** Those that the sweep under way has not come to yet. */
  #before: ReadObjects;
  #isStorageWell = false;

  constructor({ setAside, setAsideBefore }: KeptUnread) {
    this.#objects = new ReadObjects(setAside);
    this.#before = new ReadObjects(setAsideBefore);
  }

  get size(): number {
    return this.#objects.size + this.#before.size;
  }

  has(hour: FolderHour, key: string): boolean {
    return this.#objects.has(hour, key, ANY_ETAG) || this.#before.has(hour, key, ANY_ETAG);
  }

  kept(): KeptUnread {
    return { setAside: this.#objects.kept(MOST_UNREAD), setAsideBefore: this.#before.kept(MOST_UNREAD) };
  }

  sweepBegins(): void {
    this.#before.takeAllOf(this.#objects);
  }

  /** What it did not come to is not in the bucket any more. */
  sweepEnds(): void {
    if (this.#before.size > 0) {
      logger.error('Objects are gone that could never be read', {
        objects: this.#before.size,
        hours: this.#before.hours.slice(0, 10),
      });
      this.#before = new ReadObjects();
    }
  }

  /**
   * Sets an object aside that could not be read.
   *
   * @throws IbmObjectStorageError as it was given, where it is not known to be about this object alone: nothing else has been
   * read, so that it is the storage, the network or the credentials, and the next run tries the same again.
   * @throws TooManyUnreadError
   */
  add({ hour, key }: UnreadObject, cause: IbmObjectStorageError): void {
    if (this.has(hour, key)) {
      this.#before.delete(hour, key, ANY_ETAG);
      this.#objects.add(hour, key, ANY_ETAG);
      return;
    }
    if (!this.#isStorageWell && !cause.isOfObject) {
      throw cause;
    }
    if (this.size >= MOST_UNREAD) {
      throw new TooManyUnreadError(cause);
    }
    this.#objects.add(hour, key, ANY_ETAG);
    logger.warn('An object cannot be read: it is set aside, and tried again', {
      key,
      problem: cause.message,
    });
  }

  noteRead({ hour, key }: UnreadObject): void {
    this.#isStorageWell = true;
    this.#objects.delete(hour, key, ANY_ETAG);
    this.#before.delete(hour, key, ANY_ETAG);
  }

  /** The times whose events are not all collected, therefore. */
  spans(): CollectionGap[] {
    const hours = [...new Set([...this.#before.hours, ...this.#objects.hours])].sort();
    const spans = hours.map(startOfFolderHour).map((from) => ({ from, to: from + HOUR_MS }));
    return joined(spans, MOST_SPANS);
  }
}

/** @param spans in order. Those that touch are told as one. */
function joined(spans: readonly CollectionGap[], most: number): CollectionGap[] {
  const gaps = spans.map(({ from }, index) => from - (spans[index - 1]?.to ?? Number.NEGATIVE_INFINITY));
  const longest = gaps.toSorted((a, b) => b - a).slice(0, most);
  const least = Math.max(1, longest.at(-1) ?? 1);
  const found: CollectionGap[] = [];
  for (const [index, span] of spans.entries()) {
    const last = found.at(-1);
    // Equal gaps may make more parts than there is room for: the last takes the rest.
    if (last === undefined || ((gaps[index] ?? 0) >= least && found.length < most)) {
      found.push(span);
    } else {
      found[found.length - 1] = { from: last.from, to: span.to };
    }
  }
  return found;
}
