/**
 * The audit actions of an AppDynamics controller. Source: Splunk AppDynamics documentation, "Supported Audit Actions"
 * (SaaS, 26.1); `OBJECT_UPDATE` and `APP_CONFIGURATION` from the examples of "Controller Audit Log"; `TOKEN_VALIDATION` as
 * controllers are seen to write it. The list is open.
 */
import { APPDYNAMICS_OBJECT_TYPES } from './appdynamics-objects.ts';
import { type CatalogueEntry, OTHER_ACTIVITY } from './entry.ts';

const entity = { className: 'entity_management' } as const;
const account = { className: 'account_change' } as const;
const group = { className: 'group_management' } as const;
const access = { className: 'user_access' } as const;
const authentication = { className: 'authentication' } as const;

const PERMITTED_MORE = 'Somebody is permitted more than before.';
const SIGN_IN_CHANGED = 'How users sign in was changed.';

/** Actions that say by themselves what was done. */
const ACTIONS: readonly CatalogueEntry[] = [
  { event: 'LOGIN', description: 'A user signed in.', ...authentication, activityId: 1 },
  {
    event: 'LOGIN_FAILED',
    description: 'A user could not sign in.',
    ...authentication,
    activityId: 1,
    attention: 'A sign-in failed.',
  },
  { event: 'LOGOUT', description: 'A user signed out.', ...authentication, activityId: 2 },
  { event: 'LOGOUT_FAILED', description: 'A user could not sign out.', ...authentication, activityId: 2 },
  {
    event: 'TOKEN_VALIDATION',
    description: 'An access token was checked.',
    ...authentication,
    activityId: OTHER_ACTIVITY,
    activityName: 'Token Validation',
  },
  {
    event: 'ACCOUNT_REENABLED',
    description: 'An account was enabled again.',
    ...entity,
    activityId: 8,
    attention: 'An account that was disabled can be used again.',
  },
  {
    event: 'ACCOUNT_ROLE_ADD_PERMISSION',
    description: 'A role was given a permission.',
    ...entity,
    activityId: 3,
    attention: PERMITTED_MORE,
  },
  {
    event: 'ACCOUNT_ROLE_REMOVE_PERMISSION',
    description: 'A permission was taken from a role.',
    ...entity,
    activityId: 3,
  },
  {
    event: 'ACKNOWLEDGE_GDPR_DATA_PRIVACY',
    description: 'The notice on data privacy was acknowledged.',
    className: 'api_activity',
    activityId: OTHER_ACTIVITY,
    activityName: 'Acknowledge',
  },
  {
    event: 'ANOMALY_DETECTION_CONFIG_CHANGED',
    description: 'The detection of anomalies was configured.',
    ...entity,
    activityId: 3,
  },
  {
    event: 'APP_CONFIGURATION',
    description: 'An application was configured.',
    ...entity,
    activityId: 3,
  },
  { event: 'FLOW_ICON_MOVED', description: 'An icon of a flow map was moved.', ...entity, activityId: 3 },
  {
    event: 'GROUP_ADD_ACCOUNT_ROLE',
    description: 'A group was given a role.',
    ...group,
    activityId: 1,
    attention: PERMITTED_MORE,
  },
  {
    event: 'GROUP_REMOVE_ACCOUNT_ROLE',
    description: 'A role was taken from a group.',
    ...group,
    activityId: 2,
  },
  ...configured('LDAP_CONFIG', 'The connection to an LDAP directory'),
  ...configured('SAML_AUTHENTICATION_CONFIG', 'Authentication by SAML'),
  { event: 'LOG_LEVEL_CHANGED', description: 'How much is logged was changed.', ...entity, activityId: 3 },
  {
    event: 'USER_ADD_ACCOUNT_ROLE',
    description: 'A user was given a role.',
    ...access,
    activityId: 1,
    attention: PERMITTED_MORE,
  },
  {
    event: 'USER_REMOVE_ACCOUNT_ROLE',
    description: 'A role was taken from a user.',
    ...access,
    activityId: 2,
  },
  {
    event: 'USER_ADD_TO_GROUP',
    description: 'A user was added to a group.',
    ...group,
    activityId: 3,
    attention: PERMITTED_MORE,
  },
  {
    event: 'USER_REMOVE_FROM_GROUP',
    description: 'A user was removed from a group.',
    ...group,
    activityId: 4,
  },
  {
    event: 'USER_EMAIL_CHANGED',
    description: "A user's mail address was changed.",
    ...account,
    activityId: OTHER_ACTIVITY,
    activityName: 'Update',
    attention: "A user's mail address was changed: a new password may be sent to it.",
  },
  {
    event: 'USER_PASSWORD_CHANGED',
    description: "A user's password was changed.",
    ...account,
    activityId: 3,
  },
  {
    event: 'USER_PASSWORD_RESET',
    description: "A user's password was reset.",
    ...account,
    activityId: 4,
    attention: "A user's password was reset.",
  },
  {
    event: 'USER_PASSWORD_RESET_COMPLETED',
    description: 'A user has set a new password after a reset.',
    ...account,
    activityId: 4,
  },
];

