/**
 * The activity tracking events of IBM Cloud's account management. Source of the actions: IBM Cloud documentation, "Activity
 * tracking events for account management", all of its tables; the last ones of a table are from its examples.
 */
import { type CatalogueEntry, OTHER_ACTIVITY } from './entry.ts';
import { IBM_CLOUD_IAM } from './ibmcloud-iam.ts';

const ACCOUNTS: readonly CatalogueEntry[] = [
  {
    event: 'billing.account.create',
    description: 'An account was created and given its id.',
    className: 'entity_management',
    activityId: 1,
  },
  {
    event: 'billing.account.update',
    description: 'Information about the account was changed.',
    className: 'entity_management',
    activityId: 3,
  },
  {
    event: 'billing.account.active',
    description: 'The account was verified, and is active.',
    className: 'entity_management',
    activityId: 10,
  },
  {
    event: 'billing.account-subscription.create',
    description: 'A subscription account was created.',
    className: 'entity_management',
    activityId: 1,
  },
  {
    event: 'billing.account-org.create',
    description: 'A Cloud Foundry organization was added to the account.',
    className: 'entity_management',
    activityId: 1,
  },
];

const REPORTS: readonly CatalogueEntry[] = [
  {
    event: 'billing.account-summary.read',
    description: 'Somebody looked at the usage summary of the account.',
    className: 'api_activity',
    activityId: 2,
  },
  {
    event: 'billing.account-summary.download',
    description: 'The usage summary of the account was exported as CSV.',
    className: 'api_activity',
    activityId: 2,
  },
  {
    event: 'billing.account-usage-report.read',
    description: 'Somebody looked at usage of the account by time, resource group or instance.',
    className: 'api_activity',
    activityId: 2,
  },
  {
    event: 'billing.account-instances-usage-report.download',
    description: 'The usage of the account by instance was exported as CSV.',
    className: 'api_activity',
    activityId: 2,
  },
  {
    event: 'billing.enterprise-usage-report.read',
    description: 'Somebody looked at the usage summary of the enterprise.',
    className: 'api_activity',
    activityId: 2,
  },
  {
    event: 'billing.enterprise-usage-report.download',
    description: 'The usage summary of the enterprise was exported as CSV.',
    className: 'api_activity',
    activityId: 2,
  },
  {
    event: 'billing.enterprise-instances-usage-report.download',
    description: 'The usage of the enterprise by instance was exported as CSV.',
    className: 'api_activity',
    activityId: 2,
  },
  {
    event: 'carbon-calculator.carbon-emissions.list',
    description: 'The carbon emissions of an account were asked for.',
    className: 'api_activity',
    activityId: 2,
  },
  {
    event: 'carbon-calculator.services.list',
    description: 'The services of which carbon emissions are known were asked for.',
    className: 'api_activity',
    activityId: 2,
  },
  {
    event: 'carbon-calculator.locations.list',
    description: 'The locations of which carbon emissions are known were asked for.',
    className: 'api_activity',
    activityId: 2,
  },
];

/** What of a setting is to be looked at first depends on its values; see ibmcloud-changes.ts. */
const SETTINGS: readonly CatalogueEntry[] = [
  {
    event: 'iam-identity.accountsettings.update',
    description:
      'An account setting was changed: multifactor authentication, who may create API keys and service ids, or from which addresses the account may be used.',
    className: 'entity_management',
    activityId: 3,
  },
  {
    event: 'iam-groups.account-settings.update',
    description: 'The account setting for the public access group was changed.',
    className: 'entity_management',
    activityId: 3,
  },
  {
    event: 'billing.account-traits.update',
    description:
      'The account setting for the visibility of the user list was changed; earlier (deprecated), that for multifactor authentication, too.',
    className: 'entity_management',
    activityId: 3,
  },
  {
    event: 'billing.account-mfa.set-on',
    description: 'Multifactor authentication was switched on for the account. (Deprecated.)',
    className: 'entity_management',
    activityId: 8,
  },
  {
    event: 'billing.account-mfa.set-off',
    description: 'Multifactor authentication was switched off for the account. (Deprecated.)',
    className: 'entity_management',
    activityId: 9,
    attention: 'Multifactor authentication was switched off for the account.',
  },
];

