/**
 * Where the archive's objects are, in S3 or in a folder: the few things that the archive needs of such a place.
 *
 * Keys are `/`-separated names, without empty ones, `.` and `..`, as `contract/archive.ts` makes them.
 */

/** An object as a listing shows it. */
export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
  /** Another one after every write; without quotes. */
  readonly etag: string;
  readonly modified: Date;
}

export interface PutOptions {
  /** Such as `application/gzip`. */
  readonly contentType: string;
  /** Writes only where no object is yet. */
  readonly ifAbsent?: boolean;
  /** Writes only in place of the object with this ETag. */
  readonly ifMatch?: string | undefined;
}

export interface ObjectStore {
  /** As a person knows it: `s3://bucket`, or a folder's path. */
  readonly place: string;

  /**
   * The objects whose keys begin with a prefix, in the order of the keys' bytes in UTF-8, page by page as they are asked for.
   *
   * @param after the key to begin behind. @default the first
   */
  list(prefix: string, after?: string): AsyncIterable<ListedObject>;

  /**
   * The folders right below a prefix that ends in `/` (or is empty), in their order, each with its own `/` at the end.
   *
   * A prefix that holds nothing has none.
   */
  folders(prefix: string): Promise<readonly string[]>;

  /** @throws ObjectMissingError, or ObjectFrozenError where it has to be restored from cold storage first. */
  get(key: string): Promise<Buffer>;

  /**
   * Writes an object whole, or not at all. Who reads meanwhile gets the former one.
   *
   * @returns its ETag.
   * @throws ConditionFailedError where the condition does not hold, and where it did until this very call wrote and the answer
   *   was lost: whoever writes on a condition reads again, and decides anew.
   */
  put(key: string, body: Buffer, options: PutOptions): Promise<string>;

  /** Deletes an object; one that is not there is deleted already. */
  delete(key: string): Promise<void>;
}

/** There is no such object. */
export class ObjectMissingError extends Error {
  override readonly name = 'ObjectMissingError';

  constructor(place: string, key: string, options?: ErrorOptions) {
    super(`There is no object ${key} in ${place}.`, options);
  }
}

/** The object is in a storage class that cannot be read at once. */
export class ObjectFrozenError extends Error {
  override readonly name = 'ObjectFrozenError';

  constructor(place: string, key: string, options?: ErrorOptions) {
    super(
      `The object ${key} in ${place} is in cold storage. Restore it (aws s3api restore-object), and try again when that is done.`,
      options,
    );
  }
}

/** Somebody else has written the object since it was looked at. */
export class ConditionFailedError extends Error {
  override readonly name = 'ConditionFailedError';

  constructor(place: string, key: string, options?: ErrorOptions) {
    super(`The object ${key} in ${place} was written by somebody else meanwhile.`, options);
  }
}

/** A key that no object of the archive has, such as one that leads out of a folder. */
export class InvalidKeyError extends Error {
  override readonly name = 'InvalidKeyError';

  constructor(key: string) {
    super(
      `${JSON.stringify(key)} is no key of the archive: names between slashes, none of them empty, "." or "..".`,
    );
  }
}
