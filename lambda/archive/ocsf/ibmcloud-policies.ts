/**
 * What IBM Cloud's access policies and access groups say in the request: who gets access, by which roles, to what.
 *
 * Source: IBM Cloud API documentation, "IAM Policy Management" (versions 1 and 2 of a policy) and "IAM Access Groups". Assumed: that an
 * event's `requestData` holds the request in this form; hence it is looked for at any depth.
 */
import type { OcsfGroup, OcsfResource } from '../../../contract/ocsf.ts';
import { defined, isJsonObject, type JsonObject, writable } from './json.ts';

/** The id of the user or service that it is about: a field `iam_id`, or an attribute of that name. */
export function iamIdIn(request: unknown): string | undefined {
  return attributeIn(request, 'iam_id');
}

/** The access group that a policy is of, with the roles that it gives. */
export function groupIn(request: unknown): OcsfGroup | undefined {
  const uid = attributeIn(request, 'access_group_id');
  return uid === undefined ? undefined : defined<OcsfGroup>({ uid, privileges: rolesIn(request) });
}

/** The roles that a policy gives. */
export function rolesIn(request: unknown): string[] | undefined {
  return found(request, ({ roles }) => {
    const ids = objectsIn(roles).flatMap(({ role_id: id }) => (typeof id === 'string' ? [id] : []));
    return ids.length === 0 ? undefined : ids;
  });
}

/** What a policy gives access to: `resources` of version 1, `resource` of version 2, each by its attributes. */
export function accessedIn(request: unknown): OcsfResource[] | undefined {
  return found(request, ({ resources, resource }) => {
    const told = objectsIn(Array.isArray(resources) ? resources : [resource]).flatMap(accessed);
    return told.length === 0 ? undefined : told;
  });
}

/** The members that are added to a group, or removed from it, in their order. */
export function membersIn(request: unknown): string[] | undefined {
  return found(request, ({ members }) => {
    const ids = (Array.isArray(members) ? members : []).flatMap((member: unknown) => {
      const id = isJsonObject(member) ? (member.iam_id ?? member.id) : member;
      return typeof id === 'string' ? [id] : [];
    });
    return ids.length === 0 ? undefined : ids;
  });
}

/** From the widest to the narrowest: what one resource is called by. */
const NAMES = ['serviceName', 'serviceInstance', 'resourceType', 'resource', 'resourceGroupId', 'accountId'];

function accessed({ attributes }: JsonObject): OcsfResource[] {
  const told = new Map(
    objectsIn(attributes).flatMap(({ name, key = name, value }) =>
      typeof key === 'string' && typeof value === 'string' ? [[key, value] as const] : [],
    ),
  );
  const words = NAMES.flatMap((name) => told.get(name) ?? []);
  const [first] = words;
  return first === undefined
    ? []
    : [
        defined<OcsfResource>({
          uid: told.get('resource') ?? told.get('serviceInstance'),
          name: words.slice(0, told.has('serviceName') ? 4 : 1).join(' '),
          type: told.get('resourceType') ?? told.get('serviceName'),
          data: writable(attributes),
        }),
      ];
}

/** A field of this name or, as policies have it, an attribute: `{"name": …, "value": …}`, of version 2 `{"key": …, "value": …}`. */
function attributeIn(request: unknown, wanted: string): string | undefined {
  return found(request, (object) =>
    [object[wanted], (object.name ?? object.key) === wanted ? object.value : undefined].find(
      (id) => typeof id === 'string',
    ),
  );
}

function objectsIn(value: unknown): JsonObject[] {
  return (Array.isArray(value) ? value : []).filter(isJsonObject);
}

const DEEPEST = 8;

/** What is found in the first object within, from the outside in. */
function found<T>(value: unknown, find: (object: JsonObject) => T | undefined, depth = 0): T | undefined {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) {
    return undefined;
  }
  const here = isJsonObject(value) ? find(value) : undefined;
  if (here !== undefined) {
    return here;
  }
  for (const inner of Object.values(value)) {
    const there = found(inner, find, depth + 1);
    if (there !== undefined) {
      return there;
    }
  }
  return undefined;
}
