/** What of a text can stand on paper: the letters that the font has, and the others by their numbers. */

/** What would change how other text is shown, or shows as nothing: control characters and overrides of the writing direction. */
const UNPRINTABLE = /(?!\n)[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** A mark on the letter before it, which pdfmake draws where it falls: beside that letter, or on the next one. */
const MARK = /^\p{M}$/u;

const CLUSTERS = new Intl.Segmenter('en', { granularity: 'grapheme' });

export class PdfLetters {
  readonly #has: (codePoint: number) => boolean;
  readonly #lacking = new Set<string>();

  /** @param has whether the font has a glyph for a code point of Unicode */
  constructor(has: (codePoint: number) => boolean) {
    this.#has = has;
  }

  /** How many different characters were met that the font lacks. */
  get lacking(): number {
    return this.#lacking.size;
  }

  /**
   * Makes text fit for paper. What is not seen there is shown as a box, which the font has, unlike U+FFFD. What the font lacks
   * is written as `\u{141}`: as boxes, two people whose names differ there would be one.
   */
  printed(text: string): string {
    const visible = text.replace(/\r\n/g, '\n').replaceAll('\t', ' ').replace(UNPRINTABLE, '□');
    return this.#hasAll(visible)
      ? visible
      : Array.from(CLUSTERS.segment(visible), ({ segment }) => this.#cluster(segment)).join('');
  }

  /** A letter with its marks, which the font may have in one piece only. */
  #cluster(text: string): string {
    const composed = text.normalize('NFC');
    return this.#hasAll(composed)
      ? composed
      : Array.from(text, (character) => this.#spelled(character)).join('');
  }

  #spelled(character: string): string {
    if (this.#hasAll(character)) {
      return character;
    }
    this.#lacking.add(character);
    return `\\u{${character.codePointAt(0)?.toString(16).toUpperCase()}}`;
  }

  #hasAll(text: string): boolean {
    return Array.from(text).every(
      (character) =>
        character === '\n' || (!MARK.test(character) && this.#has(character.codePointAt(0) ?? 0)),
    );
  }
}
