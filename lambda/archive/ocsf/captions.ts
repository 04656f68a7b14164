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

/** Captions of a user's `type_id`. */
const USER_TYPES = { 1: 'User', 2: 'Admin', 3: 'System', 4: 'Service' } as const;

/** @returns a user's type as OCSF knows it, or (99) in the vendor's own word. */
export function userType(type: keyof typeof USER_TYPES | string): { type_id: number; type: string } {
  return typeof type === 'number' ? { type_id: type, type: USER_TYPES[type] } : { type_id: OTHER, type };
}
