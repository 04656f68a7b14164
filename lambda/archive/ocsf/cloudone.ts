/**
 * Trend Cloud One's audit log in OCSF.
 *
 * Source of what a record tells: Trend Cloud One documentation, "View events in the audit log": time, event, principal URN, event
 * ID, type, account ID, details. Assumed: the JSON names beyond `principalURN`, and all that stands in the details. Hence the
 * tolerant reading: what is not found is left out, and what is not understood is kept.
 */
import type { ArchivedRecord } from '../../../contract/archive.ts';
import type { OcsfEndpoint, OcsfEvent, OcsfUnmapped, OcsfUser } from '../../../contract/ocsf.ts';
import { lookUp } from '../catalogue/catalogue.ts';
import { FAILURE, type Outcome, otherOutcome, SUCCESS, userType } from './captions.ts';
import { readChange, readChanges } from './changes.ts';
import { buildEvent, type EventParts, UNKNOWN } from './event.ts';
import { Fields } from './fields.ts';
import { asAddresses, asMailAddress } from './formats.ts';
import { defined, definedOrNone, isJsonObject, type JsonObject } from './json.ts';
import { type CloudOneUrn, parseUrn } from './urn.ts';

/** @param parsed what the record's text holds. */
export function cloudOneToOcsf(record: ArchivedRecord, parsed: JsonObject): OcsfEvent {
  const fields = new Fields(parsed);
  const type = fields.text('type', 'eventType') ?? UNKNOWN;
  const principal = readPrincipal(fields);
  const accountId = fields.text('accountID', 'account') ?? nonEmpty(principal?.urn?.account);
  const account = accountId === undefined ? undefined : { uid: accountId };
  const details = readDetails(fields, type);
  const context: Context = { type, principal, account, details };
  const message = fields.text('event', 'eventName', 'description');
  return buildEvent(record, {
    event: type,
    entry: lookUp('cloudone', type),
    outcome: outcomeOf(fields.text('outcome', 'result') ?? details.outcome),
    ...(message === undefined ? {} : { message }),
    ...(details.text === undefined ? {} : { status_detail: details.text }),
    metadata: defined({
      original_event_uid: fields.text('id', 'eventID', 'uuid', 'logID'),
      original_time: fields.text('time', 'timestamp', 'eventTime', 'createdAt', 'created', 'date'),
      tenant_uid: accountId,
    }),
    cloud: defined({ account, region: nonEmpty(principal?.urn?.region) }),
    ...actorOf(context),
    ...details.origin,
    ...objectOf(context),
    ...unmappedOf(fields, details),
  });
}

interface Principal {
  readonly text: string;
  readonly urn: CloudOneUrn | undefined;
}

interface Details {
  /** Where they are a sentence. */
  readonly text?: string;
  readonly name?: string;
  readonly email?: string;
  readonly id?: string;
  readonly outcome?: string;
  readonly origin?: Pick<EventParts, 'src_endpoint' | 'http_request' | 'is_mfa'>;
  readonly changes?: OcsfUnmapped['changes'];
  /** What was not understood of them. */
  readonly rest?: JsonObject;
}

interface Context {
  readonly type: string;
  readonly principal: Principal | undefined;
  readonly account: { readonly uid: string } | undefined;
  readonly details: Details;
}

const PRINCIPAL_NAMES = ['principalURN', 'principal'];

function readPrincipal(fields: Fields): Principal | undefined {
  const text = fields.text(...PRINCIPAL_NAMES);
  return text === undefined ? undefined : { text, urn: parseUrn(text) };
}

/** Reads what the class of events of this type has a place for, and leaves the rest. */
function readDetails(record: Fields, type: string): Details {
  const object = record.object('details');
  if (object === undefined) {
    return defined<Details>({ text: record.text('details') });
  }
  const fields = new Fields(object);
  const agent = fields.text('userAgent');
  const isOfPerson = PERSONS.has(isAbout(type));
  return defined<Details>({
    name: fields.text('alias', 'name', 'displayName'),
    email: isOfPerson
      ? fields.take(['email', 'emailAddress'], (value) => asMailAddress(asText(value)))
      : undefined,
    id: fields.text('urn', 'id', `${isAbout(type)}ID`),
    outcome: fields.text('outcome', 'result'),
    origin: definedOrNone({
      src_endpoint: fields.take(['sourceIPAddress', 'sourceIP', 'clientIP', 'ipAddress', 'ip'], endpointOf),
      http_request: agent === undefined ? undefined : { user_agent: agent },
      is_mfa: type.includes('signed') ? fields.boolean('mfa', 'isMFA', 'mfaUsed') : undefined,
    }),
    changes: fields.take(['changes'], readChanges) ?? changedMembers(fields, object),
    rest: fields.rest(),
  });
}

