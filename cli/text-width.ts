/** How wide a text is on a terminal, where Japanese characters take two columns each. */
import { stripVTControlCharacters } from 'node:util';

/** Source: Unicode Standard Annex #11, "East Asian Width": those that are wide or fullwidth, as far as there are scripts for them. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Emoji_Presentation}\u3000-\u303e\u30fb\u30fc\uff01-\uff60\uffe0-\uffe6]/u;
const HALF_WIDTH_KATAKANA = /[\uff61-\uff9f]/u;
/** Drawn upon the character before, or not at all. */
const WITHOUT_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]$/u;

/** Columns that a text takes; colours take none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) {
    width += widthOf(character);
  }
  return width;
}

/** Cuts a text that is too wide, which ends in `…` then. It may not hold colours. */
export function cutToWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) {
    return text;
  }
  let cut = '';
  let taken = 1;
  for (const character of text) {
    taken += widthOf(character);
    if (taken > width) {
      break;
    }
    cut += character;
  }
  return width <= 0 ? '' : `${cut}…`;
}

function widthOf(character: string): number {
  if (WITHOUT_WIDTH.test(character)) {
    return 0;
  }
  return WIDE.test(character) && !HALF_WIDTH_KATAKANA.test(character) ? 2 : 1;
}
