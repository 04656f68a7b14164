/**
 * Events as an AppDynamics controller's audit history has them. Actions and object types: Splunk AppDynamics documentation,
 * "Supported Audit Actions" and "Entries Being Audited"; those of "Controller Audit Log" that its examples show beside them
 * (`OBJECT_UPDATE`, `APP_CONFIGURATION`, `TOKEN_VALIDATION`). Assumed: what `changes` looks like.
 */
import { burstLeader, type History, historyOf, type Span } from './history.ts';
import { PEOPLE } from './people.ts';
import { at, Random } from './random.ts';

export const APPDYNAMICS_ACTIONS: readonly string[] = [
  'LOGIN',
  'LOGIN_FAILED',
  'LOGOUT',
  'LOGOUT_FAILED',
  'TOKEN_VALIDATION',
  'OBJECT_CREATED',
  'OBJECT_UPDATED',
  'OBJECT_UPDATE',
  'OBJECT_DELETED',
  'APP_CONFIGURATION',
  'ACCOUNT_REENABLED',
  'ACCOUNT_ROLE_ADD_PERMISSION',
  'ACCOUNT_ROLE_REMOVE_PERMISSION',
  'ACKNOWLEDGE_GDPR_DATA_PRIVACY',
  'ANOMALY_DETECTION_CONFIG_CHANGED',
  'FLOW_ICON_MOVED',
  'GROUP_ADD_ACCOUNT_ROLE',
  'GROUP_REMOVE_ACCOUNT_ROLE',
  'LDAP_CONFIG_CREATED',
  'LDAP_CONFIG_DELETED',
  'LDAP_CONFIG_UPDATED',
  'LOG_LEVEL_CHANGED',
  'SAML_AUTHENTICATION_CONFIG_CREATED',
  'SAML_AUTHENTICATION_CONFIG_DELETED',
  'SAML_AUTHENTICATION_CONFIG_UPDATED',
  'USER_ADD_ACCOUNT_ROLE',
  'USER_ADD_TO_GROUP',
  'USER_EMAIL_CHANGED',
  'USER_PASSWORD_CHANGED',
  'USER_PASSWORD_RESET',
  'USER_PASSWORD_RESET_COMPLETED',
  'USER_REMOVE_ACCOUNT_ROLE',
  'USER_REMOVE_FROM_GROUP',
];

/** What the `OBJECT_` actions are done to, in turn. */
const OBJECT_TYPES = `
  ACCOUNT ACCOUNT_ROLE ACTION_SUPPRESSION_WINDOW AGENT_CONFIGURATION ANALYTICS_AGENT_SCOPE ANALYTICS_API_KEY
  ANALYTICS_BUSINESS_JOURNEY ANALYTICS_LOG_SOURCE ANALYTICS_METRIC ANALYTICS_SAVED_SEARCH APPLICATION APPLICATION_COMPONENT
  APPLICATION_COMPONENT_NODE APPLICATION_CONFIGURATION BACKEND_DISCOVERY_CONFIG BUSINESS_TRANSACTION
  BUSINESS_TRANSACTION_CONFIG BUSINESS_TRANSACTION_GROUP CALL_GRAPH_CONFIGURATION CUSTOM_ACTION CUSTOM_EXIT_POINT_DEFINITION
  CUSTOM_MATCH_POINT_DEFINITION DASHBOARD DIAGNOSTIC_SESSION_ACTION EMAIL_ACTION ERROR_CONFIGURATION EUM_CONFIGURATION
  GLOBAL_CONFIGURATION GROUP HTTP_REQUEST_ACTION INFO_POINT JIRA_ACTION JMX_CONFIG MEMORY_CONFIGURATION METRIC_BASELINE
  MOBILE_APPLICATION NOTIFICATION_CONFIG OBJECT_INSTANCE_TRACKING POLICY RULE RUN_LOCAL_SCRIPT_ACTION SCHEDULED_REPORT
  SERVICE_ENDPOINT_DEFINITION SERVICE_ENDPOINT_MATCH_CONFIG SMS_ACTION SQL_DATA_GATHERER_CONFIG THREAD_DUMP_ACTION
  TRANSACTION_MATCH_POINT_CONFIG USER WORKFLOW`
  .trim()
  .split(/\s+/);

/** Of a controller's own events (`TOKEN_VALIDATION`), nobody is the author. */
const WITHOUT_USER = new Set(['TOKEN_VALIDATION', 'LOGOUT_FAILED']);

interface Target {
  readonly objectType?: string;
  readonly objectId?: number;
  readonly objectName?: string;
  readonly applicationName?: string;
  readonly changes?: readonly object[];
}

/**
 * Every action in turn, and as many log-ins between them. Of three events in one millisecond, two are equal to the
 * character: the controller gives its events no id.
 */
export function appDynamicsHistory(span: Span, accountName: string): History {
  return historyOf(span, (timeStamp, index, own) => {
    const isTwin = index === burstLeader(index) + 1;
    const number = isTwin ? index - 1 : index;
    const random = isTwin ? new Random(span.seed, number) : own;
    const action = number % 2 === 0 ? at(APPDYNAMICS_ACTIONS, number / 2) : 'LOGIN';
    const nobody = WITHOUT_USER.has(action);
    return JSON.stringify({
      timeStamp,
      auditDateTime: new Date(timeStamp).toISOString().replace('Z', '+0000'),
      accountName,
      securityProviderType: nobody ? null : random.pick(['INTERNAL', 'SAML', 'LDAP']),
      userName: nobody ? null : random.pick(PEOPLE).name,
      action,
      ...targetOf(action, number, random),
      ...(action === 'TOKEN_VALIDATION' && { apiKeyId: 7, apiKeyName: 'audit collector' }),
    });
  });
}

function targetOf(action: string, index: number, random: Random): Target {
  if (/^(?:LOG(?:IN|OUT)|TOKEN_)/.test(action)) {
    return random.chance(0.5) ? { objectId: 0 } : {};
  }
  const objectType = typeOf(action, index);
  const applicationName = random.pick(['ACME Book Store Application', '決済', 'ACME']);
  return {
    objectType,
    objectId: random.below(10_000),
    objectName: objectType === 'USER' ? random.pick(PEOPLE).name : `${objectType} "${random.hex(4)}"`,
    ...(objectType.includes('APPLICATION') && { applicationName }),
    ...(random.chance(0.8) && { changes: changesOf(action, random) }),
  };
}

function typeOf(action: string, index: number): string {
  if (action.startsWith('OBJECT_')) return at(OBJECT_TYPES, Math.floor(index / 2));
  if (action.startsWith('USER_')) return 'USER';
  if (action.startsWith('GROUP_')) return 'GROUP';
  if (action.startsWith('ACCOUNT_ROLE_')) return 'ACCOUNT_ROLE';
  return action === 'APP_CONFIGURATION' ? 'APPLICATION' : 'GLOBAL_CONFIGURATION';
}

function changesOf(action: string, random: Random): readonly object[] {
  if (/(?:DELETED|REMOVE_)/.test(action)) return [];
  const enabled = random.chance(0.5);
  return [
    { field: 'enabled', oldValue: !enabled, newValue: enabled },
    { field: 'name', oldValue: null, newValue: `name ${random.hex(6)}\nsecond line` },
  ];
}
