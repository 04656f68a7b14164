import { describe, expect, test } from 'vitest';
import { AUDIT_SOURCES } from '../../../../contract/archive.ts';
import { OCSF_CLASSES } from '../../../../contract/ocsf.ts';
import { appDynamicsEvent } from '../../../../lambda/archive/catalogue/appdynamics.ts';
import { CATALOGUE, isKnown, lookUp } from '../../../../lambda/archive/catalogue/catalogue.ts';
import { toOcsf } from '../../../../lambda/archive/ocsf/to-ocsf.ts';
import { archived } from '../ocsf/records.ts';
import { captionsOf } from '../ocsf/validate.ts';
import { cataloguePage } from './catalogue-page.ts';

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Trend Cloud One documentation, "View events in the audit log". */
const CLOUD_ONE = words(`
  audit.account_created.v1 audit.account_updated.v1 audit.apiKey_created.v1 audit.apiKey_updated.v1
  audit.apiKey_deleted.v1 audit.invitation_created.v1 audit.invitation_updated.v1 audit.role_created.v1
  audit.role_updated.v1 audit.user_updated.v1 audit.user_deleted.v1 audit.user-signed-in.v1 audit.user-signed-out.v1`);

/** Splunk AppDynamics documentation, "Supported Audit Actions"; then those that controllers are seen to write besides. */
const ACTIONS = words(`
  ACCOUNT_REENABLED ACCOUNT_ROLE_ADD_PERMISSION ACCOUNT_ROLE_REMOVE_PERMISSION ACKNOWLEDGE_GDPR_DATA_PRIVACY
  ANOMALY_DETECTION_CONFIG_CHANGED FLOW_ICON_MOVED GROUP_ADD_ACCOUNT_ROLE GROUP_REMOVE_ACCOUNT_ROLE LDAP_CONFIG_CREATED
  LDAP_CONFIG_DELETED LDAP_CONFIG_UPDATED LOG_LEVEL_CHANGED LOGIN LOGIN_FAILED LOGOUT LOGOUT_FAILED OBJECT_CREATED
  OBJECT_DELETED OBJECT_UPDATED SAML_AUTHENTICATION_CONFIG_CREATED SAML_AUTHENTICATION_CONFIG_DELETED
  SAML_AUTHENTICATION_CONFIG_UPDATED USER_ADD_ACCOUNT_ROLE USER_ADD_TO_GROUP USER_EMAIL_CHANGED USER_PASSWORD_CHANGED
  USER_PASSWORD_RESET USER_PASSWORD_RESET_COMPLETED USER_REMOVE_ACCOUNT_ROLE USER_REMOVE_FROM_GROUP
  OBJECT_UPDATE APP_CONFIGURATION TOKEN_VALIDATION`);

/** Of "Entries Being Audited", those that would be missed first. */
const OBJECT_TYPES = words(`
  USER GROUP ACCOUNT ACCOUNT_ROLE APPLICATION APPLICATION_CONFIGURATION AGENT_CONFIGURATION BUSINESS_TRANSACTION
  BUSINESS_TRANSACTION_CONFIG DASHBOARD POLICY RULE EMAIL_ACTION HTTP_REQUEST_ACTION SCHEDULED_REPORT
  SERVICE_ENDPOINT_DEFINITION EUM_CONFIGURATION GLOBAL_CONFIGURATION NOTIFICATION_CONFIG WORKFLOW ANALYTICS_API_KEY`);

describe('the catalogue', () => {
  test('knows every type of Cloud One, and no other', () => {
    expect(CATALOGUE.cloudone.map(({ event }) => event)).toEqual(CLOUD_ONE);
  });

  test('knows every action of AppDynamics, and every object that one may be done to', () => {
    const events = CATALOGUE.appdynamics.map(({ event }) => event);
    expect(events).toEqual(expect.arrayContaining(ACTIONS));
    for (const action of ['OBJECT_CREATED', 'OBJECT_UPDATED', 'OBJECT_UPDATE', 'OBJECT_DELETED']) {
      expect(events).toEqual(expect.arrayContaining(OBJECT_TYPES.map((type) => `${action} ${type}`)));
      expect(events.filter((event) => event.startsWith(`${action} `))).toHaveLength(66);
    }
  });

  test.each(AUDIT_SOURCES)('says of each event of %s what OCSF has a name for', (source) => {
    for (const { event, description, className, activityId } of CATALOGUE[source]) {
      expect(captionsOf(OCSF_CLASSES[className].uid, 'activity_id'), event).toHaveProperty([
        String(activityId),
      ]);
      expect(description, event).toMatch(/^[A-Z].*\.\)?$/);
    }
  });

  test.each(AUDIT_SOURCES)('says it once of each event of %s', (source) => {
    const events = CATALOGUE[source].map(({ event }) => event);
    expect(events).toEqual([...new Set(events)]);
  });

  test('is what docs/audit-catalogue.md says', async () => {
    await expect(cataloguePage()).toMatchFileSnapshot('../../../../docs/audit-catalogue.md');
  });
});

describe('what it does not know', () => {
  test('is undefined', () => {
    expect(lookUp('cloudone', 'audit.new.v1')).toBeUndefined();
    expect(lookUp('cloudone', 'LOGIN')).toBeUndefined();
    expect(lookUp('appdynamics', 'constructor')).toBeUndefined();
  });

  test.each([
    ['cloudone', { type: 'audit.user_deleted.v1' }, true],
    ['cloudone', { type: 'audit.user_deleted.v2' }, false],
    ['cloudone', {}, false],
    ['appdynamics', { action: 'LOGIN' }, true],
    ['appdynamics', { action: 'NEW' }, false],
    ['appdynamics', { action: 'OBJECT_CREATED' }, true],
    ['appdynamics', { action: 'OBJECT_CREATED', objectType: 'USER', objectId: 1 }, true],
    ['appdynamics', { action: 'OBJECT_CREATED', objectType: 'DASHBOARD', objectId: 1 }, true],
    ['appdynamics', { action: 'OBJECT_CREATED', objectType: 'NEW', objectId: 1 }, false],
    ['appdynamics', { action: 'APP_CONFIGURATION', objectType: 'NEW', objectId: 1 }, true],
  ] as const)('is counted by the event: %s %o', (source, record, known) => {
    expect(isKnown(toOcsf(archived(source, record)))).toBe(known);
  });

  test('leaves the type of an object out where the action says enough', () => {
    expect(appDynamicsEvent('LOGIN', 'USER')).toBe('LOGIN');
    expect(appDynamicsEvent('OBJECT_DELETED', 'USER')).toBe('OBJECT_DELETED USER');
  });
});
