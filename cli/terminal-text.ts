/** Text of strangers, made fit for a terminal: nothing in it moves the cursor, changes a title or turns the direction of reading. */

/** JSON escapes those below U+0020 itself. Format characters turn the direction of reading, or are not seen. */
const UNSAFE_IN_JSON = /[\u007f-\u009f\p{Cf}\u2028\u2029]/gu;
const UNSAFE = /(?![\n\t])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** JSON of a value, in which what a terminal would obey is escaped: it means the same to whoever parses it. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(UNSAFE_IN_JSON, escaped);
}

/** A message without what a terminal would obey; its lines stay. */
export function messageText(message: string): string {
  return message.replace(UNSAFE, ' ');
}

function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}
