/** Whom and what an activity tracking event of IBM Cloud is about. */
import type { OcsfAccount, OcsfResource, OcsfUser } from '../../../contract/ocsf.ts';
import { isUsageReport } from '../catalogue/ibmcloud.ts';
import type { ActivityEvent } from '../ibmcloud/activity-event.ts';
import { userType } from './captions.ts';
import type { EventParts } from './event.ts';
import { asMailAddress } from './formats.ts';
import { accessedIn, groupIn, iamIdIn, membersIn, rolesIn } from './ibmcloud-policies.ts';
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
  const { id, name, authnName, typeURI } = initiator;
  return defined<OcsfUser>({
    uid: id,
    name: name ?? authnName,
    ...userType(typeURI?.endsWith('/user') ? 1 : typeURI?.endsWith('/serviceid') ? 4 : typeURI),
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
    entity: hasTarget
      ? defined({ ...thing, group: isPolicy(event) ? groupIn(event.requestData) : undefined })
      : undefined,
    group: hasTarget ? thing : undefined,
    privileges: rolesIn(event.requestData),
    resources: resourcesOf(event, hasTarget ? thing : undefined),
  });
}

function isPolicy({ action }: ActivityEvent): boolean {
  return action.startsWith('iam-am.policy.');
}

/** Of a policy: what it gives access to. */
function resourcesOf(event: ActivityEvent, target: OcsfResource | undefined): EventParts['resources'] {
  if (isPolicy(event)) {
    return accessedIn(event.requestData);
  }
  if (isUsageReport(event.action)) {
    return [{ ...target, ...reportOf(event) }];
  }
  return target && [target];
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
  const told = iamIdIn(requestData) ?? membersIn(requestData)?.[0] ?? acceptedIn(responseData);
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
