/** What OCSF 1.8.0 calls the activities, states and severities of the classes that the archive uses. */
import type { OcsfClassName } from '../../../contract/ocsf.ts';

export const OTHER = 99;

/** By class: the captions of `activity_id`, but for 0 (Unknown) and 99 (Other). */
export const ACTIVITIES: Readonly<Record<OcsfClassName, Readonly<Record<number, string>>>> = {
  account_change: {
    1: 'Create',
    2: 'Enable',
    3: 'Password Change',
    4: 'Password Reset',
    5: 'Disable',
    6: 'Delete',
    7: 'Attach Policy',
    8: 'Detach Policy',
    9: 'Lock',
    10: 'MFA Factor Enable',
    11: 'MFA Factor Disable',
    12: 'Unlock',
  },
  authentication: {
    1: 'Logon',
    2: 'Logoff',
    3: 'Authentication Ticket',
    4: 'Service Ticket Request',
    5: 'Service Ticket Renew',
    6: 'Preauth',
    7: 'Account Switch',
  },
  entity_management: {
    1: 'Create',
    2: 'Read',
    3: 'Update',
    4: 'Delete',
    5: 'Move',
    6: 'Enroll',
    7: 'Unenroll',
    8: 'Enable',
    9: 'Disable',
    10: 'Activate',
    11: 'Deactivate',
    12: 'Suspend',
    13: 'Resume',
  },
  user_access: { 1: 'Assign Privileges', 2: 'Revoke Privileges' },
  group_management: {
    1: 'Assign Privileges',
    2: 'Revoke Privileges',
    3: 'Add User',
    4: 'Remove User',
    5: 'Delete',
    6: 'Create',
    7: 'Add Subgroup',
    8: 'Remove Subgroup',
  },
  api_activity: { 1: 'Create', 2: 'Read', 3: 'Update', 4: 'Delete' },
};

/** Captions of `severity_id`. */
export const SEVERITIES = {
  1: 'Informational',
  2: 'Low',
  3: 'Medium',
  4: 'High',
  5: 'Critical',
} as const;

export type SeverityId = keyof typeof SEVERITIES;

export interface Outcome {
  readonly status_id: number;
  readonly status: string;
}

export const UNKNOWN_OUTCOME: Outcome = { status_id: 0, status: 'Unknown' };
export const SUCCESS: Outcome = { status_id: 1, status: 'Success' };
export const FAILURE: Outcome = { status_id: 2, status: 'Failure' };

/** An outcome that OCSF has no id for, in the vendor's own word, such as `Pending`. */
export function otherOutcome(status: string): Outcome {
  return { status_id: OTHER, status };
}

/** An enumerated type with its caption, as OCSF has them side by side. */
export interface TypeOf {
  readonly type_id: number;
  readonly type: string;
}

const UNKNOWN_TYPE: TypeOf = { type_id: 0, type: 'Unknown' };

/** Captions of a user's `type_id`. */
const USER_TYPES = { 1: 'User', 2: 'Admin', 3: 'System', 4: 'Service' } as const;

/** @returns a user's type as OCSF knows it, (99) in the vendor's own word, or (0) where there is none. */
export function userType(type: keyof typeof USER_TYPES | string | undefined): TypeOf {
  if (type === undefined) {
    return UNKNOWN_TYPE;
  }
  return typeof type === 'number' ? { type_id: type, type: USER_TYPES[type] } : { type_id: OTHER, type };
}

/** Captions of an entity's `type_id`, but for those of things that none of the sources manages. */
const ENTITY_TYPES = { 2: 'User', 3: 'Group', 4: 'Organization', 5: 'Policy' } as const;

/**
 * The vendors' words for these, in lower case. AppDynamics' `POLICY` is not among them: it says which actions follow which
 * events, and OCSF's is of what is permitted.
 */
const ENTITIES: ReadonlyMap<string, keyof typeof ENTITY_TYPES> = new Map([
  ['user', 2],
  ['group', 3],
  ['access-group', 3],
  ['account', 4],
  ['enterprise', 4],
  ['iam-am/policy', 5],
  ['iam-access-management/policy', 5],
]);

/**
 * @param word the vendor's own: `ACCOUNT_ROLE`, `apikey`, `iam-groups/group`. What stands before a slash is a service, and matters
 *   to policies only.
 * @returns an entity's type as OCSF knows it, or (99) in the vendor's own word.
 */
export function entityType(word: string): TypeOf {
  const plain = word.toLowerCase();
  const id = ENTITIES.get(plain) ?? ENTITIES.get(plain.slice(plain.lastIndexOf('/') + 1));
  return id === undefined ? { type_id: OTHER, type: word } : { type_id: id, type: ENTITY_TYPES[id] };
}

/** Captions of `auth_protocol_id`, of those that the sources have a word for. */
const AUTH_PROTOCOLS: ReadonlyMap<string, readonly [id: number, caption: string]> = new Map([
  ['SAML', [5, 'SAML']],
  ['LDAP', [12, 'LDAP']],
]);

/** @returns how somebody signed in, as OCSF knows it, or (99) in the vendor's own word. */
export function authProtocol(word: string): { auth_protocol_id: number; auth_protocol: string } {
  const [id, caption] = AUTH_PROTOCOLS.get(word.toUpperCase()) ?? [OTHER, word];
  return { auth_protocol_id: id, auth_protocol: caption };
}

/** An API key, by its id. */
export function apiKey(uid: string): { uid: string; type: string } {
  return { uid, type: 'API Key' };
}
