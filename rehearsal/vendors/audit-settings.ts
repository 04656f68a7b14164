import type { Span } from './audit-events/history.ts';
import type { RateLimit } from './rate.ts';
import type { HeldEvent } from './timeline.ts';
import {
  choice,
  InvalidInput,
  isJsonObject,
  type JsonObject,
  listOf,
  objectOf,
  optionalInteger,
  text,
} from './validate.ts';

// What `POST /_sim/audit` and the simulator's options can set of the sources of audit logs.

export const PAGE_ORDERS = ['newest-first', 'oldest-first', 'shuffled'] as const;
export type PageOrder = (typeof PAGE_ORDERS)[number];

export const CURSOR_KINDS = ['keyed', 'offset'] as const;
export type CursorKind = (typeof CURSOR_KINDS)[number];

/** An event that appears while the simulator runs. */
export interface AppendedEvent extends HeldEvent {
  /** How long the vendor hides it still, in milliseconds. */
  readonly delayMs: number;
}

interface SourceSettings {
  /** `null` lifts a limit that was set before. */
  readonly rate?: RateLimit | null;
}

interface TimedSourceSettings extends SourceSettings {
  /** A history that was there all the time; replaces one that was generated before. */
  readonly generate?: Span;
  /** Added to what there is. */
  readonly events?: readonly AppendedEvent[];
}

export interface CloudOneAuditSettings extends TimedSourceSettings {
  /** Of the pages and within them; the vendor does not tell. @default newest-first */
  readonly order?: PageOrder;
  /**
   * `keyed`: a cursor stands at an event, and what appears meanwhile moves nothing. `offset`: it counts, so that an event
   * is given again when others appear before it. @default keyed
   */
  readonly cursors?: CursorKind;
  /** After that time a cursor is refused. @default never */
  readonly cursorLifeMs?: number;
  /** When so many more pages were given, the cursors issued until then are refused; again so often. */
  readonly staleCursors?: { readonly afterPages: number; readonly times: number };
}

export interface AppDynamicsSettings extends TimedSourceSettings {
  /** `expires_in` of a token. @default 300 */
  readonly tokenLifeSeconds?: number;
  /** After so many calls a token is refused although its time is not up. @default never */
  readonly tokenDiesAfterCalls?: number;
  /** Older events are gone. @default 720 */
  readonly retentionHours?: number;
}

export interface IbmCloudSettings extends SourceSettings {
  /** Where the bucket really is. */
  readonly upstream?: IbmUpstream;
}

/** An S3 endpoint that takes any signature, as a local AWS does. */
export interface IbmUpstream {
  /** `http://127.0.0.1:4566` */
  readonly url: string;
  /** The AWS region to ask for. @default us-east-1 */
  readonly region?: string;
}

export interface AuditSettings {
  readonly cloudone?: CloudOneAuditSettings;
  readonly appdynamics?: AppDynamicsSettings;
  readonly ibmcloud?: IbmCloudSettings;
}

const MOST = { min: 1, max: Number.MAX_SAFE_INTEGER };
const ANY = { min: 0, max: Number.MAX_SAFE_INTEGER };
const TIMED = ['rate', 'generate', 'events'];

/**
 * Settings as a person or a test gave them.
 * @throws InvalidInput that names the field
 */
export function parseAuditSettings(value: unknown, field = 'audit'): AuditSettings {
  const given = objectOf(value, field, ['cloudone', 'appdynamics', 'ibmcloud']);
  return defined({
    cloudone: given.cloudone === undefined ? undefined : parseCloudOne(given.cloudone, `${field}.cloudone`),
    appdynamics:
      given.appdynamics === undefined
        ? undefined
        : parseAppDynamics(given.appdynamics, `${field}.appdynamics`),
    ibmcloud: given.ibmcloud === undefined ? undefined : parseIbmCloud(given.ibmcloud, `${field}.ibmcloud`),
  });
}

function parseCloudOne(value: unknown, field: string): CloudOneAuditSettings {
  const known = [...TIMED, 'order', 'cursors', 'cursorLifeMs', 'staleCursors'];
  const object = objectOf(value, field, known);
  return defined({
    ...parseTimed(object, field, (record) => Date.parse(String(record.time))),
    order: object.order === undefined ? undefined : choice(object.order, `${field}.order`, PAGE_ORDERS),
    cursors:
      object.cursors === undefined ? undefined : choice(object.cursors, `${field}.cursors`, CURSOR_KINDS),
    cursorLifeMs: optionalInteger(object, 'cursorLifeMs', field, ANY),
    staleCursors: parseStaleCursors(object.staleCursors, `${field}.staleCursors`),
  });
}

