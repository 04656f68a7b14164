import { tryParseJson } from '../../shared/remote-words.ts';
import { isJsonObject, type JsonObject, writable } from './json.ts';

/**
 * The fields of a record, read tolerantly: names that differ in case, hyphens and underscores only are one, and a value of
 * another type than asked for is as if it were not there. Remembers what was read, so that the rest can be kept.
 */
export class Fields {
  /** By name without case and signs. Of several that are alike, the first. */
  readonly #fields = new Map<string, { readonly name: string; readonly value: unknown }>();
  readonly #unread: Map<string, unknown>;

  constructor(record: JsonObject) {
    this.#unread = new Map(Object.entries(record));
    for (const [name, value] of this.#unread) {
      const plain = plainName(name);
      if (!this.#fields.has(plain)) {
        this.#fields.set(plain, { name, value });
      }
    }
  }

  /** @returns the first of these fields that holds text or a number, as text. */
  text(...names: readonly string[]): string | undefined {
    return this.#first(names, asText);
  }

  /** As `text`, but the field does not count as read. */
  peek(...names: readonly string[]): string | undefined {
    return names
      .map((name) => asText(this.#fields.get(plainName(name))?.value))
      .find((text) => text !== undefined);
  }

  boolean(...names: readonly string[]): boolean | undefined {
    return this.#first(names, (value) => (typeof value === 'boolean' ? value : undefined));
  }

  /** @returns the first of these fields that holds an object, also one within a string of JSON. */
  object(...names: readonly string[]): JsonObject | undefined {
    return this.#first(names, (value) => {
      const content = typeof value === 'string' && value.startsWith('{') ? tryParseJson(value) : value;
      return isJsonObject(content) ? content : undefined;
    });
  }

  /** @returns what `read` makes of the first of these fields that it makes anything of. The field then counts as read. */
  take<T>(names: readonly string[], read: (value: unknown) => T | undefined): T | undefined {
    return this.#first(names, read);
  }

  /** All that was not read, under the vendor's own names; `undefined` where nothing is left. */
  rest(): JsonObject | undefined {
    return this.#unread.size === 0 ? undefined : (writable(Object.fromEntries(this.#unread)) as JsonObject);
  }

  #first<T>(names: readonly string[], read: (value: unknown) => T | undefined): T | undefined {
    for (const asked of names) {
      const field = this.#fields.get(plainName(asked));
      const content = field && read(field.value);
      if (field !== undefined && content !== undefined) {
        this.#unread.delete(field.name);
        return content;
      }
    }
    return undefined;
  }
}

function asText(value: unknown): string | undefined {
  if (typeof value === 'number') {
    return String(value);
  }
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** `accountID`, `account_id` and `Account-Id` are one. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '');
}
