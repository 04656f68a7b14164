/** Patterns in which `*` stands for any text, also for none. */

export type TextMatcher = (text: string) => boolean;

export interface GlobOptions {
  /** Whether upper and lower case are one. @default false */
  readonly ignoreCase?: boolean;
}

/**
 * Whether a text matches one of the patterns, as a whole.
 *
 * Patterns without an asterisk are looked up, so that a list of a hundred costs no more than one.
 */
export function anyGlob(patterns: readonly string[], { ignoreCase = false }: GlobOptions = {}): TextMatcher {
  const spell = ignoreCase ? withoutCase : (text: string) => text;
  const spelt = patterns.map(spell);
  const exact = new Set(spelt.filter((pattern) => !pattern.includes('*')));
  const globs = spelt.filter((pattern) => pattern.includes('*')).map((pattern) => pattern.split('*'));
  return (text) => {
    const value = spell(text);
    return exact.has(value) || globs.some((pieces) => matches(value, pieces));
  };
}

/**
 * Whether the pieces between the asterisks stand in the value one behind the other: the first begins it, the last ends it. Each is
 * taken where it comes first, which leaves most room for the rest: there is nothing to go back for, as a regular expression would.
 */
function matches(value: string, pieces: readonly string[]): boolean {
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  if (!value.startsWith(first)) {
    return false;
  }
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = value.indexOf(piece, at);
    if (found < 0) {
      return false;
    }
    at = found + piece.length;
  }
  return value.length - last.length >= at && value.endsWith(last);
}

/** By way of both cases: a letter that has several small ones, such as Greek sigma, is one whichever stands there. */
function withoutCase(text: string): string {
  return text.toLowerCase().toUpperCase();
}
