/**
 * Builds OCSF events, so that every one is valid whatever its record lacks: the attributes that all have, and of the rest those
 * that its class has room for, with something in those that the class demands.
 */
import {
  type ArchivedRecord,
  type AuditSource,
  SOURCE_NAMES,
  sourceOf,
  UNDATED,
} from '../../../contract/archive.ts';
import {
  type AuditChange,
  OCSF_CLASSES,
  OCSF_VERSION,
  type OcsfClassName,
  type OcsfEntity,
  type OcsfEvent,
  type OcsfUser,
} from '../../../contract/ocsf.ts';
import type { CatalogueEntry } from '../catalogue/entry.ts';
import {
  ACTIVITIES,
  entityType,
  FAILURE,
  OTHER,
  type Outcome,
  SEVERITIES,
  type SeverityId,
  SUCCESS,
} from './captions.ts';
import { defined, definedOrNone } from './json.ts';

type Metadata = OcsfEvent['metadata'];

/** What a source's mapping finds in a record. `undefined` is as good as absent, everywhere. */
export interface EventParts
  extends Partial<
    Pick<
      OcsfEvent,
      | 'actor'
      | 'auth_protocol'
      | 'auth_protocol_id'
      | 'group'
      | 'http_request'
      | 'is_mfa'
      | 'message'
      | 'privileges'
      | 'resources'
      | 'src_endpoint'
      | 'status_code'
      | 'status_detail'
      | 'unmapped'
      | 'user'
    >
  > {
  /** The vendor's name of the event. */
  readonly event: string;
  /** Its type in the vendor's own word; the builder makes OCSF's of it. */
  readonly entity?: Omit<OcsfEntity, 'type_id' | 'data'>;
  /** `undefined` where nothing is known of such events: it becomes API Activity, Other. */
  readonly entry: CatalogueEntry | undefined;
  /** @default SUCCESS: an audit log tells what was done. */
  readonly outcome?: Outcome;
  /** @default 3 (Medium) where an analyst should look at it first, 2 (Low) of a failure, otherwise 1 (Informational) */
  readonly severityId?: SeverityId;
  readonly metadata?: Partial<
    Pick<Metadata, 'original_event_uid' | 'correlation_uid' | 'tenant_uid' | 'original_time'>
  >;
  readonly cloud?: Omit<OcsfEvent['cloud'], 'provider'>;
  /** `operation` is the event's name. Of API Activity always there. */
  readonly api?: Omit<NonNullable<OcsfEvent['api']>, 'operation'>;
}

/** Stands where OCSF demands a name and the record has none. */
export const UNKNOWN = 'unknown';

const PRODUCTS: Readonly<Record<AuditSource, Metadata['product']>> = {
  cloudone: { name: 'Trend Cloud One', vendor_name: 'Trend Micro' },
  appdynamics: { name: 'AppDynamics Controller', vendor_name: 'Splunk' },
  ibmcloud: { name: 'IBM Cloud', vendor_name: 'IBM' },
};

/** The vendors' own names of their logs. */
const LOG_NAMES: Readonly<Record<AuditSource, string>> = {
  cloudone: 'Audit Log',
  appdynamics: 'Controller Audit Log',
  ibmcloud: 'Activity Tracker',
};

/** @returns an event that is valid whatever the parts lack. */
export function buildEvent(record: ArchivedRecord, parts: EventParts): OcsfEvent {
  const { entry, outcome = SUCCESS } = parts;
  const className = entry?.className ?? 'api_activity';
  const unmapped = unmappedOf(record, className, parts);
  const severityId = parts.severityId ?? severityOf(outcome, unmapped?.attention);
  return defined<OcsfEvent>({
    ...classification(className, parts),
    time: wholeMilliseconds(record.time),
    time_dt: inIso8601(record.time),
    severity_id: severityId,
    severity: SEVERITIES[severityId],
    ...outcome,
    status_code: parts.status_code,
    status_detail: parts.status_detail,
    message: parts.message ?? entry?.description ?? parts.event,
    metadata: metadataOf(record, parts),
    cloud: defined({ provider: SOURCE_NAMES[sourceOf(record.id)], ...parts.cloud }),
    actor: actorOf(parts),
    src_endpoint: endpointOf(parts),
    http_request: parts.http_request,
    ...(parts.api === undefined ? {} : { api: apiOf(parts) }),
    ...CLASS_PARTS[className](parts, record),
    raw_data: record.record,
    unmapped,
  });
}

function unmappedOf(
  record: ArchivedRecord,
  className: OcsfClassName,
  { unmapped, entry, entity }: EventParts,
): OcsfEvent['unmapped'] {
  const attention = unmapped?.attention ?? entry?.attention;
  const isUndated = record.time === UNDATED;
  const isRenamed =
    className === 'entity_management' && entity?.type !== undefined && typed(entity).type !== entity.type;
  return definedOrNone({
    ...unmapped,
    object_type: isRenamed ? entity.type : unmapped?.object_type,
    ...(isUndated ? { undated: true as const } : {}),
    attention: isUndated ? [attention, NO_TIME].filter(Boolean).join(' ') : attention,
  });
}

const NO_TIME = 'Its record has no usable time: when it happened is not known.';

function severityOf(outcome: Outcome, attention: string | undefined): SeverityId {
  if (attention !== undefined) {
    return 3;
  }
  return outcome.status_id === FAILURE.status_id ? 2 : 1;
}