function configured(prefix: string, what: string): CatalogueEntry[] {
  return [
    { event: `${prefix}_CREATED`, description: `${what} was set up.`, ...entity, activityId: 1 },
    { event: `${prefix}_UPDATED`, description: `${what} was changed.`, ...entity, activityId: 3 },
    { event: `${prefix}_DELETED`, description: `${what} was removed.`, ...entity, activityId: 4 },
  ].map((entry) => ({ ...entry, attention: SIGN_IN_CHANGED }));
}

interface ObjectAction {
  readonly action: string;
  readonly done: string;
  /** Of Entity Management. */
  readonly activityId: number;
  /** Of Account Change: what it is for users. */
  readonly ofUsers: Pick<CatalogueEntry, 'activityId' | 'activityName'>;
}

const updated = {
  done: 'changed',
  activityId: 3,
  ofUsers: { activityId: OTHER_ACTIVITY, activityName: 'Update' },
};

/** Actions that need the type of the object to say what was done. */
const OBJECT_ACTIONS: readonly ObjectAction[] = [
  { action: 'OBJECT_CREATED', done: 'created', activityId: 1, ofUsers: { activityId: 1 } },
  { action: 'OBJECT_UPDATED', ...updated },
  { action: 'OBJECT_UPDATE', ...updated },
  { action: 'OBJECT_DELETED', done: 'deleted', activityId: 4, ofUsers: { activityId: 6 } },
];

const MADE_OR_CHANGED = new Set(['OBJECT_CREATED', 'OBJECT_UPDATED', 'OBJECT_UPDATE']);

/** Types of objects that an attacker would make or change, and why. */
const ATTENTION: Readonly<Record<string, string>> = {
  ACCOUNT: 'The account itself was changed.',
  ACCOUNT_ROLE: 'A role was changed: look at what it permits.',
  ACTION_SUPPRESSION_WINDOW: 'Alerts may be suppressed.',
  ANALYTICS_API_KEY: 'An API key was created or changed: whoever has it can act without signing in.',
  GLOBAL_CONFIGURATION: 'The global configuration was changed.',
  HTTP_REQUEST_ACTION: 'Data may be sent elsewhere.',
  RUN_LOCAL_SCRIPT_ACTION: 'A script may be run on nodes.',
  USER: 'A user was created or changed.',
};

/** Types of objects whose deletion blinds somebody. */
const ATTENTION_WHEN_DELETED: Readonly<Record<string, string>> = {
  NOTIFICATION_CONFIG: 'Nobody may be notified any more.',
  POLICY: 'A policy is gone: its actions are not taken any more.',
  RULE: 'A health rule is gone: its violations are not noticed any more.',
};

/** `OBJECT_CREATED DASHBOARD`: what an action that is done to objects is called in the catalogue, with the type of the object. */
export function appDynamicsEvent(action: string, objectType: string | undefined): string {
  const needsType = objectType !== undefined && OBJECT_ACTIONS.some(({ action: each }) => each === action);
  return needsType ? `${action} ${objectType}` : action;
}

export const APPDYNAMICS_CATALOGUE: readonly CatalogueEntry[] = [
  ...ACTIONS,
  ...OBJECT_ACTIONS.flatMap(({ action, done, activityId, ofUsers }) => [
    { event: action, description: `Something was ${done}.`, ...entity, activityId },
    ...Object.entries(APPDYNAMICS_OBJECT_TYPES).map(([type, words]): CatalogueEntry => {
      const attention = (MADE_OR_CHANGED.has(action) ? ATTENTION : ATTENTION_WHEN_DELETED)[type];
      return {
        event: appDynamicsEvent(action, type),
        description: `${words.charAt(0).toUpperCase()}${words.slice(1)} was ${done}.`,
        ...(type === 'USER' ? { ...account, ...ofUsers } : { ...entity, activityId }),
        ...(attention === undefined ? {} : { attention }),
      };
    }),
  ]),
];
