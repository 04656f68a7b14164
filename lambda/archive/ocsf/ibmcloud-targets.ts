/** Whom and what an activity tracking event of IBM Cloud is about. */
import type { OcsfAccount, OcsfUser } from '../../../contract/ocsf.ts';
import { isUsageReport } from '../catalogue/ibmcloud.ts';
import type { ActivityEvent } from '../ibmcloud/activity-event.ts';
import { userType } from './captions.ts';
import type { EventParts } from './event.ts';
import { asMailAddress } from './formats.ts';
import { defined, isJsonObject, writable } from './json.ts';

/** Where a thing is, by its CRN. Source: IBM Cloud documentation, "Cloud Resource Names". */
export interface CrnPlace {
  readonly region?: string;
  readonly accountId?: string;
}

/** `crn:v1:<cloud>:<ctype>:<service>:<region>:a/<account>:…` */
export function placeOf(crn: string | undefined): CrnPlace {
  const [scheme, , , , , region, scope = ''] = (crn ?? '').split(':');
  return scheme !== 'crn'
    ? {}
    : defined({
        region: region === '' ? undefined : region,
        accountId: scope.startsWith('a/') && scope.length > 2 ? scope.slice(2) : undefined,
      });
}

export function actorOf(
  { initiator }: ActivityEvent,
  account: OcsfAccount | undefined,
): OcsfUser | undefined {
  if (initiator === undefined || (initiator.id ?? initiator.name ?? initiator.authnName) === undefined) {
    return undefined;
  }
  const { id, name, authnName, typeURI = '' } = initiator;
  return defined<OcsfUser>({
    uid: id,
    name: name ?? authnName,
    ...userType(typeURI.endsWith('/user') ? 1 : typeURI.endsWith('/serviceid') ? 4 : typeURI || 'unknown'),
    email_addr: asMailAddress(name),
    account,
  });
}

/** What the builder takes, of which each class has room for some. */
export function targetsOf(
  event: ActivityEvent,
  account: OcsfAccount | undefined,
): Pick<EventParts, 'user' | 'entity' | 'group' | 'privileges' | 'resources'> {
  const { id: uid, name, typeURI: type } = event.target ?? {};
  const thing = defined({ uid, name, type });
  const hasTarget = uid !== undefined || name !== undefined;
  return defined({
    user: userOf(event, account),
    entity: hasTarget ? { ...thing, ...(type === undefined ? {} : userType(type)) } : undefined,
    group: hasTarget ? thing : undefined,
    privileges: rolesIn(event.requestData),
    resources: isUsageReport(event.action)
      ? [{ ...thing, ...reportOf(event) }]
      : hasTarget
        ? [thing]
        : undefined,
  });
}

/** Which report it was: `2026-03 rollup`. */
function reportOf({ requestData = {} }: ActivityEvent): { name?: string; type: string; data?: unknown } {
  const words = [requestData.month, requestData.usage_report_type].filter((word) => typeof word === 'string');
  return {
    ...(words.length === 0 ? {} : { name: words.join(' ') }),
    type: 'usage report',
    data: writable(requestData),
  };
}

const IDENTITY = /^(?:IBMid|BSS|iam|SL|HPC|clientId)-/i;

/** Of user management, the target is the user; of policies and groups, `requestData` tells whom they are about. */
function userOf(event: ActivityEvent, account: OcsfAccount | undefined): OcsfUser | undefined {
  const { action, target, responseData, requestData } = event;
  const isOfUsers = action.startsWith('user-management.') || action === 'billing.user.active';
  const told = iamIdIn(requestData) ?? acceptedIn(responseData);
  const name =
    isOfUsers && target?.name !== undefined && !IDENTITY.test(target.name) ? target.name : undefined;
  const uid = told ?? (isOfUsers && name === undefined ? target?.name : undefined);
  return uid === undefined && name === undefined
    ? undefined
    : defined<OcsfUser>({
        uid,
        name,
        ...(uid?.startsWith('iam-ServiceId') ? userType(4) : userType(1)),
        email_addr: asMailAddress(name),
        account,
      });
}

function acceptedIn(responseData: ActivityEvent['responseData']): string | undefined {
  const [update] = Array.isArray(responseData?.update) ? responseData.update : [];
  return isJsonObject(update) && typeof update.newValue === 'string' && IDENTITY.test(update.newValue)
    ? update.newValue
    : undefined;
}

const DEEPEST = 8;

/**
 * The first `iam_id` within: a field of that name, or an attribute `{"name": "iam_id", "value": …}`, as policies have it
 * (IBM Cloud API documentation, "IAM Policy Management").
 */
function iamIdIn(value: unknown, depth = 0): string | undefined {
  return found(value, depth, (object) =>
    [object.iam_id, object.name === 'iam_id' ? object.value : undefined].find((id) => typeof id === 'string'),
  );
}

/** The roles that a policy gives. */
function rolesIn(value: unknown): string[] | undefined {
  return found(value, 0, ({ roles }) => {
    const ids = (Array.isArray(roles) ? roles : []).filter(isJsonObject).map(({ role_id }) => role_id);
    const told = ids.filter((id) => typeof id === 'string');
    return told.length === 0 ? undefined : told;
  });
}

/** What is found in the first object within, from the outside in. */
function found<T>(
  value: unknown,
  depth: number,
  find: (object: Record<string, unknown>) => T | undefined,
): T | undefined {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) {
    return undefined;
  }
  const here = isJsonObject(value) ? find(value) : undefined;
  if (here !== undefined) {
    return here;
  }
  for (const inner of Object.values(value)) {
    const there = found(inner, depth + 1, find);
    if (there !== undefined) {
      return there;
    }
  }
  return undefined;
}
