/**
 * A change of settings, or of an access group's members, in IBM Cloud as old → new.
 *
 * Source: IBM Cloud documentation, "Activity tracking events for account management" and "Activity tracking events for IAM". Four
 * shapes: `old_…` and `new_…` in `requestData.request_body`; new values alone in `requestData`; a list `update` in `requestData`,
 * or, of an accepted invitation, in `responseData`; `prev_instance_name` and `instance_name`.
 */
import type { AuditChange } from '../../../contract/ocsf.ts';
import type { ActivityEvent } from '../ibmcloud/activity-event.ts';
import { inWords } from './changes.ts';
import { membersIn } from './ibmcloud-policies.ts';
import { settingOf } from './ibmcloud-settings.ts';
import { defined, isJsonObject, type JsonObject, writable } from './json.ts';

export interface ToldChanges {
  readonly changes: readonly AuditChange[];
  /** Why they should be looked at first. */
  readonly attention: string | undefined;
}

interface Change {
  readonly field: string;
  /** `undefined` where it is not told. */
  readonly before: unknown;
  readonly after: unknown;
}

export function changesOf({ action, requestData = {}, responseData = {} }: ActivityEvent): ToldChanges {
  const found = [
    ...pairsIn(requestData),
    ...(isJsonObject(requestData.request_body) ? pairsIn(requestData.request_body) : []),
    ...newValuesIn(requestData),
    ...updatesIn(requestData.update),
    ...updatesIn(responseData.update),
    ...renamingIn(requestData),
    ...membershipIn(action, requestData),
  ].filter(({ before, after }) => JSON.stringify(writable(before)) !== JSON.stringify(writable(after)));
  const reasons = found.flatMap(
    ({ field, before, after }) => settingOf(field)?.attention?.(before, after) ?? [],
  );
  return {
    changes: found.map(auditChange),
    attention: reasons.length === 0 ? undefined : [...new Set(reasons)].join(' '),
  };
}

function auditChange({ field, before, after }: Change): AuditChange {
  const setting = settingOf(field);
  return defined<AuditChange>({
    field,
    label: setting?.label ?? inWords(field),
    old: writable(before ?? null),
    ...meaning('old_meaning', before === undefined ? undefined : setting?.meaning?.(before)),
    new: writable(after ?? null),
    ...meaning('new_meaning', after === undefined ? undefined : setting?.meaning?.(after)),
  });
}

function meaning(name: 'old_meaning' | 'new_meaning', text: string | undefined): Partial<AuditChange> {
  return text === undefined ? {} : { [name]: text };
}

/** `old_mfa_traits` and `new_mfa_traits`. */
function pairsIn(data: JsonObject): Change[] {
  const fields = Object.keys(data).flatMap((name) => /^(?:old|new)_(.+)$/.exec(name)?.[1] ?? []);
  return [...new Set(fields)].map((field) => ({
    field,
    before: data[`old_${field}`],
    after: data[`new_${field}`],
  }));
}

/** Settings of which only the new value is told. */
const TOLD_ALONE = [
  'public_access_enabled',
  'team_directory_enabled',
  'mfa',
  '2FA',
  'self_manage',
  'security_questions_setup',
];

function newValuesIn(data: JsonObject): Change[] {
  const alone = TOLD_ALONE.filter((field) => data[field] !== undefined).map((field) => ({
    field,
    before: undefined,
    after: data[field],
  }));
  // `false` stands in every other change of the same thing, too.
  return data.lock === true ? [...alone, { field: 'lock', before: undefined, after: true }] : alone;
}

function updatesIn(update: unknown): Change[] {
  return (Array.isArray(update) ? update : []).filter(isJsonObject).flatMap((element) => {
    const { updateType, initialValue, newValue, ips_added, ips_removed } = element;
    const addresses: Change[] = [
      { field: 'ips_added', before: undefined, after: addressesIn(ips_added) },
      { field: 'ips_removed', before: addressesIn(ips_removed), after: undefined },
    ].filter(({ before, after }) => before !== undefined || after !== undefined);
    return 'initialValue' in element || 'newValue' in element
      ? [...addresses, { field: fieldOf(updateType), before: initialValue, after: newValue }]
      : addresses;
  });
}

/** A list of `{address}`, as the examples have it, or of addresses, or a text, as the table has it. */
function addressesIn(value: unknown): readonly unknown[] | string | undefined {
  if (Array.isArray(value)) {
    return value.map((element) => (isJsonObject(element) ? (element.address ?? element) : element));
  }
  return typeof value === 'string' ? value : undefined;
}

/** `2FA update` is of `2FA`. */
function fieldOf(updateType: unknown): string {
  const words = typeof updateType === 'string' ? updateType : '';
  return words === 'IAM ID Update during Accept'
    ? 'iam_id'
    : words.replace(/ (?:update|changes)$/i, '') || 'setting';
}

function renamingIn({ prev_instance_name: before, instance_name: after }: JsonObject): Change[] {
  return before === undefined || after === undefined ? [] : [{ field: 'instance_name', before, after }];
}

/** Of several members, OCSF's event has room for one. */
function membershipIn(action: string, requestData: JsonObject): Change[] {
  const members = /\.(?:federated-)?member\.(?:add|delete)$/.test(action)
    ? membersIn(requestData)
    : undefined;
  if (members === undefined) {
    return [];
  }
  return action.endsWith('.add')
    ? [{ field: 'members', before: undefined, after: members }]
    : [{ field: 'members', before: members, after: undefined }];
}
