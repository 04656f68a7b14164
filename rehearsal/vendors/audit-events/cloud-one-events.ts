/**
 * Events as Trend Cloud One's audit log has them. The types are those of its documentation, "View events in the audit log",
 * as is what a record tells. Assumed: the JSON names beyond `principalURN`, and all that stands in the details.
 */
import { type History, historyOf, type Span } from './history.ts';
import { address, PEOPLE, type Person } from './people.ts';
import { at, type Random } from './random.ts';

interface Kind {
  readonly type: string;
  readonly event: string;
  /** The kind of object in the principal's URN; absent where the event has no principal. */
  readonly principal?: 'user' | 'apikey' | 'invitation' | 'role' | 'account';
  readonly details: (random: Random, person: Person) => unknown;
}

const kinds: readonly Kind[] = [
  {
    type: 'audit.account_created.v1',
    event: 'Account created',
    principal: 'account',
    details: (random) => ({ alias: `account-${random.hex(4)}`, region: 'us-1' }),
  },
  {
    type: 'audit.account_updated.v1',
    event: 'Account updated',
    principal: 'account',
    details: (random) => ({ alias: { old: 'production', new: `production-${random.hex(4)}` } }),
  },
  {
    type: 'audit.apiKey_created.v1',
    event: 'ApiKey created',
    principal: 'apikey',
    details: (random) => ({
      alias: random.pick(['ci', 'audit', '監査']),
      roleID: 'full-access',
      enabled: true,
    }),
  },
  {
    type: 'audit.apiKey_updated.v1',
    event: 'ApiKey updated',
    principal: 'apikey',
    details: (random) => ({ enabled: random.chance(0.5) }),
  },
  { type: 'audit.apiKey_deleted.v1', event: 'ApiKey deleted', principal: 'apikey', details: () => undefined },
  {
    type: 'audit.invitation_created.v1',
    event: 'Invitation created',
    principal: 'invitation',
    details: (random, person) => ({
      email: person.email,
      roleID: random.pick(['full-access', 'read-only', 'owner']),
    }),
  },
  {
    type: 'audit.invitation_updated.v1',
    event: 'Invitation updated',
    principal: 'invitation',
    details: (_random, person) => ({ email: person.email, state: 'accepted' }),
  },
  {
    type: 'audit.role_created.v1',
    event: 'Role created',
    principal: 'role',
    details: (random) => ({ name: `role-${random.hex(4)}`, statements: [{ actions: ['*'] }] }),
  },
  {
    type: 'audit.role_updated.v1',
    event: 'Role updated',
    principal: 'role',
    details: () => ({ description: 'Reads, and writes "nothing".' }),
  },
  {
    type: 'audit.user_updated.v1',
    event: 'User updated',
    principal: 'user',
    details: (random) => ({ mfaEnabled: random.chance(0.5), locale: random.pick(['en', 'ja']) }),
  },
  { type: 'audit.user_deleted.v1', event: 'User deleted', details: () => ({ reason: 'Left the company' }) },
  {
    type: 'audit.user-signed-in.v1',
    event: 'User signed in',
    principal: 'user',
    details: (random, person) => ({ email: person.email, sourceIPAddress: address(random) }),
  },
  {
    type: 'audit.user-signed-out.v1',
    event: 'User signed out',
    principal: 'user',
    details: () => 'The authentication token was revoked.',
  },
];

/** The documented types, in the documentation's order. */
export const CLOUD_ONE_EVENT_TYPES: readonly string[] = kinds.map(({ type }) => type);

const usual = kinds.slice(-2);

/** Every type in turn, and as many sign-ins and sign-outs between them. */
export function cloudOneHistory(span: Span, accountId: string): History {
  return historyOf(span, (time, index, random) => {
    const kind = index % 2 === 0 ? at(kinds, index / 2) : random.pick(usual);
    const person = random.pick(PEOPLE);
    return JSON.stringify({
      id: random.uuid(),
      time: new Date(time).toISOString(),
      event: kind.event,
      type: kind.type,
      ...(kind.principal && { principalURN: urnOf(kind.principal, accountId, person, random) }),
      accountID: accountId,
      details: kind.details(random, person),
    });
  });
}

function urnOf(principal: string, accountId: string, person: Person, random: Random): string {
  const id = { user: person.uuid, account: accountId }[principal] ?? random.uuid();
  return `urn:cloudone:identity:us-1:${accountId}:${principal}/${id}`;
}
