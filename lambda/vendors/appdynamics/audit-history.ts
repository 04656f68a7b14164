/**
 * An AppDynamics controller's audit history.
 *
 * Source: Splunk AppDynamics documentation, "Controller Audit Log" and "Retrieve Controller Audit History": path, parameters, at
 * most 24 hours a request. From published clients: both ends are inclusive, records have no id, `timeStamp` is in milliseconds.
 */

import { createHash } from 'node:crypto';
import { type HttpResponse, HttpResponseTooLargeError } from '../../shared/http.ts';
import { arrayElements, JsonPartsError } from '../../shared/json-parts.ts';
import { readTime } from '../../shared/point-in-time.ts';
import { tryParseJson } from '../../shared/remote-words.ts';
import { holdsSecret } from '../../shared/secret-spellings.ts';
import { NotUtf8Error, readUtf8 } from '../../shared/utf8.ts';
import { appDynamicsUrl } from '../endpoints.ts';
import {
  isStatus,
  requestVendor,
  unexpectedAnswer,
  VendorError,
  type VendorRequest,
} from '../vendor-call.ts';
import type { AppDynamicsCredential, Authorization } from './credential.ts';

export interface AuditHistoryRecord {
  /** To the character. */
  readonly text: string;
  /** Milliseconds since the epoch; `NaN` where the record does not tell it in a way that is understood. */
  readonly time: number;
  /** `false` where the text is not JSON, although the answer around it is whole. */
  readonly readable: boolean;
}

export interface AuditHistory {
  readonly records: readonly AuditHistoryRecord[];
  /** The controller's clock when it answered, in milliseconds since the epoch, cut to seconds; `undefined` where it did not say. */
  readonly answeredAt: number | undefined;
}

/** The controller's own filters, `field:value`: values of one field are alternatives, different fields must all hold. */
export interface AuditHistoryFilters {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

export interface AuditHistoryAccess {
  readonly controllerUrl: string;
  readonly credential: AppDynamicsCredential;
  readonly filters: AuditHistoryFilters;
  /** What the calls are for, as their messages begin. */
  readonly step: string;
}

/** A span of time; both ends are part of it, in milliseconds since the epoch. */
export interface HistoryWindow {
  readonly from: number;
  readonly to: number;
}

/** The events of a window are more than can be read at once: ask for a shorter one. */
export class WindowTooLargeError extends Error {
  override readonly name = 'WindowTooLargeError';
}

/** The answer came whole, and is no JSON array all the same. */
export class UnparsableHistoryError extends Error {
  override readonly name = 'UnparsableHistoryError';
  readonly body: Buffer;
  readonly #fault: string;

  constructor(body: Buffer, fault: string) {
    super(
      `The AppDynamics controller's audit history is no JSON array (${fault}). If a proxy stands between, let the function reach ` +
        'the controller directly.',
    );
    this.body = body;
    this.#fault = fault;
  }

