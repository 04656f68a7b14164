/** Finds where a JSON value ends in a text that goes on behind it; the parts of one that is whole are `json-parts.ts`'s. */

/**
 * The end of the object or array that begins at `start`: the offset behind its last bracket.
 *
 * @param limit offset at which to give up.
 * @returns `undefined` where it does not end before the limit, or cannot be JSON: a string of JSON holds no line break.
 */
export function endOfValue(text: string, start: number, limit = text.length): number | undefined {
  let depth = 0;
  for (let at = start; at < limit; at += 1) {
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at, limit);
      if (end === undefined) {
        return undefined;
      }
      at = end - 1;
    } else if (character === '{' || character === '[') {
      depth += 1;
    } else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) {
        return at + 1;
      }
    }
  }
  return undefined;
}

function endOfString(text: string, start: number, limit: number): number | undefined {
  for (let at = start + 1; at < limit; at += 1) {
    const character = text[at];
    if (character === '\\') {
      at += 1;
    } else if (character === '"') {
      return at + 1;
    } else if (character === '\n' || character === '\r') {
      return undefined;
    }
  }
  return undefined;
}
