import { createHash } from 'node:crypto';
import { canonicalJson } from '../raw/canonical-json.ts';

/** Counts equal records of one answer: the vendor gives them no ids, and two equal ones are two events. */
export class Occurrences {
  readonly #seen = new Map<string, number>();

  /** @returns how many records with the same content came before; white space and the order of members do not matter. */
  countOf(text: string): number {
    const content = createHash('sha256')
      .update(canonicalJson(text) ?? text)
      .digest('base64');
    const before = this.#seen.get(content) ?? 0;
    this.#seen.set(content, before + 1);
    return before;
  }
}
