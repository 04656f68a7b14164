import { randomUUID } from 'node:crypto';
import { type BigIntStats, renameSync, statSync } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  ConditionFailedError,
  InvalidKeyError,
  type ListedObject,
  ObjectMissingError,
  type ObjectStore,
  type PutOptions,
} from './object-store.ts';

/** Of the folder itself: what is being written. No object's. */
const WRITING = '.writing';

/**
 * A folder, each object a file below it: an archive on one's own machine, such as a copy of the buckets.
 *
 * A write is atomic. Conditions hold between the writes of one process, and `ifAbsent` between all.
 */
export class FolderObjectStore implements ObjectStore {
  readonly place: string;

  /** @param folder need not exist before something is written. */
  constructor(folder: string) {
    this.place = resolve(folder);
  }

  list(prefix: string, after?: string): AsyncIterable<ListedObject> {
    return this.#walk(prefix.slice(0, prefix.lastIndexOf('/') + 1), prefix, after);
  }

  async folders(prefix: string): Promise<readonly string[]> {
    const names = await this.#namesIn(prefix);
    return names.filter((name) => name.endsWith('/')).map((name) => prefix + name);
  }

  async get(key: string): Promise<Buffer> {
    try {
      return await readFile(this.#pathOf(key));
    } catch (error) {
      throw isAbsent(error) ? new ObjectMissingError(this.place, key, { cause: error }) : error;
    }
  }

  async put(key: string, body: Buffer, { ifAbsent, ifMatch }: PutOptions): Promise<string> {
    const path = this.#pathOf(key);
    const draft = join(this.place, WRITING, randomUUID());
    await mkdir(dirname(draft), { recursive: true });
    await mkdir(dirname(path), { recursive: true });
    try {
      await writeDurably(draft, body);
      if (ifAbsent === true) {
        await this.#linkTo(draft, path, key);
        return etagOf(statSync(path, { bigint: true }));
      }
      // Without a pause between the look and the renaming, so that no other write of this process comes between.
      if (ifMatch !== undefined && etagAt(path) !== ifMatch) {
        throw new ConditionFailedError(this.place, key);
      }
      renameSync(draft, path);
      return etagOf(statSync(path, { bigint: true }));
    } finally {
      await rm(draft, { force: true });
    }
  }

  async delete(key: string): Promise<void> {
    await rm(this.#pathOf(key), { force: true });
  }

  async #linkTo(draft: string, path: string, key: string): Promise<void> {
    try {
      await link(draft, path);
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'EEXIST'
        ? new ConditionFailedError(this.place, key, { cause: error })
        : error;
    }
  }

  async *#walk(
    folder: string,
    prefix: string,
    after: string | undefined,
  ): AsyncGenerator<ListedObject, void, undefined> {
    for (const name of await this.#namesIn(folder)) {
      const key = folder + name;
      if (name.endsWith('/')) {
        if (overlaps(key, prefix) && !isWhollyBefore(key, after)) {
          yield* this.#walk(key, prefix, after);
        }
      } else if (key.startsWith(prefix) && (after === undefined || compareKeys(key, after) > 0)) {
        yield* this.#listed(key);
      }
    }
  }

  async *#listed(key: string): AsyncGenerator<ListedObject, void, undefined> {
    try {
      const stats = await stat(this.#pathOf(key), { bigint: true });
      yield { key, bytes: Number(stats.size), etag: etagOf(stats), modified: stats.mtime };
    } catch (error) {
      // Deleted since the folder was read: it is not listed, as a listing a moment later would not.
      if (!isAbsent(error)) {
        throw error;
      }
    }
  }

  /** Names in a folder in the order of the keys, those of folders with a slash at the end. */
  async #namesIn(folder: string): Promise<string[]> {
    const path = folder === '' ? this.place : this.#pathOf(folder.replace(/\/$/, ''));
    try {
      const entries = await readdir(path, { withFileTypes: true });
      const names = await Promise.all(
        entries
          // What a desktop leaves behind is none of the archive's, and neither is what is being written.
          .filter(({ name }) => !name.startsWith('.'))
          .map(async (entry) => {
            const isFolder = entry.isSymbolicLink()
              ? (await stat(join(path, entry.name))).isDirectory()
              : entry.isDirectory();
            return isFolder ? `${entry.name}/` : entry.name;
          }),
      );
      return names.sort(compareKeys);
    } catch (error) {
      if (isAbsent(error)) {
        return [];
      }
      throw error;
    }
  }

  /** @throws InvalidKeyError */
  #pathOf(key: string): string {
    const names = key.split('/');
    const leadsAstray = names.some((name) => name === '' || name === '.' || name === '..');
    if (leadsAstray || names[0] === WRITING || /[\\\0]/.test(key)) {
      throw new InvalidKeyError(key);
    }
    return join(this.place, ...names);
  }
}

async function writeDurably(path: string, body: Buffer): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(body);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Another one after every write: a file that replaces another has another inode, or was written later. */
function etagOf({ ino, mtimeNs, size }: BigIntStats): string {
  return `${ino.toString(36)}-${mtimeNs.toString(36)}-${size.toString(36)}`;
}

function etagAt(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && etagOf(stats);
}

function overlaps(folder: string, prefix: string): boolean {
  return folder.startsWith(prefix) || prefix.startsWith(folder);
}

/** Whether all that a folder holds comes before a key. */
function isWhollyBefore(folder: string, after: string | undefined): boolean {
  return after !== undefined && !after.startsWith(folder) && compareKeys(folder, after) < 0;
}

/** S3's order: that of the bytes in UTF-8 (Amazon S3 API Reference, "ListObjectsV2"), which is not that of UTF-16. */
function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
}