function parseStaleCursors(value: unknown, field: string): CloudOneAuditSettings['staleCursors'] {
  if (value === undefined) return undefined;
  const object = objectOf(value, field, ['afterPages', 'times']);
  return {
    afterPages: optionalInteger(object, 'afterPages', field, MOST) ?? 1,
    times: optionalInteger(object, 'times', field, ANY) ?? 1,
  };
}

function parseAppDynamics(value: unknown, field: string): AppDynamicsSettings {
  const known = [...TIMED, 'tokenLifeSeconds', 'tokenDiesAfterCalls', 'retentionHours'];
  const object = objectOf(value, field, known);
  return defined({
    ...parseTimed(object, field, (record) => Number(record.timeStamp)),
    tokenLifeSeconds: optionalInteger(object, 'tokenLifeSeconds', field, MOST),
    tokenDiesAfterCalls: optionalInteger(object, 'tokenDiesAfterCalls', field, MOST),
    retentionHours: optionalInteger(object, 'retentionHours', field, MOST),
  });
}

function parseIbmCloud(value: unknown, field: string): IbmCloudSettings {
  const object = objectOf(value, field, ['rate', 'upstream']);
  return defined({
    rate: parseRate(object.rate, `${field}.rate`),
    upstream: object.upstream === undefined ? undefined : parseUpstream(object.upstream, `${field}.upstream`),
  });
}

function parseUpstream(value: unknown, field: string): IbmUpstream {
  const object = objectOf(value, field, ['url', 'region']);
  const url = text(object, 'url', field);
  if (!URL.canParse(url) || new URL(url).protocol !== 'http:') {
    throw new InvalidInput(`${field}.url`, 'expected an http address');
  }
  return { url, ...(object.region !== undefined && { region: text(object, 'region', field) }) };
}

function parseTimed(object: JsonObject, field: string, timeOf: (record: JsonObject) => number) {
  return {
    rate: parseRate(object.rate, `${field}.rate`),
    generate: object.generate === undefined ? undefined : parseSpan(object.generate, `${field}.generate`),
    events:
      object.events === undefined
        ? undefined
        : listOf(object.events, `${field}.events`).map((event, index) =>
            parseEvent(event, `${field}.events[${index}]`, timeOf),
          ),
  };
}

function parseRate(value: unknown, field: string): RateLimit | null | undefined {
  if (value === undefined || value === null) return value;
  const object = objectOf(value, field, ['calls', 'perMs']);
  return {
    calls: optionalInteger(object, 'calls', field, MOST) ?? 1,
    perMs: optionalInteger(object, 'perMs', field, MOST) ?? 1000,
  };
}

function parseSpan(value: unknown, field: string): Span {
  const object = objectOf(value, field, ['seed', 'count', 'from', 'to']);
  const span = {
    seed: object.seed === undefined ? 'audit' : text(object, 'seed', field),
    count: optionalInteger(object, 'count', field, ANY) ?? 0,
    from: optionalInteger(object, 'from', field, ANY) ?? 0,
    to: optionalInteger(object, 'to', field, ANY) ?? 0,
  };
  if (span.to <= span.from) throw new InvalidInput(`${field}.to`, 'expected a time after `from`');
  return span;
}

/** `{"record": …, "delayMs"?: …}`; a record that is a string is kept to the character. */
function parseEvent(value: unknown, field: string, timeOf: (record: JsonObject) => number): AppendedEvent {
  const object = objectOf(value, field, ['record', 'delayMs']);
  const written = typeof object.record === 'string' ? object.record : JSON.stringify(object.record ?? null);
  const time = timeOf(parseRecord(written, `${field}.record`));
  if (!Number.isFinite(time)) throw new InvalidInput(`${field}.record`, 'expected a record with its time');
  return { time, text: written, delayMs: optionalInteger(object, 'delayMs', field, ANY) ?? 0 };
}

function parseRecord(written: string, field: string): JsonObject {
  let record: unknown;
  try {
    record = JSON.parse(written);
  } catch (error) {
    // Recovery: told as what it is, a mistake in the input.
    if (error instanceof SyntaxError) throw new InvalidInput(field, 'expected the text of a JSON object');
    throw error;
  }
  if (!isJsonObject(record)) throw new InvalidInput(field, 'expected a JSON object');
  return record;
}

/** Without the absent fields, so that they leave in force what was set before. */
function defined<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
