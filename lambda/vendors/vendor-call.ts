/** The one way to call a vendor's JSON API: bounded, retried where that is safe, parsed, and explained. */
import type * as z from 'zod';
import { faultsOf } from '../../contract/faults.ts';
import {
  HttpConnectionError,
  type HttpRequest,
  type HttpResponse,
  HttpResponseTooLargeError,
  sendHttp,
} from '../shared/http.ts';
import { isHtml, printable, remoteWords, tryParseJson } from '../shared/remote-words.ts';
import { type RetryDecision, retryAfterMs, withRetries } from '../shared/retry.ts';
import { holdsSecret } from '../shared/secret-spellings.ts';

export type Vendor = 'Trend Cloud One' | 'Trend Vision One' | 'Splunk AppDynamics';

/** What is asked of a vendor, whatever the answer's shape. */
export interface VendorRequest {
  readonly vendor: Vendor;
  /** What the call is for, as a message begins: "Registering the cloud account". */
  readonly step: string;
  readonly method: HttpRequest['method'];
  readonly url: URL;
  /** Includes the credential; never shown. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. @default no body */
  readonly json?: unknown;
  /** Sent as `application/x-www-form-urlencoded`, instead of `json`. */
  readonly form?: Readonly<Record<string, string>>;
  /**
   * Whether doing it twice is the same as doing it once. Only then is a call repeated after a failure that
   * leaves open whether the vendor acted. @default true for GET, PUT and DELETE
   */
  readonly idempotent?: boolean;
  /** What is secret in `json` or `form`, should the vendor echo it. The credential is never shown anyway. */
  readonly secrets?: readonly string[];
  /** What the user can do, by status, where the general advice is not the best. */
  readonly cures?: Readonly<Record<number, string>>;
  /**
   * Milliseconds to wait at least after the first 429, the second, and so on, where the vendor documents that and the answer
   * has no `Retry-After`.
   *
   * @default as after any other failure
   */
  readonly throttleDelaysMs?: readonly number[];
  /** Milliseconds for each try. @default 20000 */
  readonly timeoutMs?: number;
  /** Bytes of the answer that are read at most. @default 1 MiB */
  readonly maximumResponseBytes?: number;
  readonly signal?: AbortSignal;
}

export interface VendorCall<T> extends VendorRequest {
  /** The answer's shape. Unknown fields are let through; a missing one is an error. */
  readonly answer: z.ZodType<T>;
}

