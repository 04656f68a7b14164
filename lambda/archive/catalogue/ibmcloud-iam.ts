/**
 * The activity tracking events of IBM Cloud's identity and access management. Source of the actions: IBM Cloud documentation,
 * "Activity tracking events for IAM". Whatever is only read is API Activity, as it is in account management. Failed log-ins are not among them, it says, for a failed one belongs to no account.
 */
import { type CatalogueEntry, OTHER_ACTIVITY } from './entry.ts';
import { IBM_CLOUD_TEMPLATES } from './ibmcloud-templates.ts';

const GROUPS: readonly CatalogueEntry[] = [
  {
    event: 'iam-groups.account-settings.read',
    description: 'The account settings of access groups were read.',
    className: 'api_activity',
    activityId: 2,
  },
  {
    event: 'iam-groups.group.create',
    description: 'An access group was created.',
    className: 'group_management',
    activityId: 6,
  },
  {
    event: 'iam-groups.group.read',
    description: 'An access group was read.',
    className: 'api_activity',
    activityId: 2,
  },
  {
    event: 'iam-groups.group.update',
    description: 'The name or description of an access group was changed.',
    className: 'group_management',
    activityId: OTHER_ACTIVITY,
    activityName: 'Update',
  },
  {
    event: 'iam-groups.group.delete',
    description: 'An access group was deleted.',
    className: 'group_management',
    activityId: 5,
  },
  {
    event: 'iam-groups.groups.list',
    description: 'The access groups were listed.',
    className: 'api_activity',
    activityId: 2,
  },
  {
    event: 'iam-groups.member.add',
    description: 'A member was added to an access group.',
    className: 'group_management',
    activityId: 3,
    attention: 'Somebody was added to an access group, and has its access.',
  },
  {
    event: 'iam-groups.member.update',
    description: 'The membership of an access group was changed.',
    className: 'group_management',
    activityId: OTHER_ACTIVITY,
    activityName: 'Update Member',
  },
  {
    event: 'iam-groups.member.delete',
    description: 'A member was removed from an access group.',
    className: 'group_management',
    activityId: 4,
  },
  {
    event: 'iam-groups.member.read',
    description: 'Whether somebody is a member of an access group was read.',
    className: 'api_activity',
    activityId: 2,
  },
  {
    event: 'iam-groups.members.list',
    description: 'The members of an access group were listed.',
    className: 'api_activity',
    activityId: 2,
  },
  {
    event: 'iam-groups.federated-member.add',
    description: 'A federated user signed in, and became a member of an access group by its rules.',
    className: 'group_management',
    activityId: 3,
  },
  {
    event: 'iam-groups.federated-member.delete',
    description: 'A federated user is no longer a member of an access group.',
    className: 'group_management',
    activityId: 4,
  },
  {
    event: 'iam-groups.rule.create',
    description: 'A rule that makes federated users members was added to an access group.',
    className: 'group_management',
    activityId: OTHER_ACTIVITY,
    activityName: 'Create Rule',
    attention: 'A rule was added that makes federated users members of an access group.',
  },
  {
    event: 'iam-groups.rule.read',
    description: 'A rule of an access group was read.',
    className: 'api_activity',
    activityId: 2,
  },
  {
    event: 'iam-groups.rule.update',
    description: 'A rule of an access group was changed.',
    className: 'group_management',
    activityId: OTHER_ACTIVITY,
    activityName: 'Update Rule',
  },
  {
    event: 'iam-groups.rule.delete',
    description: 'A rule was removed from an access group.',
    className: 'group_management',
    activityId: OTHER_ACTIVITY,
    activityName: 'Delete Rule',
  },
  {
    event: 'iam-groups.rules.list',
    description: 'The rules of an access group were listed.',
    className: 'api_activity',
    activityId: 2,
  },
];

