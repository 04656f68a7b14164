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
import { apiKey, FAILURE, type Outcome, otherOutcome, SUCCESS, userType } from './captions.ts';
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
  const actor = actorOf(context);
  if (actor !== undefined) {
    // Told whole: of any other principal, the vendor's word is kept besides.
    fields.text(...PRINCIPAL_NAMES);
  }
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
    ...(actor === undefined ? {} : { actor: { user: actor } }),
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
  const text = fields.peek(...PRINCIPAL_NAMES);
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
  const isOfPerson = PERSONS.has(subjectOf(type));
  return defined<Details>({
    name: fields.text('alias', 'name', 'displayName'),
    email: isOfPerson
      ? fields.take(['email', 'emailAddress'], (value) => asMailAddress(asText(value)))
      : undefined,
    id: fields.text('urn', 'id', `${subjectOf(type)}ID`),
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
 * Whoever did it, where the record tells: the vendor calls the principal the object that the event has to do with, such as a user or
 * an invitation, and not whoever acted. Hence the principal is the actor
 *
 * - where signing in and out is told: a user does that,
 * - where it is a user or an API key, and the event is about something of another kind that the record names elsewhere. Assumed:
 *   what else could it have to do with that?
 */
function actorOf(context: Context): OcsfUser | undefined {
  const { principal, account, type } = context;
  if (principal === undefined) {
    return undefined;
  }
  if (lookUp('cloudone', type)?.className === 'authentication') {
    return principal.urn?.type === 'user' ? personOf(context) : userOf(principal, account);
  }
  const kind = principal.urn?.type ?? '';
  return ACTING.has(kind) && kind !== subjectOf(type) && isNamedElsewhere(context)
    ? userOf(principal, account)
    : undefined;
}

/** The kinds of principals that can act. */
const ACTING = new Set(['user', 'apikey']);

/** Whether the record says beside the principal what the event is about. */
function isNamedElsewhere({ type, details, account }: Context): boolean {
  return (
    (details.id ?? details.name ?? details.email ?? (subjectOf(type) === 'account' ? account : undefined)) !==
    undefined
  );
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
    programmatic_credentials: urn?.type === 'apikey' ? [apiKey(urn.id)] : undefined,
    account: holder === undefined ? account : { uid: holder },
  });
}

/** What kind of thing an event is about, by its type: `audit.apiKey_created.v1` is about an `apikey`. */
function subjectOf(type: string): string {
  return /^audit\.([a-z]+)[_-]/i.exec(type)?.[1]?.toLowerCase() ?? '';
}

/** The kinds of objects that are people, or will be. */
const PERSONS = new Set(['user', 'invitation']);

/** The user, entity or resource that the event is about: the builder takes that which the event's class has room for. */
function objectOf(context: Context): Pick<EventParts, 'user' | 'entity' | 'resources'> {
  const { account, details, type } = context;
  const subject = subjectOf(type);
  if (PERSONS.has(subject)) {
    return { user: personOf(context) };
  }
  const uid = details.id ?? (subject === 'account' ? account?.uid : undefined) ?? urnOfSubject(context);
  const object = defined({ uid, name: details.name, type: nonEmpty(subject) });
  return {
    entity: object,
    ...(uid === undefined && details.name === undefined ? relatedTo(context) : { resources: [object] }),
  };
}

/** The principal, as the id of what the event is about: where it is of that kind, or of one that nobody knows. */
function urnOfSubject({ principal, type }: Context): string | undefined {
  const kind = principal?.urn?.type;
  return kind === undefined || kind === subjectOf(type) ? principal?.text : undefined;
}

/** Where nothing says what an event is about, there is what it has to do with. */
function relatedTo({ principal }: Context): Pick<EventParts, 'resources'> {
  return principal === undefined
    ? {}
    : { resources: [defined({ uid: principal.text, type: principal.urn?.type })] };
}

/** The user, or whoever was invited, that the event is about. */
function personOf(context: Context): OcsfUser {
  const { principal, account, details, type } = context;
  const subject = subjectOf(type);
  const known =
    principal?.urn?.type === subject
      ? userOf(principal, account)
      : {
          uid: details.id ?? urnOfSubject(context),
          ...userType(USER_TYPES.get(subject) ?? subject),
          account,
        };
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
