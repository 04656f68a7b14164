/** The one way to call a vendor's JSON API: bounded, retried where that is safe, parsed, and explained. */
import type { z } from 'zod';
import {
  HttpConnectionError,
  type HttpRequest,
  type HttpResponse,
  HttpResponseTooLargeError,
  sendHttp,
} from '../shared/http.ts';
import { type RetryDecision, retryAfterMs, withRetries } from '../shared/retry.ts';

export type Vendor = 'Trend Cloud One' | 'Trend Vision One';

export interface VendorCall<T> {
  readonly vendor: Vendor;
  /** What the call is for, as a message begins: "Registering the cloud account". */
  readonly step: string;
  readonly method: HttpRequest['method'];
  readonly url: URL;
  /** Includes the credential; never shown. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. @default no body */
  readonly json?: unknown;
  /** The answer's shape. Unknown fields are let through; a missing one is an error. */
  readonly answer: z.ZodType<T>;
  /**
   * Whether doing it twice is the same as doing it once. Only then is a call repeated after a failure that
   * leaves open whether the vendor acted. @default true for GET, PUT and DELETE
   */
  readonly idempotent?: boolean;
  /** What the user can do, by status, where the general advice is not the best. */
  readonly cures?: Readonly<Record<number, string>>;
  readonly signal?: AbortSignal;
}

/** A vendor refused, failed or could not be reached. Its message is made for the user and holds no secret. */
export class VendorError extends Error {
  override readonly name = 'VendorError';
  /** The HTTP status, or `undefined` where there was no usable answer. */
  readonly status: number | undefined;

  constructor(message: string, options: { status?: number | undefined; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.status = options.status;
  }
}

const ATTEMPTS = 5;
/** Statuses by which a server says that it did not act, so that even a creation may be repeated. */
const NOT_PROCESSED = new Set([429, 503]);
const MAYBE_PROCESSED = new Set([408, 500, 502, 504]);
const SHOWN_CHARACTERS = 300;

/**
 * Calls a vendor and parses its answer.
 *
 * @throws VendorError for any status but 2xx, for no answer, and for an answer of another shape.
 */
export async function callVendor<T>(call: VendorCall<T>): Promise<T> {
  const idempotent = call.idempotent ?? ['GET', 'PUT', 'DELETE'].includes(call.method);
  const response = await withRetries(() => attempt(call), {
    attempts: ATTEMPTS,
    ...(call.signal === undefined ? {} : { signal: call.signal }),
    decide: (error) => decide(error, idempotent),
  });
  return parseAnswer(call, response);
}

/** Like `callVendor`, but `undefined` where the vendor answers that there is no such thing. */
export async function callVendorOrAbsent<T>(call: VendorCall<T>): Promise<T | undefined> {
  try {
    return await callVendor(call);
  } catch (error) {
    if (error instanceof VendorError && error.status === 404) {
      return undefined;
    }
    throw error;
  }
}

/** A status other than 2xx, before it is put into the user's words. */
class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly response: HttpResponse;

  constructor(response: HttpResponse) {
    super(`status ${response.status}`);
    this.response = response;
  }
}

async function attempt<T>(call: VendorCall<T>): Promise<HttpResponse> {
  try {
    const response = await sendHttp({
      method: call.method,
      url: call.url,
      headers: {
        accept: 'application/json',
        ...(call.json === undefined ? {} : { 'content-type': 'application/json' }),
        ...call.headers,
      },
      ...(call.json === undefined ? {} : { body: JSON.stringify(call.json) }),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    });
    if (response.status < 200 || response.status > 299) {
      throw new RefusedError(response);
    }
    return response;
  } catch (error) {
    throw explain(call, error);
  }
}

function decide(error: unknown, idempotent: boolean): RetryDecision {
  if (!(error instanceof VendorError)) {
    return { retry: false };
  }
  const { status, cause } = error;
  const mayRepeat =
    cause instanceof HttpConnectionError
      ? idempotent
      : status !== undefined && (NOT_PROCESSED.has(status) || (idempotent && MAYBE_PROCESSED.has(status)));
  if (!mayRepeat) {
    return { retry: false };
  }
  const header = cause instanceof RefusedError ? cause.response.headers['retry-after'] : undefined;
  const afterMs = retryAfterMs(header);
  return afterMs === undefined ? { retry: true } : { retry: true, afterMs };
}

