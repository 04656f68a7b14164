/**
 * Who is given a role of Cloud One that may do everything, which is to be looked at before anything else. Assumed: how the details of an
 * audit record name a role (`roleID`, `roleURN`, `role`, …), and that the id, URN or name of such a role says so, as `full-access` does.
 */
import type { AuditChange } from '../../../contract/ocsf.ts';
import { isJsonObject, type JsonObject } from './json.ts';

/** A role that may do everything: the owner's, or one with full access. */
type BroadRole = keyof typeof BROAD_ROLES;

export interface ToldRoles {
  /** The vendor's name of the event: `audit.user_updated.v1`. */
  readonly type: string;
  readonly changes?: readonly AuditChange[] | undefined;
  /** The other details. */
  readonly rest?: JsonObject | undefined;
}

/** By what they are called; the first that fits is the greater one. */
const BROAD_ROLES = {
  owner: /(?<![a-z])owners?(?![a-z])/i,
  'full access': /(?<![a-z])full[-_ ]?access(?![a-z])/i,
};

/** Names such as `roleID`, `role_urn`, `Roles` and `newRoleName`. */
const ROLE_FIELD = /^(?:new)?[-_ ]?roles?[-_ ]?(?:id|name|urn)?s?$/i;

/** @returns why an analyst should look at it first; `undefined` where nobody was given such a role, as far as is told. */
export function broadRoleAttention(told: ToldRoles): string | undefined {
  // In signing in, or when somebody is deleted, no role is given.
  const [, subject = '', done] = /^audit\.([a-z]+)[_-](created|updated)(?:\.|$)/i.exec(told.type) ?? [];
  const say = WORDS.get(subject.toLowerCase());
  const role = say && roleGiven(told);
  return role && say(role, done?.toLowerCase() === 'created');
}

/** A role that is told beside changes of other fields was there before. */
function roleGiven({ changes, rest = {} }: ToldRoles): BroadRole | undefined {
  if (changes === undefined) {
    return broadRoleIn(
      Object.entries(rest).flatMap(([name, value]) => (ROLE_FIELD.test(name) ? [value] : [])),
    );
  }
  const ofRoles = changes.filter(({ field }) => ROLE_FIELD.test(field));
  const role = broadRoleIn(ofRoles.map((change) => change.new));
  const before = broadRoleIn(ofRoles.map((change) => change.old));
  // An owner who has full access only, from now on, was given nothing.
  return before === 'owner' || before === role ? undefined : role;
}

function broadRoleIn(value: unknown): BroadRole | undefined {
  const names = namesIn(value);
  const roles = Object.keys(BROAD_ROLES) as BroadRole[];
  return roles.find((role) => names.some((name) => BROAD_ROLES[role].test(name)));
}

/** The names in `"owner"`, `["urn:…:role/owner"]` and `{"id": "owner", …}`. Of a URN, what is after the slash: an account may have any name. */
function namesIn(value: unknown): readonly string[] {
  if (typeof value === 'string') {
    return [value.slice(value.lastIndexOf('/') + 1)];
  }
  if (Array.isArray(value)) {
    return value.flatMap(namesIn);
  }
  return isJsonObject(value) ? namesIn([value.id, value.name, value.urn]) : [];
}

const WORDS: ReadonlyMap<string, (role: BroadRole, isCreated: boolean) => string> = new Map([
  [
    'invitation',
    (role, isCreated) =>
      isCreated
        ? `${AS[role].somebody} was invited.`
        : `The invitation of ${AS[role].one} was changed: it may have been accepted.`,
  ],
  ['user', (role) => `A user was given ${AS[role].role}.`],
  [
    'apikey',
    (role, isCreated) =>
      isCreated
        ? `An API key ${AS[role].key} was created: whoever has it can do everything without signing in.`
        : `An API key was made one ${AS[role].key}: whoever has it can do everything without signing in.`,
  ],
]);

const AS = {
  owner: { somebody: 'An owner', one: 'an owner', role: "an owner's role", key: 'of an owner' },
  'full access': {
    somebody: 'Somebody with full access',
    one: 'somebody with full access',
    role: 'a role with full access',
    key: 'with full access',
  },
} as const;
