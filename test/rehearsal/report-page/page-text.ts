/** Looks at a page as a reader or a browser would. */

/** The text that a reader sees, without markup, white space collapsed. */
export function visibleText(page: string): string {
  return unescaped(
    page
      .replace(/<(style|title)>[\s\S]*?<\/\1>/g, '')
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' '),
  );
}

/** The body of one section, as text. */
export function sectionText(page: string, id: string): string {
  const found = new RegExp(`<section id="${id}"[\\s\\S]*?</section>`).exec(page);
  if (found === null) throw new Error(`The page has no section "${id}".`);
  return visibleText(found[0]);
}

/** Every tag with the names of its attributes: what a browser makes elements of, without any value. */
export function skeleton(page: string): string[] {
  return [...page.matchAll(/<[a-z!/][^>]*>/gi)].map(([tag]) => tag.replace(/"[^"]*"/g, '""'));
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