const TAGS: readonly CatalogueEntry[] = [
  {
    event: 'global-search-tagging.tag.create',
    description: 'A tag was created: one of users, of access management, or of a service.',
    className: 'api_activity',
    activityId: 1,
  },
  {
    event: 'global-search-tagging.tag.delete',
    description: 'A tag was deleted.',
    className: 'api_activity',
    activityId: 4,
  },
  {
    event: 'global-search-tagging.tags.delete',
    description: 'All tags that no resource has were deleted.',
    className: 'api_activity',
    activityId: 4,
  },
];

const USERS: readonly CatalogueEntry[] = [
  {
    event: 'user-management.user.invite',
    description: 'A user was invited to the account.',
    className: 'account_change',
    activityId: 1,
    attention: 'A user was invited to the account.',
  },
  {
    event: 'user-management.user.resend-invite',
    description: 'The invitation of a user was sent again.',
    className: 'account_change',
    activityId: OTHER_ACTIVITY,
    activityName: 'Resend Invitation',
  },
  {
    event: 'user-management.user-invitation.accept',
    description: 'A user accepted the invitation to the account.',
    className: 'account_change',
    activityId: OTHER_ACTIVITY,
    activityName: 'Accept Invitation',
  },
  {
    event: 'user-management.cloud-user.list',
    description: 'The users of the account were listed.',
    className: 'api_activity',
    activityId: 2,
  },
  {
    event: 'user-management.user.read',
    description: 'Information about a user was read.',
    className: 'api_activity',
    activityId: 2,
  },
  {
    event: 'billing.user.active',
    description: 'An invited user verified the e-mail address, and is active.',
    className: 'account_change',
    activityId: 2,
  },
  {
    event: 'user-management.user.create',
    description: 'A user was added to the account.',
    className: 'account_change',
    activityId: 1,
    attention: 'A user was added to the account.',
  },
  {
    event: 'user-management.user.update',
    description: 'Properties or the log-in configuration of a user were changed.',
    className: 'account_change',
    activityId: OTHER_ACTIVITY,
    activityName: 'Update',
  },
  {
    event: 'user-management.user-realm.update',
    description: 'The IBMid of a user was changed.',
    className: 'account_change',
    activityId: OTHER_ACTIVITY,
    activityName: 'Update',
    attention: 'The IBMid of a user was changed: another identity may now have the access of the former one.',
  },
  {
    event: 'user-management.user.delete',
    description: 'A user was removed from the account.',
    className: 'account_change',
    activityId: 6,
  },
  {
    event: 'user-management.user-setting.read',
    description: 'The log-in settings of a user were read.',
    className: 'api_activity',
    activityId: 2,
  },
  {
    event: 'user-management.user-setting.update',
    description:
      'The log-in settings of a user were changed: one-time passcodes, security questions, self-management, or allowed addresses.',
    className: 'account_change',
    activityId: OTHER_ACTIVITY,
    activityName: 'Update',
  },
];

/** Of any service: its name stands before these. */
const OF_EVERY_SERVICE: readonly (CatalogueEntry & { readonly ending: string })[] = [
  {
    ending: '.tag.attach',
    event: '<service-name>.tag.attach',
    description: 'A tag was attached to a resource; of access management, it may give somebody access.',
    className: 'api_activity',
    activityId: 3,
  },
  {
    ending: '.tag.detach',
    event: '<service-name>.tag.detach',
    description: 'A tag was detached from a resource.',
    className: 'api_activity',
    activityId: 3,
  },
];

export const IBM_CLOUD_CATALOGUE: readonly CatalogueEntry[] = [
  ...ACCOUNTS,
  ...REPORTS,
  ...SETTINGS,
  ...TAGS,
  ...OF_EVERY_SERVICE.map(({ ending: _, ...entry }) => entry),
  ...USERS,
  ...IBM_CLOUD_IAM,
];

/** The entry of an action that any service may have, such as `cloud-object-storage.tag.attach`. */
export function ofEveryService(action: string): CatalogueEntry | undefined {
  return OF_EVERY_SERVICE.find(({ ending }) => action.length > ending.length && action.endsWith(ending));
}

/** Whether it is a report of usage, of which there may be none for the time that is asked for. */
export function isUsageReport(action: string): boolean {
  return REPORTS.some(({ event }) => event === action);
}
