/**
 * An AppDynamics controller's audit history in OCSF.
 *
 * Source of the fields: Splunk AppDynamics documentation, "Controller Audit Log", and what controllers are seen to answer.
 * Assumed: what `changes` looks like; see `readChanges`.
 */
import type { ArchivedRecord } from '../../../contract/archive.ts';
import type { AuditChange, OcsfEvent, OcsfUnmapped, OcsfUser } from '../../../contract/ocsf.ts';
import { appDynamicsEvent } from '../catalogue/appdynamics.ts';
import { lookUp } from '../catalogue/catalogue.ts';
import { apiKey, authProtocol, FAILURE, SUCCESS, userType } from './captions.ts';
import { readChanges } from './changes.ts';
import { buildEvent, type EventParts, UNKNOWN } from './event.ts';
import { Fields } from './fields.ts';
import { defined, definedOrNone, type JsonObject } from './json.ts';

/** @param parsed what the record's text holds. */
export function appDynamicsToOcsf(record: ArchivedRecord, parsed: JsonObject): OcsfEvent {
  const fields = new Fields(parsed);
  const action = fields.text('action') ?? UNKNOWN;
  const isSignIn = lookUp('appdynamics', action)?.className === 'authentication';
  const object = isSignIn ? undefined : readObject(fields, action);
  // Of all else, it only tells how the user had signed in before.
  const protocol = isSignIn ? fields.text('securityProviderType') : undefined;
  const accountName = fields.text('accountName');
  const account = accountName === undefined ? undefined : { name: accountName };
  const changes = fields.take(['changes', 'objectChanges'], readChanges);
  const context: Context = { action, object, account, changes };
  const who = readActor(fields, account);
  const message = fields.text('description');
  const originalTime = fields.text('auditDateTime', 'timeStamp');
  // Not told a second time beside the event's own.
  fields.take(['timeStamp'], (time) => (time === record.time ? time : undefined));
  return buildEvent(record, {
    event: action,
    // An object of a new type is created and deleted like all others.
    entry: lookUp('appdynamics', appDynamicsEvent(action, object?.type)) ?? lookUp('appdynamics', action),
    outcome: action.endsWith('_FAILED') ? FAILURE : SUCCESS,
    ...(message === undefined ? {} : { message }),
    metadata: defined({
      original_time: originalTime,
      tenant_uid: accountName,
    }),
    cloud: defined({ account }),
    ...(who.user === undefined ? {} : { actor: { user: who.user } }),
    ...(protocol === undefined ? {} : authProtocol(protocol)),
    ...targetsOf(context),
    ...unmappedOf({
      application_name: fields.text('applicationName'),
      api_key_name: who.apiKeyName,
      changes,
      vendor: fields.rest(),
    }),
  });
}

interface AuditedObject {
  readonly type?: string;
  readonly id?: string;
  readonly name?: string;
}

interface Context {
  readonly action: string;
  readonly object: AuditedObject | undefined;
  readonly account: { readonly name: string } | undefined;
  readonly changes: readonly AuditChange[] | undefined;
}

/** What some actions are done to, where the record does not say it. */
const IMPLIED_TYPES = ['USER', 'GROUP', 'ACCOUNT_ROLE'];

/** An id of 0 without a type or a name is no object: controllers write it where there is none. */
function readObject(fields: Fields, action: string): AuditedObject | undefined {
  const type = fields.text('objectType');
  const name = fields.text('objectName');
  if (type === undefined && name === undefined) {
    return undefined;
  }
  const implied = IMPLIED_TYPES.find((each) => action.startsWith(`${each}_`));
  return defined<AuditedObject>({ type: type ?? implied, id: fields.text('objectId'), name });
}

function readActor(
  fields: Fields,
  account: Context['account'],
): { readonly user: OcsfUser | undefined; readonly apiKeyName: string | undefined } {
  const name = fields.text('userName');
  const apiKeyName = fields.text('apiKeyName');
  const credential = fields.text('apiKeyId');
  if (name === undefined && apiKeyName === undefined && credential === undefined) {
    return { user: undefined, apiKeyName };
  }
  const user = defined<OcsfUser>({
    // Of what an API client did, its key is all that tells who it was.
    name: name ?? apiKeyName,
    ...userType(name === undefined ? 4 : 1),
    programmatic_credentials: credential === undefined ? undefined : [apiKey(credential)],
    account,
  });
  return { user, apiKeyName };
}

/** What was done to what: the builder takes that which the event's class has room for. */
function targetsOf(
  context: Context,
): Pick<EventParts, 'user' | 'entity' | 'group' | 'privileges' | 'resources'> {
  const { object } = context;
  const thing = object && defined({ uid: object.id, name: object.name, type: object.type });
  const isNamed = thing?.uid !== undefined || thing?.name !== undefined;
  return defined({
    user: userOf(context),
    entity: thing,
    group: groupOf(context),
    privileges: rolesOf(context),
    resources: isNamed && object?.type !== 'USER' ? [thing] : undefined,
  });
}

function userOf(context: Context): OcsfUser | undefined {
  const { object, account } = context;
  const [name] = toldOf(context, /user/i);
  const user = object?.type === 'USER' ? { uid: object.id, name: object.name } : { name };
  return user.name === undefined && user.uid === undefined
    ? undefined
    : defined<OcsfUser>({ ...user, ...userType(1), account });
}

function groupOf(context: Context): EventParts['group'] {
  const { object } = context;
  if (object?.type === 'GROUP') {
    return defined({ uid: object.id, name: object.name, type: object.type });
  }
  const [name] = toldOf(context, /group/i);
  return name === undefined ? undefined : { name, type: 'GROUP' };
}

/** The roles or permissions that were given or taken, as far as the changes or the object tell them. */
function rolesOf(context: Context): readonly string[] {
  const { object } = context;
  const told = toldOf(context, /role|permission/i);
  const role = object?.type === 'ACCOUNT_ROLE' ? object.name : undefined;
  return told.length > 0 || role === undefined ? told : [role];
}

/** What the changes of such fields have given or, of an action that takes something away, taken. */
function toldOf({ action, changes = [] }: Context, field: RegExp): string[] {
  const isRemoval = action.includes('REMOVE');
  return changes
    .filter((change) => field.test(change.field))
    .map((change) => (isRemoval ? change.old : change.new))
    .filter((value): value is string => typeof value === 'string' && value !== '');
}

function unmappedOf(parts: OcsfUnmapped): Pick<EventParts, 'unmapped'> {
  const unmapped = definedOrNone(parts);
  return unmapped === undefined ? {} : { unmapped };
}
