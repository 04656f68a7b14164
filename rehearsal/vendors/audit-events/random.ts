/** Chance that can be repeated: the same seed and number give the same choices, in whatever order they are asked for. */
export class Random {
  #state: number;

  /** @param index which of a seed's many sequences. */
  constructor(seed: string, index: number) {
    this.#state = (hashOf(seed) ^ Math.imul(index + 1, 0x9e3779b1)) >>> 0;
  }

  /** 32 bits. The algorithm is known as "splitmix32". */
  bits(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state ^ (this.#state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }

  /** A whole number below the limit. */
  below(limit: number): number {
    return Math.floor((this.bits() / 0x1_0000_0000) * limit);
  }

  /** @throws RangeError for an empty list. */
  pick<T>(choices: readonly T[]): T {
    return at(choices, this.below(choices.length));
  }

  chance(probability: number): boolean {
    return this.bits() < probability * 0x1_0000_0000;
  }

  /** @param digits at most 8 for each draw of 32 bits. */
  hex(digits: number): string {
    let text = '';
    while (text.length < digits) {
      text += this.bits().toString(16).padStart(8, '0');
    }
    return text.slice(0, digits);
  }

  uuid(): string {
    const hex = this.hex(30);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-a${hex.slice(15, 18)}-${hex.slice(18, 30)}`;
  }
}

/** The item at an index that goes round. @throws RangeError for an empty list. */
export function at<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) {
    throw new RangeError('There is nothing to choose from.');
  }
  return item;
}

const hashes = new Map<string, number>();

/** FNV-1a, 32 bits; kept, for a seed is asked for again with every event. */
function hashOf(text: string): number {
  const known = hashes.get(text);
  if (known !== undefined) {
    return known;
  }
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  hashes.set(text, hash);
  return hash;
}