function explain<T>(call: VendorCall<T>, error: unknown): unknown {
  const request = `${call.method} ${call.url.host}${call.url.pathname}`;
  if (error instanceof RefusedError) {
    const { response } = error;
    const words = remoteWords(response, secretsOf(call));
    return new VendorError(
      `${call.step}: ${call.vendor} answered ${response.status} to ${request}${words}. ${cureFor(call, response)}`,
      { status: response.status, cause: error },
    );
  }
  if (error instanceof HttpConnectionError || error instanceof HttpResponseTooLargeError) {
    return new VendorError(
      `${call.step}: no usable answer from ${call.vendor} to ${request} (${error.message}) ` +
        'Check that the function can reach the internet and that no proxy answers in its place.',
      { cause: error },
    );
  }
  return error;
}

function parseAnswer<T>(call: VendorCall<T>, response: HttpResponse): T {
  const text = response.body.toString('utf8');
  const json = text.trim() === '' ? undefined : tryParseJson(text);
  const parsed = call.answer.safeParse(json);
  if (!parsed.success) {
    const faults = parsed.error.issues
      .map((issue) => `${issue.path.join('.') || 'answer'}: ${issue.message}`)
      .join('; ');
    throw new VendorError(
      `${call.step}: ${call.vendor} answered ${response.status} to ${call.method} ${call.url.host}${call.url.pathname} ` +
        `with something other than its API describes (${faults}). ` +
        'If a proxy stands between, let the function reach the vendor directly; otherwise the API has changed: report it.',
      { status: response.status },
    );
  }
  return parsed.data;
}

function cureFor<T>(call: VendorCall<T>, { status, headers }: HttpResponse): string {
  const special = call.cures?.[status];
  if (special !== undefined) {
    return special;
  }
  if (status === 401 || status === 403) {
    return 'Check that the credential is whole, enabled, not expired, and that its role may do this.';
  }
  if (status === 429 || status >= 500) {
    return 'This passes by itself as a rule: try again in some minutes.';
  }
  if (status >= 300 && status <= 399) {
    return `Redirects are not followed, so that the credential goes nowhere else (location: ${printable(String(headers.location ?? 'none'))}).`;
  }
  return "The vendor's words above say what it did not accept.";
}

/**
 * What the vendor said, in all the shapes that errors come in: `{"message"}`, `{"error":{"message"}}`,
 * plain text; of HTML only that it is HTML. (The shapes are assumed: no reference describes them.)
 */
function remoteWords(response: HttpResponse, secrets: readonly string[]): string {
  const text = response.body.toString('utf8').trim();
  if (text === '') {
    return '';
  }
  if (/^\s*</.test(text)) {
    return ' with an HTML page, as proxies do';
  }
  const json = tryParseJson(text) as
    | { message?: unknown; error?: { message?: unknown } | string }
    | undefined;
  const nested = typeof json?.error === 'string' ? json.error : json?.error?.message;
  const words = [json?.message, nested].find((candidate) => typeof candidate === 'string') ?? text;
  const hidden = secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), String(words));
  return `, saying "${printable(hidden)}"`;
}

/** One line, no control characters, and short: remote words end up in logs and consoles. */
function printable(text: string): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return clean.length > SHOWN_CHARACTERS ? `${clean.slice(0, SHOWN_CHARACTERS)}…` : clean;
}

/** Everything in a call that must not be shown again, should the vendor echo it. */
function secretsOf<T>(call: VendorCall<T>): string[] {
  const credential = call.headers.authorization?.replace(/^\S+\s+/, '');
  const sent = typeof call.json === 'object' && call.json !== null ? Object.values(call.json) : [];
  return [credential, credential?.split(':')[1], ...sent].filter(
    (value): value is string => typeof value === 'string' && value.length >= 16,
  );
}

function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the caller has words for that, better than the parser's.
    return undefined;
  }
}
