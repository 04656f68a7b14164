import { expect, test } from 'vitest';
import { auditRow } from '../../../../contract/audit-columns.ts';
import { toOcsf } from '../../../../lambda/archive/ocsf/to-ocsf.ts';
import { ACCOUNT, archived, urn } from './records.ts';
import { faultsOf } from './validate.ts';

/** What a list, a query and a report tell of it. */
function told(type: string, details: object, more: object = {}) {
  const event = toOcsf(
    archived('cloudone', { type: `audit.${type}.v1`, accountID: ACCOUNT, details, ...more }),
  );
  expect(faultsOf(event)).toEqual([]);
  const { attention, severity } = auditRow(event);
  return { attention, severity };
}

const OWNER_INVITED = { attention: 'An owner was invited.', severity: 'High' };
const ANYBODY_INVITED = { attention: 'Somebody was invited to the account.', severity: 'Medium' };

test.each([
  { roleID: 'owner' },
  { role: 'Account Owner' },
  { roleURN: urn('role', 'owner') },
  { role_name: 'owners' },
  { roles: ['read-only', urn('role', 'owner')] },
  { Roles: [{ id: 'r-1', name: 'Owner' }] },
  { role: { urn: urn('role', 'owner') } },
  { roleIDs: ['full-access', 'owner'] },
])('an owner is invited, however it is told: %j', (details) => {
  expect(told('invitation_created', { email: 'new@example.com', ...details })).toEqual(OWNER_INVITED);
});

test.each(['full-access', 'Full Access', 'fullAccess', 'full_access', urn('role', 'full-access')])(
  'so is somebody with full access: %s',
  (roleID) => {
    expect(told('invitation_created', { roleID })).toEqual({
      attention: 'Somebody with full access was invited.',
      severity: 'High',
    });
  },
);

test.each([
  {},
  { roleID: 'read-only' },
  { roleID: 'homeowner-portal' },
  { roleID: 'ownership-reader' },
  { roleID: 'urn:cloudone:identity:us-1:owner:role/read-only' },
  { roleID: null, roles: [7] },
  { invitedBy: 'owner' },
])('others are invited, and that is Medium: %j', (details) => {
  expect(told('invitation_created', details)).toEqual(ANYBODY_INVITED);
});

test('the invitation of an owner may have been accepted', () => {
  expect(told('invitation_updated', { roleID: 'owner', state: 'accepted' })).toEqual({
    attention: 'The invitation of an owner was changed: it may have been accepted.',
    severity: 'High',
  });
  expect(told('invitation_updated', { state: 'accepted' })).toEqual({
    attention: null,
    severity: 'Informational',
  });
});

test.each([
  { roleID: { old: 'read-only', new: 'owner' } },
  { roleID: { old: 'full-access', new: 'owner' } },
  { changes: [{ field: 'role', oldValue: null, newValue: 'owner' }] },
  { roleID: 'owner' },
])('a user becomes an owner: %j', (details) => {
  expect(told('user_updated', details)).toEqual({
    attention: "A user was given an owner's role.",
    severity: 'High',
  });
});

test.each([
  { roleID: { old: 'owner', new: 'read-only' } },
  { roleID: { old: 'owner', new: 'full-access' } },
  { roleID: { old: 'owner', new: urn('role', 'owner') } },
  { roleID: 'owner', locale: { old: 'en', new: 'ja' } },
  { nickname: { old: 'x', new: 'owner' } },
])('a user does not become an owner: %j', (details) => {
  expect(told('user_updated', details)).toMatchObject({
    attention: expect.stringMatching(/^A user was changed/),
    severity: 'Medium',
  });
});

test('an API key may do everything', () => {
  expect(told('apiKey_created', { roleID: 'full-access' })).toEqual({
    attention:
      'An API key with full access was created: whoever has it can do everything without signing in.',
    severity: 'High',
  });
  expect(told('apiKey_updated', { roleID: { old: 'read-only', new: 'owner' } })).toEqual({
    attention: 'An API key was made one of an owner: whoever has it can do everything without signing in.',
    severity: 'High',
  });
});

test('what failed was tried, and is no more than Medium', () => {
  expect(told('invitation_created', { roleID: 'owner' }, { outcome: 'failure' })).toEqual({
    attention: 'It failed, but it was tried. An owner was invited.',
    severity: 'Medium',
  });
});

test('nothing else gives a role', () => {
  expect(told('user-signed-in', { roleID: 'owner' })).toEqual({ attention: null, severity: 'Informational' });
  expect(told('user_deleted', { roleID: 'owner' })).toEqual({ attention: null, severity: 'Informational' });
});
