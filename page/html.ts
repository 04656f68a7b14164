/**
 * A tagged template that escapes whatever is put into it.
 *
 * A report carries texts from vendors, CloudFormation and file names. Here none of them can become markup by
 * being forgotten: only what `html` itself produced is taken as it is.
 */

/** Markup that is safe to embed. Made by `html` and `trusted` only. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in `${…}`. `false`, `null` and `undefined` render nothing, so that conditions read plainly. */
export type Child = Markup | string | number | false | null | undefined | readonly Child[];

/** Values are escaped for element content and for quoted attribute values; never leave an attribute unquoted. */
export function html(strings: TemplateStringsArray, ...children: readonly Child[]): Markup {
  return new Markup(strings.reduce((text, part, index) => text + render(children[index - 1]) + part));
}

/** For text that this program wrote itself, such as its style sheet. Never for anything from a report. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

function render(child: Child): string {
  if (child instanceof Markup) return child.text;
  if (typeof child === 'string') return escapeText(child);
  if (typeof child === 'number') return String(child);
  return isList(child) ? child.map(render).join('') : '';
}

/** `Array.isArray` does not narrow read-only arrays. */
function isList(child: Child): child is readonly Child[] {
  return Array.isArray(child);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Control characters, and those that turn the direction of the text around them: the first are not allowed in
 * HTML, with the second a remote text could show something else than it says.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

function escapeText(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
