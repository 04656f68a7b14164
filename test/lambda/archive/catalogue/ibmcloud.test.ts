import { expect, test } from 'vitest';
import { CATALOGUE, lookUp } from '../../../../lambda/archive/catalogue/catalogue.ts';

/** All actions of IBM Cloud's page "Activity tracking events for account management", of its tables and its examples. */
const DOCUMENTED = `
  billing.account.create billing.account.update billing.account.active billing.account-subscription.create
  billing.account-summary.read billing.account-summary.download billing.account-usage-report.read
  billing.account-instances-usage-report.download billing.enterprise-usage-report.read
  billing.enterprise-usage-report.download billing.enterprise-instances-usage-report.download
  iam-identity.accountsettings.update iam-groups.account-settings.update billing.account-traits.update
  billing.account-mfa.set-on billing.account-mfa.set-off billing.account-org.create
  global-search-tagging.tag.create global-search-tagging.tag.delete global-search-tagging.tags.delete
  kms.tag.attach cloud-object-storage.tag.detach
  user-management.user.invite user-management.user.resend-invite user-management.cloud-user.list
  user-management.user.read billing.user.active user-management.user.update user-management.user-realm.update
  user-management.user.delete user-management.user-setting.read user-management.user-setting.update
  user-management.user-invitation.accept
  carbon-calculator.carbon-emissions.list carbon-calculator.services.list carbon-calculator.locations.list
`
  .trim()
  .split(/\s+/);

test.each(DOCUMENTED)('%s is known', (action) => {
  expect(lookUp('ibmcloud', action)?.description).toMatch(/^[A-Z].*\.\)?$/);
});

test('no action is there twice', () => {
  const actions = CATALOGUE.ibmcloud.map(({ event }) => event);
  expect(new Set(actions).size).toBe(actions.length);
  expect(actions.length).toBeGreaterThan(100);
});

test('what only looks like a pattern is unknown', () => {
  expect(lookUp('ibmcloud', '.tag.attach')).toBeUndefined();
  expect(lookUp('ibmcloud', 'kms.tag.attached')).toBeUndefined();
  expect(lookUp('cloudone', 'kms.tag.attach')).toBeUndefined();
});
