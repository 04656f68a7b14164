/** An object store in memory that lets a test look at every moment, and fail at any call. */
import {
  ConditionFailedError,
  type ListedObject,
  ObjectMissingError,
  type ObjectStore,
  type PutOptions,
} from '../../../../lambda/archive/store/object-store.ts';

export class MemoryStore implements ObjectStore {
  readonly place = 'memory';
  readonly objects = new Map<string, { readonly body: Buffer; readonly etag: string }>();
  /** Before each call; may throw. */
  before: (call: string) => void = () => {};
  /** After each change. */
  changed: () => Promise<void> = async () => {};
  #writes = 0;

  async *list(prefix: string): AsyncGenerator<ListedObject, void, undefined> {
    this.before(`list ${prefix}`);
    for (const [key, { body, etag }] of [...this.objects].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (key.startsWith(prefix)) {
        yield { key, bytes: body.length, etag, modified: new Date(0) };
      }
    }
  }

  async folders(): Promise<readonly string[]> {
    throw new Error('Nothing derived asks for folders.');
  }

  async get(key: string): Promise<Buffer> {
    this.before(`get ${key}`);
    const object = this.objects.get(key);
    if (object === undefined) {
      throw new ObjectMissingError(this.place, key);
    }
    return object.body;
  }

  async put(key: string, body: Buffer, { ifAbsent, ifMatch }: PutOptions): Promise<string> {
    this.before(`put ${key}`);
    const there = this.objects.get(key)?.etag;
    if ((ifAbsent === true && there !== undefined) || (ifMatch !== undefined && ifMatch !== there)) {
      throw new ConditionFailedError(this.place, key);
    }
    this.#writes += 1;
    const etag = `e${this.#writes}`;
    this.objects.set(key, { body, etag });
    await this.changed();
    return etag;
  }

  async delete(key: string): Promise<void> {
    this.before(`delete ${key}`);
    this.objects.delete(key);
    await this.changed();
  }
}
