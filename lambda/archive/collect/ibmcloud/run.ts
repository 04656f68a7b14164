/** One run of IBM Cloud's collector: what its parts share, and how objects are read. */
import { mapBounded } from '../../../shared/concurrency.ts';
import {
  type IbmBucket,
  type IbmContent,
  type IbmObject,
  IbmObjectStorageError,
} from '../../../vendors/ibm-object-storage.ts';
import type { FolderHour } from '../../ibmcloud/object-key.ts';
import type { CollectSession } from '../collector.ts';
import {
  addLargeObject,
  addObject,
  type ObjectSummary,
  WHOLE_OBJECT_BYTES,
  wholeContent,
} from './object-intake.ts';
import { MOST_HASHES, ReadObjects } from './read-objects.ts';
import { isAccountEvent } from './setup-check.ts';
import { beginningState, type IbmCloudState } from './state.ts';
import { UnreadObjects } from './unread-objects.ts';

export interface IbmCloudPlace {
  readonly bucket: IbmBucket;
  /** Empty, or with its `/`. */
  readonly prefix: string;
}

export interface HourObject extends IbmObject {
  readonly hour: FolderHour;
}

/** Objects read at a time. */
const WIDTH = 8;
/** Read between one saved state and the next: so much of them is held, or, where they are small, so many. */
const BATCH_BYTES = 16 * 1024 * 1024;
const BATCH_OBJECTS = 200;

export class IbmCloudRun {
  readonly place: IbmCloudPlace;
  readonly session: CollectSession<IbmCloudState>;
  readonly read: ReadObjects;
  /** What could not be read; see unread-objects.ts. */
  readonly setAside: UnreadObjects;
  /** Where the recent look of this run lists hours. */
  folders: ReadonlySet<string> = new Set();
  state: IbmCloudState;

  constructor(place: IbmCloudPlace, session: CollectSession<IbmCloudState>) {
    this.place = place;
    this.session = session;
    this.state = session.state ?? beginningState(session.now());
    this.read = new ReadObjects(this.state.read);
    this.setAside = new UnreadObjects(this.state);
  }

  get signal(): AbortSignal {
    return this.session.signal;
  }

  change(changes: Partial<IbmCloudState>): void {
    this.state = { ...this.state, ...changes };
  }

  /** Forgets what is known of the hours before; what is still to come of them is another part's. */
  moveRecentTo(hour: FolderHour): void {
    this.read.forgetBefore(hour);
    this.change({ recentFrom: hour });
  }

  async save(): Promise<void> {
    this.change({ read: this.read.kept(), ...this.setAside.kept() });
    await this.session.save(this.state);
  }

  /**
   * Reads objects in batches, and saves after each.
   *
   * @param done told of each batch before it is saved.
   * @returns `false` where time is up before the last.
   */
  async readObjects(
    objects: readonly HourObject[],
    done: (batch: readonly HourObject[]) => void = () => {},
  ): Promise<boolean> {
    for (const batch of batchesOf(objects)) {
      if (this.session.timeIsUp()) {
        return false;
      }
      await this.#readBatch(batch);
      done(batch);
      await this.save();
    }
    return true;
  }

  get hasTooManyHashes(): boolean {
    return this.read.size > MOST_HASHES;
  }

  /** Whether the recent look need not read it: it is read, or set aside for the next sweep. */
  isDealtWith({ hour, key, etag }: HourObject): boolean {
    return this.read.has(hour, key, etag) || this.setAside.has(hour, key);
  }

  async #readBatch(batch: readonly HourObject[]): Promise<void> {
    const [first] = batch;
    if (first !== undefined && first.size > WHOLE_OBJECT_BYTES) {
      const content = await this.#contentOf(first);
      if (content instanceof IbmObjectStorageError) {
        this.setAside.add(first, content);
        return;
      }
      if (content !== undefined) {
        this.#count(await addLargeObject(this.session.archive, first.key, content));
      }
      this.#remember(first, content?.etag);
      return;
    }
    const contents = await mapBounded(batch, WIDTH, async (object) => {
      const content = await this.#contentOf(object);
      return content === undefined || content instanceof IbmObjectStorageError
        ? content
        : { etag: content.etag, bytes: await wholeContent(content) };
    });
    // Before those that cannot be read: one that can be shows that the storage is not to blame.
    for (const [index, object] of batch.entries()) {
      const content = contents[index];
      if (!(content instanceof IbmObjectStorageError)) {
        if (content !== undefined) {
          this.#count(await addObject(this.session.archive, object.key, content.bytes));
        }
        this.#remember(object, content?.etag);
      }
    }
    for (const [index, object] of batch.entries()) {
      const content = contents[index];
      if (content instanceof IbmObjectStorageError) {
        this.setAside.add(object, content);
      }
    }
  }

  /** @returns why it cannot be read, where it cannot be; `undefined` where it is gone. */
  async #contentOf({ key }: HourObject): Promise<IbmContent | IbmObjectStorageError | undefined> {
    try {
      return await this.place.bucket.read(key, this.signal);
    } catch (error) {
      // What is no answer of the storage's, and no time any more, is the run's failure.
      if (!(error instanceof IbmObjectStorageError) || this.signal.aborted) {
        throw error;
      }
      return error;
    }
  }

  /** By the ETag of what was read, which may be newer than what was listed. */
  #remember({ hour, key, etag }: HourObject, readEtag = etag): void {
    this.setAside.noteRead({ hour, key });
    if (hour >= this.state.recentFrom) {
      this.read.add(hour, key, readEtag);
    }
  }

  #count({ events, actions }: ObjectSummary): void {
    const isAccount = [...actions].some(isAccountEvent);
    this.change({
      events: this.state.events + events,
      accountEvents: this.state.accountEvents + (isAccount ? 1 : 0),
    });
  }
}

function* batchesOf(objects: readonly HourObject[]): Generator<readonly HourObject[], void, undefined> {
  let batch: HourObject[] = [];
  let bytes = 0;
  for (const object of objects) {
    if (batch.length === BATCH_OBJECTS || (batch.length > 0 && bytes + object.size > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(object);
    bytes += object.size;
  }
  if (batch.length > 0) {
    yield batch;
  }
}
