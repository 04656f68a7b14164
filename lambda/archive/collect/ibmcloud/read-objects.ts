/** Objects by hash of key and ETag, so that one that changes is another: those of recent hours that are read, and those that cannot be. */
import { createHash } from 'node:crypto';
import type { FolderHour } from '../../ibmcloud/object-key.ts';

/** By hour, base64 of the hashes behind each other. */
export type KeptHashes = Readonly<Record<FolderHour, string>>;

/** Of 2⁶⁴ values: among as many objects as are kept, one in a million years is taken for another. */
const HASH_BYTES = 8;
/**
 * 24,000 of them take 256,000 characters, which leaves the checkpoint's item well below DynamoDB's 400 KB. It is what 130
 * regions of accounts write in three hours, an object a minute each.
 */
export const MOST_HASHES = 24_000;

export class ReadObjects {
  readonly #hashes = new Map<FolderHour, Set<string>>();
  #size = 0;

  constructor(kept: KeptHashes = {}) {
    for (const [hour, base64] of Object.entries(kept)) {
      const bytes = Buffer.from(base64, 'base64');
      for (let at = 0; at < bytes.length; at += HASH_BYTES) {
        this.#add(hour, bytes.toString('latin1', at, at + HASH_BYTES));
      }
    }
  }

  get size(): number {
    return this.#size;
  }

  has(hour: FolderHour, key: string, etag: string): boolean {
    return this.#hashes.get(hour)?.has(hashOf(key, etag)) ?? false;
  }

  add(hour: FolderHour, key: string, etag: string): void {
    this.#add(hour, hashOf(key, etag));
  }

  delete(hour: FolderHour, key: string, etag: string): void {
    const hashes = this.#hashes.get(hour);
    if (hashes?.delete(hashOf(key, etag))) {
      this.#size -= 1;
      if (hashes.size === 0) {
        this.#hashes.delete(hour);
      }
    }
  }

  /** Leaves the other without any. */
  takeAllOf(other: ReadObjects): void {
    for (const [hour, hashes] of other.#hashes) {
      for (const hash of hashes) {
        this.#add(hour, hash);
      }
    }
    other.#hashes.clear();
    other.#size = 0;
  }

  /** In order. */
  get hours(): readonly FolderHour[] {
    return [...this.#hashes.keys()].sort();
  }

  /** Forgets the hours before. */
  forgetBefore(hour: FolderHour): void {
    for (const [kept, hashes] of this.#hashes) {
      if (kept < hour) {
        this.#hashes.delete(kept);
        this.#size -= hashes.size;
      }
    }
  }

  /** As many as may be kept, of the latest hours: of what is left out, the objects are read again, which stores nothing twice. */
  kept(most = MOST_HASHES): KeptHashes {
    const kept: Record<FolderHour, string> = {};
    let room = most;
    for (const [hour, hashes] of [...this.#hashes].sort(([a], [b]) => (a < b ? 1 : -1))) {
      const latest = [...hashes].slice(-room);
      if (room > 0) {
        kept[hour] = Buffer.from(latest.join(''), 'latin1').toString('base64');
        room -= latest.length;
      }
    }
    return kept;
  }

  #add(hour: FolderHour, hash: string): void {
    const hashes = this.#hashes.get(hour) ?? new Set();
    this.#hashes.set(hour, hashes);
    this.#size += hashes.has(hash) ? 0 : 1;
    hashes.add(hash);
  }
}

function hashOf(key: string, etag: string): string {
  return createHash('sha256').update(`${key}\n${etag}`).digest().toString('latin1', 0, HASH_BYTES);
}