/** Of `{"alias": {"old": …, "new": …}, "region": …}`, the alias. */
function changedMembers(fields: Fields, object: JsonObject): OcsfUnmapped['changes'] {
  const changes = Object.keys(object).flatMap(
    (name) =>
      fields.take([name], (value) => (isJsonObject(value) ? readChange(name, value) : undefined)) ?? [],
  );
  return changes.length > 0 ? changes : undefined;
}

function endpointOf(value: unknown): OcsfEndpoint | undefined {
  const [ip, ...others] = asAddresses(asText(value));
  return ip === undefined ? undefined : { ip, ...(others.length > 0 ? { intermediate_ips: others } : {}) };
}

/** The documented types tell what was done, and no outcome: of those, everything has succeeded. */
function outcomeOf(text: string | undefined): Outcome {
  if (text === undefined || /^(?:succe|ok$)/i.test(text)) {
    return SUCCESS;
  }
  return /fail|error|denied|reject/i.test(text) ? FAILURE : otherOutcome(text);
}

/**
 * The principal is the object that the event has to do with, such as a user or an invitation. Nobody else is named, so it stands for
 * whoever did it. Where its type is the event's own, it is what the event is about, too.
 */
function actorOf(context: Context): Pick<EventParts, 'actor'> {
  const { principal, account, type } = context;
  if (principal === undefined) {
    return {};
  }
  const isUser = principal.urn?.type === 'user' && isAbout(type) === 'user';
  return { actor: { user: isUser ? personOf(context) : userOf(principal, account) } };
}

/** A map, for a type may be called `constructor`. */
const USER_TYPES: ReadonlyMap<string, Parameters<typeof userType>[0]> = new Map([
  ['user', 1],
  ['apikey', 4],
  ['service', 4],
  ['system', 3],
]);

function userOf({ text, urn }: Principal, account: Context['account']): OcsfUser {
  const holder = nonEmpty(urn?.account);
  return defined<OcsfUser>({
    uid: text,
    ...(urn === undefined ? {} : userType(USER_TYPES.get(urn.type) ?? urn.type)),
    credential_uid: urn?.type === 'apikey' ? urn.id : undefined,
    account: holder === undefined ? account : { uid: holder },
  });
}

/** What an event is about, by its type: `audit.apiKey_created.v1` is about an `apikey`. */
function isAbout(type: string): string {
  return /^audit\.([a-z]+)[_-]/i.exec(type)?.[1]?.toLowerCase() ?? '';
}

/** The kinds of objects that are people, or will be. */
const PERSONS = new Set(['user', 'invitation']);

/** The user, entity or resource that the event is about: the builder takes that which the event's class has room for. */
function objectOf(context: Context): Pick<EventParts, 'user' | 'entity' | 'resources'> {
  const { principal, account, details, type } = context;
  const about = isAbout(type);
  if (PERSONS.has(about)) {
    return { user: personOf(context) };
  }
  const uid =
    details.id ??
    (principal?.urn?.type === about ? principal.urn.id : undefined) ??
    (about === 'account' ? account?.uid : undefined);
  const object = defined({ uid, name: details.name, type: nonEmpty(about) });
  return {
    entity: defined({ ...object, ...(about === '' ? {} : userType(about)) }),
    ...(uid === undefined && details.name === undefined ? {} : { resources: [object] }),
  };
}

/** The user, or whoever was invited, that the event is about. */
function personOf({ principal, account, details, type }: Context): OcsfUser {
  const about = isAbout(type);
  const known =
    principal?.urn?.type === about
      ? userOf(principal, account)
      : { uid: details.id, ...userType(USER_TYPES.get(about) ?? about), account };
  return defined<OcsfUser>({ ...known, name: details.name ?? details.email, email_addr: details.email });
}

function unmappedOf(fields: Fields, { changes, rest }: Details): Pick<EventParts, 'unmapped'> {
  const others = fields.rest();
  const vendor = definedOrNone({ ...others, ...(rest === undefined ? {} : { details: rest }) });
  const unmapped = definedOrNone<OcsfUnmapped>({ changes, vendor });
  return unmapped === undefined ? {} : { unmapped };
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