const IDENTITIES: readonly CatalogueEntry[] = [
  {
    event: 'iam-identity.account-profile.create',
    description: 'A trusted profile was created.',
    className: 'entity_management',
    activityId: 1,
    attention: 'A trusted profile was created: look at whom it trusts.',
  },
  {
    event: 'iam-identity.account-profile.update',
    description: 'A trusted profile was changed.',
    className: 'entity_management',
    activityId: 3,
  },
  {
    event: 'iam-identity.account-profile.delete',
    description: 'A trusted profile was deleted.',
    className: 'entity_management',
    activityId: 4,
  },
  {
    event: 'iam-identity.account-serviceid.create',
    description: 'A service id was created.',
    className: 'entity_management',
    activityId: 1,
    attention: 'A service id was created: it can act without anybody signing in.',
  },
  {
    event: 'iam-identity.account-serviceid.update',
    description: 'A service id was renamed, described, locked or unlocked.',
    className: 'entity_management',
    activityId: 3,
  },
  {
    event: 'iam-identity.account-serviceid.delete',
    description: 'A service id was deleted.',
    className: 'entity_management',
    activityId: 4,
  },
  {
    event: 'iam-identity.user-apikey.create',
    description: 'An API key of a user was created.',
    className: 'entity_management',
    activityId: 1,
    attention: 'An API key was created: whoever has it can act without signing in.',
  },
  {
    event: 'iam-identity.user-apikey.update',
    description: 'An API key of a user was renamed, described, locked or unlocked.',
    className: 'entity_management',
    activityId: 3,
  },
  {
    event: 'iam-identity.user-apikey.delete',
    description: 'An API key of a user was deleted.',
    className: 'entity_management',
    activityId: 4,
  },
  {
    event: 'iam-identity.serviceid-apikey.create',
    description: 'An API key of a service id was created.',
    className: 'entity_management',
    activityId: 1,
    attention: 'An API key was created: whoever has it can act without signing in.',
  },
  {
    event: 'iam-identity.serviceid-apikey.update',
    description: 'An API key of a service id was renamed, described, locked or unlocked.',
    className: 'entity_management',
    activityId: 3,
  },
  {
    event: 'iam-identity.serviceid-apikey.delete',
    description: 'An API key of a service id was deleted.',
    className: 'entity_management',
    activityId: 4,
  },
  {
    event: 'iam-identity.account-apikey.update',
    description: 'An API key of the account was renamed, described, locked or unlocked.',
    className: 'entity_management',
    activityId: 3,
  },
];

const LOGINS: readonly CatalogueEntry[] = [
  {
    event: 'iam-identity.user-apikey.login',
    description: 'A user logged in with an API key.',
    className: 'authentication',
    activityId: 1,
  },
  {
    event: 'iam-identity.serviceid-apikey.login',
    description: 'A service id logged in with its API key.',
    className: 'authentication',
    activityId: 1,
  },
  {
    event: 'iam-identity.user-identitycookie.login',
    description: 'An identity cookie was asked for, to run an action.',
    className: 'authentication',
    activityId: 1,
  },
  {
    event: 'iam-identity.user-refreshtoken.login',
    description: 'A user logged in, or, logged in already, asked for a new refresh token.',
    className: 'authentication',
    activityId: 1,
  },
  {
    event: 'iam-identity.user-passcode.login',
    description: 'A user logged in with a one-time passcode, or by a trusted profile.',
    className: 'authentication',
    activityId: 1,
  },
  {
    event: 'iam-identity.trustedprofile-apikey.login',
    description:
      'A user logged in by a trusted profile, or, logged in so already, asked for a new refresh token.',
    className: 'authentication',
    activityId: 1,
  },
  {
    event: 'iam-identity.user.logout',
    description: 'A user logged out.',
    className: 'authentication',
    activityId: 2,
  },
];

/** Of policies that name no user the mapping makes Entity Management. */
const POLICIES: readonly CatalogueEntry[] = [
  {
    event: 'iam-am.policy.create',
    description: 'An access policy was given to a user, a service id or an access group.',
    className: 'user_access',
    activityId: 1,
    attention: 'Access was given: look at to whom, and to what.',
  },
  {
    event: 'iam-am.policy.update',
    description: 'The access policy of a user, a service id or an access group was changed.',
    className: 'user_access',
    activityId: OTHER_ACTIVITY,
    activityName: 'Update Privileges',
    attention: 'Access was changed: look at whose, and to what.',
  },
  {
    event: 'iam-am.policy.delete',
    description: 'The access policy of a user, a service id or an access group was deleted.',
    className: 'user_access',
    activityId: 2,
  },
];

export const IBM_CLOUD_IAM: readonly CatalogueEntry[] = [
  ...GROUPS,
  ...IDENTITIES,
  ...LOGINS,
  ...POLICIES,
  ...IBM_CLOUD_TEMPLATES,
];
