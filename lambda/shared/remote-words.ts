/** What another side said, made fit for a log line, a console or a dead letter. */
import type { HttpResponse } from './http.ts';

const SHOWN_CHARACTERS = 300;

/** Whether an answer is a page, such as a proxy or a captive portal sends, with whatever status. */
export function isHtml({ headers, body }: HttpResponse): boolean {
  return (
    /^(text\/html|application\/xhtml)/i.test(headers['content-type'] ?? '') ||
    /^\s*</.test(body.subarray(0, SHOWN_CHARACTERS).toString('utf8'))
  );
}

/**
 * The answer's words, to be put behind its status: `, saying "…"`; empty where it has none.
 *
 * Understands all the shapes that errors come in: `{"message"}`, `{"error":{"message"}}`, plain text; of HTML
 * it tells only that it is HTML. (The shapes are assumed: no reference describes them.)
 *
 * @param secrets what must not be shown, should the other side echo it.
 */
export function remoteWords(response: HttpResponse, secrets: readonly string[]): string {
  const text = response.body.toString('utf8').trim();
  if (text === '') {
    return '';
  }
  if (isHtml(response)) {
    return ' with an HTML page, as proxies do';
  }
  const json = tryParseJson(text) as
    | { message?: unknown; error?: { message?: unknown } | string }
    | undefined
    | null;
  const nested = typeof json?.error === 'string' ? json.error : json?.error?.message;
  const words = [json?.message, nested].find((candidate) => typeof candidate === 'string') ?? text;
  // What is not seen could stand within a secret, and hide it from those who look for it.
  const visible = String(words).replace(/\p{Cf}/gu, '');
  return `, saying "${printable(withoutSecrets(visible, secrets))}"`;
}

/** Hides the secrets that are known, and what looks like one. */
function withoutSecrets(words: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== '')
    .flatMap(spellingsOf)
    .reduce((shown, secret) => shown.replaceAll(secret, '***'), words)
    .replace(/\b(Bearer|ApiKey)\s+\S+/gi, '$1 ***')
    .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]*/g, '***')
    .replace(/((?:token|secret|password|signature)=)[^\s"'&]+/gi, '$1***')
    .replace(/("\w*(?:token|secret|password)\w*"\s*:\s*")[^"]+/gi, '$1***');
}

function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ];
}

/** One line, no control characters, and short. */
export function printable(text: string): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return clean.length > SHOWN_CHARACTERS ? `${clean.slice(0, SHOWN_CHARACTERS)}…` : clean;
}

/** `undefined` where the text is not JSON, of which JSON itself has no value. */
export function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the caller has words for that, better than the parser's.
    return undefined;
  }
}
