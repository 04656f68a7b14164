/**
 * IBM Cloud's activity tracking events in OCSF.
 *
 * Source of the fields: IBM Cloud documentation, "Event fields" and "Activity tracking events for account management". Assumed: how
 * IBM's severities compare with OCSF's.
 */
import type { ArchivedRecord } from '../../../contract/archive.ts';
import type { AuditChange, OcsfEvent } from '../../../contract/ocsf.ts';
import { lookUp } from '../catalogue/catalogue.ts';
import type { CatalogueEntry } from '../catalogue/entry.ts';
import { isUsageReport } from '../catalogue/ibmcloud.ts';
import { type ActivityEvent, activityEvent } from '../ibmcloud/activity-event.ts';
import {
  FAILURE,
  OTHER,
  type Outcome,
  otherOutcome,
  type SeverityId,
  SUCCESS,
  UNKNOWN_OUTCOME,
} from './captions.ts';
import { buildEvent, type EventParts } from './event.ts';
import { asAddresses } from './formats.ts';
import { changesOf } from './ibmcloud-changes.ts';
import { pairingIdOf } from './ibmcloud-pairing.ts';
import { factorSwitch } from './ibmcloud-settings.ts';
import { actorOf, placeOf, targetsOf } from './ibmcloud-targets.ts';
import { defined, definedOrNone, type JsonObject, writable } from './json.ts';
import { unmappable } from './unmappable.ts';

/** @param parsed what the record's text holds. */
export function ibmCloudToOcsf(record: ArchivedRecord, parsed: JsonObject): OcsfEvent {
  const { success, data: event } = activityEvent.safeParse(parsed);
  if (!success) {
    return unmappable(record);
  }
  const { region, accountId } = { ...placeOf(event.target?.id), ...placeOf(event.logSourceCRN) };
  const account = accountId === undefined ? undefined : { uid: accountId };
  const user = actorOf(event, account);
  const targets = targetsOf(event, account);
  const outcome = outcomeOf(event.outcome);
  const entry = entryOf(event, targets);
  const told = changesOf(event);
  const { changes } = told;
  const attention = attentionOf(entry, outcome, told.attention);
  return buildEvent(
    record,
    defined<EventParts>({
      event: event.action,
      entry: { ...entry, ...activityOf(entry, changes) },
      outcome,
      ...severityOf(event, attention),
      message: event.message?.trim(),
      metadata: defined({
        original_event_uid: event.id,
        correlation_uid: event.correlationId,
        tenant_uid: accountId,
        original_time: event.eventTime,
      }),
      cloud: defined({ account, region }),
      actor: user && { user },
      ...requestOf(event),
      ...reasonOf(event),
      ...targets,
      unmapped: defined({
        attention,
        pairing_id: pairingIdOf(event, accountId),
        changes: changes.length === 0 ? undefined : changes,
        vendor: restOf(parsed),
      }),
    }),
  );
}

function outcomeOf(outcome: string | undefined): Outcome {
  switch (outcome) {
    case 'success':
      return SUCCESS;
    case 'failure':
      return FAILURE;
    case 'pending':
      return otherOutcome('Pending');
    case undefined:
    case 'unknown':
      return UNKNOWN_OUTCOME;
    default:
      return otherOutcome(outcome);
  }
}

/** What an action does, by its last word; the catalogue knows what it means. */
const VERBS: Readonly<Record<string, number>> = {
  create: 1,
  add: 1,
  read: 2,
  list: 2,
  get: 2,
  download: 2,
  update: 3,
  set: 3,
  delete: 4,
  remove: 4,
};

function entryOf({ action }: ActivityEvent, { user }: Pick<EventParts, 'user'>): CatalogueEntry {
  const entry = lookUp('ibmcloud', action);
  const verb = VERBS[action.slice(action.lastIndexOf('.') + 1)] ?? OTHER;
  if (entry === undefined) {
    return { event: action, description: action, className: 'api_activity', activityId: verb };
  }
  // A policy may be of an access group: User Access Management has no room for one.
  return entry.className === 'user_access' && user === undefined
    ? { ...entry, className: 'entity_management', activityId: verb }
    : entry;
}

/** OCSF has activities for a user's factors, where IBM has one event for all settings. */
function activityOf({ className }: CatalogueEntry, changes: readonly AuditChange[]): Partial<CatalogueEntry> {
  const factor = changes.find(({ field }) => field === '2FA');
  if (className !== 'account_change' || factor === undefined) {
    return {};
  }
  const isOn = factorSwitch(factor.new);
  return isOn === undefined ? {} : { activityId: isOn ? 10 : 11 };
}

/** A map, for a severity may be called `constructor`. */
const SEVERITIES: ReadonlyMap<string, SeverityId> = new Map([
  ['normal', 1],
  ['warning', 3],
  ['critical', 5],
]);
const MEDIUM: SeverityId = 3;

/** The vendor's, but Medium at least where it should be looked at first. */
function severityOf(
  { severity }: ActivityEvent,
  attention: string | undefined,
): Pick<EventParts, 'severityId'> {
  const told = SEVERITIES.get(severity ?? '');
  if (told === undefined) {
    return {};
  }
  return { severityId: told < MEDIUM && attention !== undefined ? MEDIUM : told };
}

function attentionOf(
  { className, attention }: CatalogueEntry,
  outcome: Outcome,
  byValue: string | undefined,
): string | undefined {
  const reason = byValue ?? attention;
  if (outcome !== FAILURE) {
    return reason;
  }
  return className === 'authentication'
    ? 'A log-in failed.'
    : reason && `It failed, but it was tried. ${reason}`;
}

/** IBM's words for a request that does not say by what it was made. */
const NO_AGENT = 'Not Set';

function requestOf({
  action,
  initiator,
  reason,
}: ActivityEvent): Pick<EventParts, 'src_endpoint' | 'http_request' | 'api'> {
  const [ip, ...intermediate] = asAddresses(initiator?.host?.address);
  const agent = initiator?.host?.agent;
  const code = Number(reason?.reasonCode);
  return defined({
    src_endpoint:
      ip === undefined
        ? undefined
        : { ip, ...(intermediate.length === 0 ? {} : { intermediate_ips: intermediate }) },
    http_request: agent === undefined || agent === NO_AGENT ? undefined : { user_agent: agent },
    api: defined({
      service: { name: action.split('.')[0] ?? action },
      response: definedOrNone({
        code: Number.isInteger(code) ? code : undefined,
        message: reason?.reasonType,
        error: reason?.reasonForFailure,
      }),
    }),
  });
}

/** A report of usage for a time that has none: IBM calls it 404, and normal. */
const NO_USAGE = 'There is no usage data for what was asked.';

function reasonOf({ action, reason }: ActivityEvent): Pick<EventParts, 'status_code' | 'status_detail'> {
  const code = reason?.reasonCode === undefined ? undefined : String(reason.reasonCode);
  const isEmptyReport = code === '404' && isUsageReport(action);
  return defined({
    status_code: code,
    status_detail: reason?.reasonForFailure ?? (isEmptyReport ? NO_USAGE : reason?.reasonType),
  });
}

/** Told elsewhere, whole. Of the others some parts are; they stay together. */
const TOLD = ['action', 'eventTime', 'id', 'correlationId', 'outcome', 'severity', 'message'];

function restOf(parsed: JsonObject): JsonObject | undefined {
  const rest = Object.fromEntries(Object.entries(parsed).filter(([name]) => !TOLD.includes(name)));
  return Object.keys(rest).length === 0 ? undefined : (writable(rest) as JsonObject);
}
