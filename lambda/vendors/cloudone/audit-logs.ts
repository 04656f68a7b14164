/**
 * Cloud One's audit log, a page at a time.
 *
 * Source: Trend Cloud One documentation, "Audit logs", with its published script: path, `limit`, `cursor`, `logs`, `next`, at
 * most 25 records a page, the waits after a 429. It names what a record tells (an id of its own, the time in UTC, …).
 *
 * ASSUMED, and nowhere else relied upon: the JSON names of a record's id and time and how the time is written; and that a cursor
 * which is no longer good is refused with 400, 404 or 410.
 */
import type { CloudOneRegion } from '../../../contract/regions.ts';
import { arrayElements, JsonPartsError, objectMembers } from '../../shared/json-parts.ts';
import { readTime } from '../../shared/point-in-time.ts';
import { tryParseJson } from '../../shared/remote-words.ts';
import { NotUtf8Error, readUtf8 } from '../../shared/utf8.ts';
import { cloudOneUrl } from '../endpoints.ts';
import { isStatus, requestVendor, unexpectedAnswer } from '../vendor-call.ts';
import { type CloudOneAccess, cloudOneCall } from './call.ts';

export interface AuditLogRecord {
  /** To the character. */
  readonly text: string;
  /** Milliseconds since the epoch; `NaN` where the record does not tell it in a way that is understood. */
  readonly time: number;
  /** The vendor's id of the event; `undefined` where it is not found. */
  readonly id: string | undefined;
  /** `false` where the text is not JSON, although the page around it is whole. */
  readonly readable: boolean;
}

export interface AuditLogPage {
  /** In the vendor's order, which is not documented. */
  readonly records: readonly AuditLogRecord[];
  /** Names the next page; absent on the last. */
  readonly next: string | undefined;
}

/** The service does not know a cursor any more. The pages have to be read from the first on again. */
export class StaleCursorError extends Error {
  override readonly name = 'StaleCursorError';
}

const PAGE_RECORDS = 25;
const THROTTLE_DELAYS_MS = [500, 1000, 2000];
const STALE = [400, 404, 410];
/** A page of 25 records, each of which may hold details of some size. */
const MAXIMUM_PAGE_BYTES = 16 * 1024 * 1024;

const TIME_NAMES = ['time', 'timestamp', 'eventtime', 'createdat', 'created', 'createdtime', 'date'];
const ID_NAMES = ['id', 'eventid', 'uuid', 'logid'];

/**
 * `GET /api/logs`
 *
 * @param cursor the former page's `next`; `undefined` for the first page.
 * @throws StaleCursorError
 * @throws VendorError where Cloud One refuses, cannot be reached, or answers something else.
 */
export async function readAuditLogPage(
  access: CloudOneAccess,
  region: CloudOneRegion,
  cursor: string | undefined,
): Promise<AuditLogPage> {
  const query = cursor === undefined ? '' : `&cursor=${queryValue(cursor)}`;
  const call = cloudOneCall(access, {
    method: 'GET',
    url: cloudOneUrl('audit', region, `/api/logs?limit=${PAGE_RECORDS}${query}`),
    throttleDelaysMs: THROTTLE_DELAYS_MS,
    maximumResponseBytes: MAXIMUM_PAGE_BYTES,
  });
  try {
    const response = await requestVendor(call);
    return pageOf(response.body, (faults) => unexpectedAnswer(call, response, faults));
  } catch (error) {
    if (cursor !== undefined && isStatus(error, ...STALE)) {
      throw new StaleCursorError(`Cloud One does not know the cursor any more (${error.message})`, {
        cause: error,
      });
    }
    throw error;
  }
}

function pageOf(body: Buffer, unexpected: (faults: string) => Error): AuditLogPage {
  try {
    const members = objectMembers(readUtf8(body));
    const logs = members.get('logs');
    if (logs === undefined) {
      throw unexpected('it has no "logs"');
    }
    const next = nextOf(members.get('next'));
    if (next === undefined) {
      throw unexpected('its "next" is no cursor');
    }
    return { records: arrayElements(logs).map(recordOf), next: next === '' ? undefined : next };
  } catch (error) {
    if (error instanceof JsonPartsError || error instanceof NotUtf8Error) {
      throw unexpected(error.message);
    }
    throw error;
  }
}

/** @returns an empty string on the last page; `undefined` for what can be no cursor. */
function nextOf(text: string | undefined): string | undefined {
  const next = text === undefined ? null : tryParseJson(text);
  if (next === null) {
    return '';
  }
  // A number is passed on as it is spelled, whatever its size.
  return typeof next === 'number' ? text : typeof next === 'string' ? next : undefined;
}

/** A record by its text. */
export function recordOf(text: string): AuditLogRecord {
  const value = tryParseJson(text);
  const fields = new Map<string, unknown>();
  if (typeof value === 'object' && value !== null) {
    for (const [name, field] of Object.entries(value)) {
      fields.set(name.toLowerCase().replace(/[_-]/g, ''), field);
    }
  }
  const times = TIME_NAMES.map((name) => readTime(fields.get(name)));
  const ids = ID_NAMES.map((name) => fields.get(name));
  const id = ids.find((candidate) => typeof candidate === 'number' || isText(candidate));
  return {
    text,
    time: times.find((time) => time !== undefined) ?? Number.NaN,
    id: id === undefined ? undefined : String(id),
    readable: value !== undefined,
  };
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/**
 * The vendor's script puts `next` into the query as it is. So escapes in it are meant as such; all else that has a meaning in a
 * query is escaped.
 */
function queryValue(cursor: string): string {
  return cursor
    .split(/(%[0-9a-f]{2})/i)
    .map((piece, index) => (index % 2 === 1 ? piece : encodeURIComponent(piece)))
    .join('');
}
