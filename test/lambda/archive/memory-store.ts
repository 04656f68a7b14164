import {
  ConditionFailedError,
  type ListedObject,
  ObjectMissingError,
  type ObjectStore,
  type PutOptions,
} from '../../../lambda/archive/store/object-store.ts';

/** An archive's place in memory. Its contract is that of the others; see `store/object-store.test.ts`. */
export class MemoryStore implements ObjectStore {
  readonly place = 'memory';
  readonly objects = new Map<string, { readonly body: Buffer; readonly etag: string }>();
  /** Called before and after each call takes effect; may throw. */
  onCall: (call: string, moment: 'before' | 'after') => void = () => undefined;
  /** Called after each change, which ends when it does. */
  changed: () => Promise<void> = async () => {};
  #writes = 0;

  async *list(prefix: string, after = ''): AsyncGenerator<ListedObject, void, undefined> {
    const keys = await this.#call(`list ${prefix}`, () =>
      this.#keys().filter((key) => key.startsWith(prefix) && inBytes(key, after) > 0),
    );
    for (const key of keys) {
      const stored = this.objects.get(key);
      if (stored !== undefined) {
        yield { key, bytes: stored.body.length, etag: stored.etag, modified: new Date(0) };
      }
    }
  }

  folders(prefix: string): Promise<readonly string[]> {
    return this.#call(`folders ${prefix}`, () => {
      const below = this.#keys().filter(
        (key) => key.startsWith(prefix) && key.slice(prefix.length).includes('/'),
      );
      return [...new Set(below.map((key) => key.slice(0, key.indexOf('/', prefix.length) + 1)))];
    });
  }

  get(key: string): Promise<Buffer> {
    return this.#call(`get ${key}`, () => {
      const stored = this.objects.get(key);
      if (stored === undefined) {
        throw new ObjectMissingError(this.place, key);
      }
      return stored.body;
    });
  }

  async put(key: string, body: Buffer, { ifAbsent, ifMatch }: PutOptions): Promise<string> {
    const stored = await this.#call(`put ${key}`, () => {
      const etag = this.objects.get(key)?.etag;
      if ((ifAbsent === true && etag !== undefined) || (ifMatch !== undefined && ifMatch !== etag)) {
        throw new ConditionFailedError(this.place, key);
      }
      this.#writes += 1;
      this.objects.set(key, { body, etag: `etag-${this.#writes}` });
      return `etag-${this.#writes}`;
    });
    await this.changed();
    return stored;
  }

  async delete(key: string): Promise<void> {
    await this.#call(`delete ${key}`, () => {
      this.objects.delete(key);
    });
    await this.changed();
  }

  #keys(): string[] {
    return [...this.objects.keys()].sort(inBytes);
  }

  async #call<T>(call: string, act: () => T): Promise<T> {
    this.onCall(call, 'before');
    // Others have their turn meanwhile, as on a network.
    await new Promise(setImmediate);
    const result = act();
    this.onCall(call, 'after');
    return result;
  }
}

function inBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
