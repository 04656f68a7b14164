/**
 * The events of Trend Cloud One's audit log. Source of the types: Trend Cloud One documentation, "View events in the
 * audit log", which lists them all.
 */
import { type CatalogueEntry, OTHER_ACTIVITY } from './entry.ts';

export const CLOUD_ONE_CATALOGUE: readonly CatalogueEntry[] = [
  {
    event: 'audit.account_created.v1',
    description: 'A Cloud One account was created.',
    className: 'entity_management',
    activityId: 1,
  },
  {
    event: 'audit.account_updated.v1',
    description: 'The settings of a Cloud One account were changed.',
    className: 'entity_management',
    activityId: 3,
  },
  {
    event: 'audit.apiKey_created.v1',
    description: 'An API key was created.',
    className: 'entity_management',
    activityId: 1,
    attention: 'An API key was created: whoever has it can act without signing in.',
  },
  {
    event: 'audit.apiKey_updated.v1',
    description: 'An API key was changed: its role, its expiry, or whether it may be used.',
    className: 'entity_management',
    activityId: 3,
    attention: 'An API key was changed: it may have been given another role, or been switched on again.',
  },
  {
    event: 'audit.apiKey_deleted.v1',
    description: 'An API key was deleted.',
    className: 'entity_management',
    activityId: 4,
  },
  {
    event: 'audit.invitation_created.v1',
    description: 'Somebody was invited to a Cloud One account.',
    className: 'account_change',
    activityId: 1,
    attention: 'Somebody was invited to the account.',
  },
  {
    event: 'audit.invitation_updated.v1',
    description: 'An invitation to a Cloud One account was changed, such as by being accepted.',
    className: 'account_change',
    activityId: OTHER_ACTIVITY,
    activityName: 'Update',
  },
  {
    event: 'audit.role_created.v1',
    description: 'A role was created.',
    className: 'entity_management',
    activityId: 1,
    attention: 'A role was created: look at what it permits.',
  },
  {
    event: 'audit.role_updated.v1',
    description: 'A role was changed: what it permits, or how it is called.',
    className: 'entity_management',
    activityId: 3,
    attention: 'A role was changed: everybody who has it may be permitted more than before.',
  },
  {
    event: 'audit.user_updated.v1',
    description:
      'A user of a Cloud One account was changed: the role, the state, or multifactor authentication.',
    className: 'account_change',
    activityId: OTHER_ACTIVITY,
    activityName: 'Update',
    attention: 'A user was changed: the role may be another one, or multifactor authentication off.',
  },
  {
    event: 'audit.user_deleted.v1',
    description: 'A user was removed from a Cloud One account.',
    className: 'account_change',
    activityId: 6,
  },
  {
    event: 'audit.user-signed-in.v1',
    description: 'A user signed in: an authentication token was created.',
    className: 'authentication',
    activityId: 1,
  },
  {
    event: 'audit.user-signed-out.v1',
    description:
      'A user signed out, changed to another account, or was signed out after a time: an authentication token was revoked.',
    className: 'authentication',
    activityId: 2,
  },
];