/** A vendor refused, failed or could not be reached. Its message is made for the user and holds no secret. */
export class VendorError extends Error {
  override readonly name = 'VendorError';
  /** The HTTP status, or `undefined` where there was no usable answer. */
  readonly status: number | undefined;
  /** Whether the vendor may have done what it was asked for all the same: look before asking again. */
  readonly mayHaveActed: boolean;
  /** Milliseconds that the vendor asked to wait for. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: {
      status?: number | undefined;
      cause?: unknown;
      mayHaveActed?: boolean;
      retryAfterMs?: number | undefined;
    },
  ) {
    super(message, { cause: options.cause });
    this.status = options.status;
    this.mayHaveActed = options.mayHaveActed ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

const ATTEMPTS = 5;
/** The longest `Retry-After` that is waited for. */
export const VENDOR_PATIENCE_MS = 90_000;
/** The server counted the request and did nothing more, so that even a creation may be repeated. */
const TOO_MANY_REQUESTS = 429;
const REQUEST_TIMEOUT = 408;
/** Failures before a request is sent: nothing can have happened. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/**
 * Calls a vendor and parses its answer.
 *
 * @throws VendorError for any status but 2xx, for no answer, and for an answer of another shape.
 */
export async function callVendor<T>(call: VendorCall<T>): Promise<T> {
  return parseAnswer(call, await requestVendor(call));
}

/**
 * Like `callVendor`, for what must be had to the byte: the answer as it came.
 *
 * @throws VendorError for any status but 2xx, for no answer, for an HTML page, and for one that gives the credential back.
 */
export async function requestVendor(call: VendorRequest): Promise<HttpResponse> {
  const idempotent = call.idempotent ?? ['GET', 'PUT', 'DELETE'].includes(call.method);
  const throttleDelays = (call.throttleDelaysMs ?? []).values();
  const response = await withRetries(() => attempt(call), {
    attempts: ATTEMPTS,
    patienceMs: VENDOR_PATIENCE_MS,
    signal: call.signal,
    decide: (error) => decide(error, idempotent, throttleDelays),
  });
  if (isHtml(response)) {
    throw unexpectedAnswer(call, response, 'an HTML page');
  }
  if (holdsSecret(response.body, [credentialOf(call)])) {
    // Nothing that goes on from here, into an archive perhaps, shall have it.
    throw unexpectedAnswer(call, response, 'it gives back the credential that it was sent');
  }
  return response;
}

/** The error for an answer of another shape. @param faults what is wrong with it */
export function unexpectedAnswer(call: VendorRequest, response: HttpResponse, faults: string): VendorError {
  return new VendorError(
    `${call.step}: ${call.vendor} answered ${response.status} to ${call.method} ${call.url.host}${call.url.pathname} ` +
      `with something other than its API describes (${faults}). ` +
      'If a proxy stands between, let the caller reach the vendor directly; otherwise the API has changed: report it.',
    { status: response.status, mayHaveActed: true },
  );
}

/**
 * Like `callVendor`, but `undefined` where the vendor answers that there is no such thing.
 *
 * @param absent the statuses that mean so.
 */
export async function callVendorOrAbsent<T>(
  call: VendorCall<T>,
  absent: readonly number[] = [404],
): Promise<T | undefined> {
  try {
    return await callVendor(call);
  } catch (error) {
    if (isStatus(error, ...absent)) {
      return undefined;
    }
    throw error;
  }
}

/** Whether a vendor refused with one of these statuses. */
export function isStatus(error: unknown, ...statuses: readonly number[]): error is VendorError {
  return error instanceof VendorError && error.status !== undefined && statuses.includes(error.status);
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

async function attempt(call: VendorRequest): Promise<HttpResponse> {
  const content = contentOf(call);
  try {
    const response = await sendHttp({
      method: call.method,
      url: call.url,
      headers: {
        accept: 'application/json',
        ...(content === undefined ? {} : { 'content-type': content.type }),
        ...call.headers,
      },
      body: content?.text,
      timeoutMs: call.timeoutMs,
      maximumResponseBytes: call.maximumResponseBytes,
      signal: call.signal,
    });
    if (response.status < 200 || response.status > 299) {
      throw new RefusedError(response);
    }
    return response;
  } catch (error) {
    throw explain(call, error);
  }
}

function contentOf({ json, form }: VendorRequest): { type: string; text: string } | undefined {
  if (form !== undefined) {
    return { type: 'application/x-www-form-urlencoded', text: new URLSearchParams(form).toString() };
  }
  return json === undefined ? undefined : { type: 'application/json', text: JSON.stringify(json) };
}

function decide(error: unknown, idempotent: boolean, throttleDelays: Iterator<number>): RetryDecision {
  if (!(error instanceof VendorError)) {
    return { retry: false };
  }
  const { status, mayHaveActed, cause } = error;
  const passes =
    cause instanceof HttpConnectionError ||
    status === TOO_MANY_REQUESTS ||
    status === REQUEST_TIMEOUT ||
    (status !== undefined && status >= 500);
  if (!passes || (mayHaveActed && !idempotent)) {
    return { retry: false };
  }
  const afterMs =
    error.retryAfterMs ?? (status === TOO_MANY_REQUESTS ? throttleDelays.next().value : undefined);
  return afterMs === undefined ? { retry: true } : { retry: true, afterMs };
}

function explain(call: VendorRequest, error: unknown): unknown {
  const request = `${call.method} ${call.url.host}${call.url.pathname}`;
  if (error instanceof RefusedError) {
    const { status, headers } = error.response;
    const words = remoteWords(error.response, secretsOf(call));
    return new VendorError(
      `${call.step}: ${call.vendor} answered ${status} to ${request}${words}. ${cureFor(call, error.response)}`,
      {
        status,
        cause: error,
        mayHaveActed: status >= 500 || status === REQUEST_TIMEOUT,
        retryAfterMs: retryAfterMs(headers['retry-after']),
      },
    );
  }
  if (call.signal?.aborted) {
    return new VendorError(
      `${call.step}: the caller ran out of time before ${call.vendor} answered ${request}. ` +
        'Try again; if it happens again, the service is too slow at present.',
      { cause: error, mayHaveActed: true },
    );
  }
  if (error instanceof HttpConnectionError || error instanceof HttpResponseTooLargeError) {
    const code = (error.cause as NodeJS.ErrnoException | undefined)?.code ?? '';
    return new VendorError(
      `${call.step}: no usable answer from ${call.vendor} to ${request} (${error.message}) ` +
        'Check that the caller can reach the internet and that no proxy answers in its place.',
      { cause: error, mayHaveActed: !NOT_SENT.has(code) },
    );
  }
  return error;
}

function parseAnswer<T>(call: VendorCall<T>, response: HttpResponse): T {
  const text = response.body.toString('utf8').trim();
  const parsed = call.answer.safeParse(text === '' ? undefined : tryParseJson(text));
  if (!parsed.success) {
    throw unexpectedAnswer(call, response, faultsOf(parsed.error, 'answer'));
  }
  return parsed.data;
}

function cureFor(call: VendorRequest, { status, headers }: HttpResponse): string {
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
    // Only the host: the rest of a location may hold what we sent.
    const to = URL.parse(headers.location ?? '')?.host ?? 'the same host';
    return `It redirects to ${printable(to)}, but redirects are not followed, so that the credential goes nowhere else.`;
  }
  return "The vendor's words above say what it did not accept.";
}

/** Without its scheme. */
function credentialOf({ headers }: VendorRequest): string {
  return headers.authorization?.replace(/^\S+\s+/, '') ?? '';
}

/** Everything in a call that must not be shown again, should the vendor echo it. */
function secretsOf(call: VendorRequest): string[] {
  const credential = credentialOf(call);
  const [, ...afterColon] = credential.split(':');
  return [credential, afterColon.join(':'), ...(call.secrets ?? [])].filter((value) => value !== '');
}
