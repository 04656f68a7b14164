/** Finds where JSON values begin and end in a text, so that each can be taken out of it to the character. */

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

/** The elements of an array, each to the character. @param array the text of a valid JSON array, without space around it. */
export function elementsOf(array: string): string[] {
  const elements: string[] = [];
  let at = 1;
  while (at < array.length) {
    const end = endOfElement(array, at);
    const element = array.slice(at, end).trim();
    if (element !== '') {
      elements.push(element);
    }
    at = end + 1;
  }
  return elements;
}

/** Where the comma behind an element is, or the array's bracket. */
function endOfElement(array: string, start: number): number {
  let at = start;
  while (at < array.length && array[at] !== ',' && array[at] !== ']') {
    at = afterToken(array, at);
  }
  return at;
}

function afterToken(text: string, at: number): number {
  switch (text[at]) {
    case '"':
      return endOfString(text, at, text.length) ?? text.length;
    case '{':
    case '[':
      return endOfValue(text, at) ?? text.length;
    default:
      return at + 1;
  }
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