  /** The same without what came: only by which one can tell whether it was the same as another. */
  withheld(): UnparsableHistoryError {
    const hash = createHash('sha256').update(this.body).digest('hex');
    const note = `Withheld, because it holds the credential: ${this.body.length} bytes with the SHA-256 ${hash}.`;
    return new UnparsableHistoryError(Buffer.from(note), `${this.#fault}, and holds the credential`);
  }
}

const MAXIMUM_ANSWER_BYTES = 64 * 1024 * 1024;
/** The controller gathers a day's events before it answers. */
const TIMEOUT_MS = 60_000;
const UNAUTHORIZED = 401;
const CONTENT_TOO_LARGE = 413;
const ACCESS_CURE =
  'Check that the user or API client is given as <name>@<account>, that its password or secret is right, and that its role may see ' +
  'the audit history (account owner, or administrator of the account).';

/**
 * `GET /controller/ControllerAuditHistory`
 *
 * @throws WindowTooLargeError, UnparsableHistoryError
 * @throws VendorError where the controller refuses, cannot be reached, or answers with an HTML page or something else that is no array.
 */
export async function readAuditHistory(
  access: AuditHistoryAccess,
  window: HistoryWindow,
  signal: AbortSignal,
): Promise<AuditHistory> {
  try {
    const { call, response } = await askAsSomebody(access, window, signal);
    return { records: historyIn(call, response), answeredAt: readHttpDate(response.headers.date) };
  } catch (error) {
    if (isTooMuch(error)) {
      throw new WindowTooLargeError(error.message, { cause: error });
    }
    throw error;
  }
}

/** Asks once more with a new token, or with the secret as it is now, where what was kept is not accepted any more. */
async function askAsSomebody(access: AuditHistoryAccess, window: HistoryWindow, signal: AbortSignal) {
  const authorization = await access.credential.authorization(signal);
  const ask = async (authorized: Authorization) => {
    const call = historyCall(access, window, authorized, signal);
    return { call, response: await requestVendor(call) };
  };
  try {
    return await ask(authorization);
  } catch (error) {
    if (!isStatus(error, UNAUTHORIZED)) {
      throw error;
    }
    access.credential.forget();
    const renewed = await access.credential.authorization(signal);
    if (renewed.header === authorization.header) {
      // The same password again would only bring the user nearer to being locked out.
      throw error;
    }
    return await ask(renewed);
  }
}

function historyCall(
  { controllerUrl, filters, step }: AuditHistoryAccess,
  window: HistoryWindow,
  { header, secrets }: Authorization,
  signal: AbortSignal,
): VendorRequest {
  const url = appDynamicsUrl(controllerUrl, '/controller/ControllerAuditHistory');
  const parameters = [
    ['startTime', timeText(window.from)],
    ['endTime', timeText(window.to)],
    // Records come with a date in words: it must not change with the controller's own zone, or they would look new.
    ['timeZoneId', 'UTC'],
    ...filters.include.map((filter) => ['include', filter]),
    ...filters.exclude.map((filter) => ['exclude', filter]),
  ];
  // Not by URLSearchParams, which writes a space as `+`.
  url.search = parameters.map(([name, value = '']) => `${name}=${encodeURIComponent(value)}`).join('&');
  return {
    vendor: 'Splunk AppDynamics',
    step,
    method: 'GET',
    url,
    headers: { authorization: header },
    secrets,
    cures: { 401: ACCESS_CURE, 403: ACCESS_CURE },
    timeoutMs: TIMEOUT_MS,
    maximumResponseBytes: MAXIMUM_ANSWER_BYTES,
    signal,
  };
}

/** `2026-03-01T10:00:00.000+0000`: Java's `yyyy-MM-dd'T'HH:mm:ss.SSSZ`. */
function timeText(time: number): string {
  return new Date(time).toISOString().replace('Z', '+0000');
}

/**
 * Only what begins as an array may be a history that is damaged, and so worth keeping. What holds the password or the API
 * client's secret is not to be kept, whatever it is.
 */
function historyIn(call: VendorRequest, response: HttpResponse): AuditHistoryRecord[] {
  const { body } = response;
  try {
    return recordsOf(body);
  } catch (error) {
    if (!(error instanceof UnparsableHistoryError)) {
      throw error;
    }
    if (!beginsAsArray(body)) {
      throw unexpectedAnswer(call, response, 'no JSON array');
    }
    throw holdsSecret(body, call.secrets ?? []) ? error.withheld() : error;
  }
}

const BYTE_ORDER_MARK = '\uFEFF';

function beginsAsArray(body: Buffer): boolean {
  return body.toString('utf8', 0, 1024).replace(BYTE_ORDER_MARK, '').trimStart().startsWith('[');
}

function recordsOf(body: Buffer): AuditHistoryRecord[] {
  try {
    return arrayElements(readUtf8(body)).map(recordOf);
  } catch (error) {
    if (error instanceof JsonPartsError || error instanceof NotUtf8Error) {
      throw new UnparsableHistoryError(body, error.message);
    }
    throw error;
  }
}

/** A record by its text. */
export function recordOf(text: string): AuditHistoryRecord {
  const value = tryParseJson(text);
  const { timeStamp, auditDateTime } = Object(value) as { timeStamp?: unknown; auditDateTime?: unknown };
  return {
    text,
    time: readTime(timeStamp) ?? readTime(auditDateTime) ?? Number.NaN,
    readable: value !== undefined,
  };
}

function isTooMuch(error: unknown): error is VendorError {
  return (
    isStatus(error, CONTENT_TOO_LARGE) ||
    (error instanceof VendorError && error.cause instanceof HttpResponseTooLargeError)
  );
}

function readHttpDate(header: string | undefined): number | undefined {
  const time = Date.parse(header ?? '');
  return Number.isNaN(time) ? undefined : time;
}
