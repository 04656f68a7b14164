import { createHash } from 'node:crypto';
import type { IbmBucket, IbmObject } from '../../../../lambda/vendors/ibm-object-storage.ts';

/** A bucket in memory, whose writers put what they like whenever they like. */
export class MemoryIbmBucket implements IbmBucket {
  readonly #objects = new Map<string, { content: Buffer; storedAt: number }>();
  readonly #pageSize: number;
  #sorted: string[] | undefined;
  /** Called before each answer. */
  onCall: (call: string) => void = () => {};
  readonly read: IbmBucket['read'];
  readonly page: IbmBucket['page'];

  constructor(pageSize = 3) {
    this.#pageSize = pageSize;
    this.read = async (key) => {
      this.onCall(`read ${key}`);
      const found = this.#objects.get(key);
      return found && { etag: etagOf(found.content), body: inChunks(found.content) };
    };
    this.page = async ({ prefix, after = '', byFolder = false, limit = 1000 }) => {
      this.onCall(`page ${prefix} ${after}`);
      const found = new Map<string, IbmObject | undefined>();
      this.#sorted ??= [...this.#objects.keys()].sort();
      for (const key of this.#sorted) {
        const slash = byFolder ? key.indexOf('/', prefix.length) : -1;
        if (key.startsWith(prefix) && key > after) {
          found.set(slash === -1 ? key : key.slice(0, slash + 1), slash === -1 ? this.#told(key) : undefined);
        }
      }
      const shown = [...found].slice(0, Math.min(limit, this.#pageSize));
      return {
        objects: shown.flatMap(([, object]) => object ?? []),
        folders: shown.flatMap(([name, object]) => (object === undefined ? [name] : [])),
        isLast: shown.length === found.size,
      };
    };
  }

  get size(): number {
    return this.#objects.size;
  }

  put(key: string, content: Buffer | string, storedAt: number): void {
    this.#sorted = undefined;
    this.#objects.set(key, { content: Buffer.from(content), storedAt });
  }

  delete(key: string): void {
    this.#sorted = undefined;
    this.#objects.delete(key);
  }

  #told(key: string): IbmObject | undefined {
    const object = this.#objects.get(key);
    return (
      object && { key, etag: etagOf(object.content), size: object.content.length, storedAt: object.storedAt }
    );
  }
}

function etagOf(content: Buffer): string {
  return `"${createHash('md5').update(content).digest('hex')}"`;
}

async function* inChunks(content: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += 4096) {
    yield content.subarray(at, at + 4096);
  }
}