type Classification = Pick<
  OcsfEvent,
  | 'activity_id'
  | 'activity_name'
  | 'category_uid'
  | 'category_name'
  | 'class_uid'
  | 'class_name'
  | 'type_uid'
  | 'type_name'
>;

function classification(className: OcsfClassName, { entry, event }: EventParts): Classification {
  const { uid, caption, categoryUid, category } = OCSF_CLASSES[className];
  const known = ACTIVITIES[className][entry?.activityId ?? OTHER];
  const activityId = known === undefined ? OTHER : (entry?.activityId ?? OTHER);
  return {
    activity_id: activityId,
    activity_name: known ?? entry?.activityName ?? event,
    category_uid: categoryUid,
    category_name: category,
    class_uid: uid,
    class_name: caption,
    // Source: OCSF 1.8.0, type_uid.
    type_uid: uid * 100 + activityId,
    type_name: `${caption}: ${known ?? 'Other'}`,
  };
}

function metadataOf(record: ArchivedRecord, { event, metadata }: EventParts): Metadata {
  const source = sourceOf(record.id);
  const collected = Date.parse(record.collectedAt);
  return defined<Metadata>({
    version: OCSF_VERSION,
    profiles: ['cloud', 'datetime'],
    product: PRODUCTS[source],
    uid: record.id,
    event_code: event,
    logged_time: Number.isNaN(collected) ? wholeMilliseconds(record.time) : collected,
    log_name: LOG_NAMES[source],
    log_source: source,
    ...metadata,
  });
}

/** What only some classes have room for; filled where they demand it. */
const CLASS_PARTS: Readonly<
  Record<OcsfClassName, (parts: EventParts, record: ArchivedRecord) => Partial<OcsfEvent>>
> = {
  account_change: (parts) => ({
    user: namedUser(parts.user, parts),
  }),
  authentication: (parts, record) => ({
    user: namedUser(parts.user ?? parts.actor?.user, parts),
    service: { name: PRODUCTS[sourceOf(record.id)].name },
    auth_protocol_id: parts.auth_protocol_id,
    auth_protocol: parts.auth_protocol,
    is_mfa: parts.is_mfa,
  }),
  entity_management: ({ entity, unmapped }) => ({
    entity: typed(named(entity)),
    entity_result: unmapped?.changes && changed(typed(named(entity)), unmapped.changes),
  }),
  user_access: (parts) => ({
    user: namedUser(parts.user, parts),
    privileges: parts.privileges?.length ? parts.privileges : [UNKNOWN],
    resources: parts.resources?.map(named),
  }),
  group_management: (parts) => ({
    group: named(parts.group),
    privileges: parts.privileges?.length ? parts.privileges : undefined,
    user: parts.user && namedUser(parts.user, parts),
  }),
  api_activity: (parts) => ({
    actor: actorOf(parts) ?? { app_name: UNKNOWN },
    api: apiOf(parts),
    src_endpoint: endpointOf(parts) ?? { name: UNKNOWN },
    resources: parts.resources?.map(named),
  }),
};

/** A code that is none of OCSF's 32-bit integers is in the record's own text. */
function apiOf({ event, api }: EventParts): NonNullable<OcsfEvent['api']> {
  const code = api?.response?.code;
  const response =
    code === undefined || (code | 0) === code
      ? api?.response
      : definedOrNone({ ...api?.response, code: undefined });
  return defined({ operation: event, ...api, response });
}

/** An actor or an endpoint of which nothing is known is none. */
function actorOf({ actor }: EventParts): OcsfEvent['actor'] {
  const { uid, name, account } = actor?.user ?? {};
  const user = uid ?? name ?? account;
  return actor && definedOrNone({ ...actor, user: user === undefined ? undefined : actor.user });
}

function endpointOf({ src_endpoint: endpoint }: EventParts): OcsfEvent['src_endpoint'] {
  const name = endpoint?.ip ?? endpoint?.name;
  return name === undefined ? undefined : endpoint;
}

function typed(entity: NonNullable<EventParts['entity']>): OcsfEntity {
  return entity.type === undefined ? entity : { ...entity, ...entityType(entity.type) };
}

/** What an entity has become, as far as its changes tell. */
function changed(entity: OcsfEntity, changes: readonly AuditChange[]): OcsfEntity {
  // Not by assignment: a field may be called `__proto__`.
  return { ...entity, data: Object.fromEntries(changes.map((change) => [change.field, change.new])) };
}

/** OCSF demands a name or an id. */
function named<T extends { readonly uid?: string; readonly name?: string }>(thing: T | undefined): T {
  const { uid, name } = thing ?? {};
  return { ...thing, ...(uid === undefined && name === undefined ? { name: UNKNOWN } : {}) } as T;
}

/** Of a user, OCSF takes the account, too, where neither name nor id is known. */
function namedUser(user: OcsfUser | undefined, { cloud }: EventParts): OcsfUser {
  const account = user?.account ?? cloud?.account;
  if (user?.uid !== undefined || user?.name !== undefined || account === undefined) {
    return named(user);
  }
  return { ...user, account };
}

const END_OF_YEAR_9999 = Date.UTC(10_000, 0, 1);

/** @returns `undefined` of what is no time that everybody can read. */
function inIso8601(time: number): string | undefined {
  return time >= 0 && time < END_OF_YEAR_9999 ? new Date(time).toISOString() : undefined;
}

/** OCSF's times are integers. */
function wholeMilliseconds(time: number): number {
  return Number.isFinite(time) ? Math.trunc(time) : 0;
}
