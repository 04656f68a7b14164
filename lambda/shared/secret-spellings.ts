/** Whether an answer gives back what it was asked with, however spelt: a debugging proxy, or a URL that is not the vendor's. */

/** A shorter one is part of too many an honest text. */
const SHORTEST = 8;

/** @param secrets those of less than eight characters are not looked for. */
export function holdsSecret(content: Buffer, secrets: readonly string[]): boolean {
  return secrets
    .filter((secret) => secret.length >= SHORTEST)
    .some((secret) => [...spellings(secret)].some((spelt) => content.includes(spelt)));
}

/** As it is, in JSON, in a URL, in HTML, and in base64 of both alphabets. */
function spellings(secret: string): ReadonlySet<string> {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  return new Set([
    secret,
    inJson,
    inJson.replaceAll('/', '\\/'),
    encodeURIComponent(secret),
    secret.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
    secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    base64,
    base64.replaceAll('+', '-').replaceAll('/', '_'),
  ]);
}
