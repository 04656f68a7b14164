/**
 * The columns of the archive's tables: what an OCSF event looks like in Parquet, in Glue and in SQL.
 *
 * One declaration for all of them, held against `OcsfEvent` by the compiler: an attribute that is added there and not
 * here, or that changes its type, does not compile.
 */
import { OCSF_CLASSES, type OcsfClassName, type OcsfEvent } from './ocsf.ts';

/** `json`: any value, as JSON text, because its shape is the vendor's and not ours. */
export type ScalarType = 'string' | 'int' | 'bigint' | 'boolean' | 'json';

export type ColumnType = ScalarType | ListType | StructType;

export interface ListType {
  readonly list: ColumnType;
}

export interface StructType {
  readonly struct: { readonly [Attribute in string]: ColumnType };
}

/** What may be declared for an attribute of type `T`. */
type Declared<T> = unknown extends T ? 'json' : DeclaredValue<NonNullable<T>>;

/** An object whose members are the vendor's own is JSON, too. */
type DeclaredValue<T> = [string] extends [keyof T]
  ? 'json'
  : [T] extends [boolean]
    ? 'boolean'
    : [T] extends [number]
      ? 'int' | 'bigint'
      : [T] extends [string]
        ? 'string'
        : [T] extends [readonly (infer Element)[]]
          ? { readonly list: Declared<Element> }
          : { readonly struct: { readonly [Name in keyof T]-?: Declared<T[Name]> } };

/** All but the time in words, which is a timestamp in the tables: `TIMESTAMP_COLUMN`. */
type Attribute = Exclude<keyof OcsfEvent, typeof TIMESTAMP_COLUMN>;

type Declarations = {
  readonly [Name in Attribute]-?: Name extends 'unmapped' ? 'json' : Declared<OcsfEvent[Name]>;
};

const ACCOUNT = { struct: { uid: 'string', name: 'string' } } as const;

const USER = {
  struct: {
    uid: 'string',
    name: 'string',
    type_id: 'int',
    type: 'string',
    email_addr: 'string',
    programmatic_credentials: { list: { struct: { uid: 'string', type: 'string' } } },
    account: ACCOUNT,
  },
} as const;

const GROUP = {
  struct: { uid: 'string', name: 'string', type: 'string', privileges: { list: 'string' } },
} as const;

const ENTITY = {
  struct: { uid: 'string', name: 'string', type: 'string', type_id: 'int', group: GROUP, data: 'json' },
} as const;

const SERVICE = { struct: { name: 'string' } } as const;

const ATTRIBUTES = {
  time: 'bigint',
  activity_id: 'int',
  activity_name: 'string',
  category_uid: 'int',
  category_name: 'string',
  class_uid: 'int',
  class_name: 'string',
  type_uid: 'bigint',
  type_name: 'string',
  severity_id: 'int',
  severity: 'string',
  status_id: 'int',
  status: 'string',
  status_code: 'string',
  status_detail: 'string',
  message: 'string',
  metadata: {
    struct: {
      version: 'string',
      profiles: { list: 'string' },
      product: { struct: { name: 'string', vendor_name: 'string' } },
      uid: 'string',
      original_event_uid: 'string',
      event_code: 'string',
      correlation_uid: 'string',
      logged_time: 'bigint',
      log_name: 'string',
      log_source: 'string',
      tenant_uid: 'string',
      original_time: 'string',
    },
  },
  cloud: { struct: { provider: 'string', account: ACCOUNT, region: 'string' } },
  actor: { struct: { user: USER, app_name: 'string' } },
  src_endpoint: {
    struct: {
      ip: 'string',
      name: 'string',
      intermediate_ips: { list: 'string' },
    },
  },
  http_request: { struct: { user_agent: 'string' } },
  api: {
    struct: {
      operation: 'string',
      service: SERVICE,
      response: { struct: { code: 'int', message: 'string', error: 'string' } },
    },
  },
  user: USER,
  service: SERVICE,
  auth_protocol_id: 'int',
  auth_protocol: 'string',
  is_mfa: 'boolean',
  entity: ENTITY,
  entity_result: ENTITY,
  privileges: { list: 'string' },
  group: GROUP,
  resources: { list: { struct: { uid: 'string', name: 'string', type: 'string', data: 'json' } } },
  raw_data: 'string',
  unmapped: 'json',
} as const satisfies Declarations;

/** What every class has: OCSF's base event, the actor and the caller's address, and the cloud profile. */
const COMMON = [
  'time',
  'activity_id',
  'activity_name',
  'category_uid',
  'category_name',
  'class_uid',
  'class_name',
  'type_uid',
  'type_name',
  'severity_id',
  'severity',
  'status_id',
  'status',
  'status_code',
  'status_detail',
  'message',
  'metadata',
  'cloud',
  'actor',
  'src_endpoint',
  'http_request',
  'api',
] as const satisfies readonly Attribute[];

/** What a class has besides. Source: OCSF 1.8.0, the attributes of each class. */
const OF_CLASS = {
  account_change: ['user'],
  authentication: ['user', 'service', 'auth_protocol_id', 'auth_protocol', 'is_mfa'],
  entity_management: ['entity', 'entity_result'],
  user_access: ['user', 'privileges', 'resources'],
  group_management: ['group', 'user', 'privileges'],
  api_activity: ['resources'],
} as const satisfies Record<OcsfClassName, readonly Attribute[]>;

/** As given, so that nobody has to trust the mapping. */
const LAST = ['raw_data', 'unmapped'] as const satisfies readonly Attribute[];

type Placed = (typeof COMMON | typeof LAST | (typeof OF_CLASS)[OcsfClassName])[number];
type MustBeTrue<Truth extends true> = Truth;
/** Does not compile where an attribute is in no class. */
export type EveryAttributeIsPlaced = MustBeTrue<[Exclude<Attribute, Placed>] extends [never] ? true : false>;

export interface AuditTableColumn {
  readonly name: Attribute;
  readonly type: ColumnType;
}

export const OCSF_CLASS_NAMES = Object.keys(OCSF_CLASSES) as readonly OcsfClassName[];

/** Of a timestamp beside `time`, which SQL can work with. Source: OCSF 1.8.0, the Date/Time profile. */
export const TIMESTAMP_COLUMN = 'time_dt' satisfies keyof OcsfEvent;

/** The columns of a class, in their order; besides them, `TIMESTAMP_COLUMN`. */
export function columnsOf(className: OcsfClassName): readonly AuditTableColumn[] {
  return [...COMMON, ...OF_CLASS[className], ...LAST].map((name) => ({ name, type: ATTRIBUTES[name] }));
}

const CLASS_BY_UID: ReadonlyMap<number, OcsfClassName> = new Map(
  OCSF_CLASS_NAMES.map((name) => [OCSF_CLASSES[name].uid, name]),
);

/** The class that an event goes to; API Activity is everything else, too. */
export function classNameOf(event: Pick<OcsfEvent, 'class_uid'>): OcsfClassName {
  return CLASS_BY_UID.get(event.class_uid) ?? 'api_activity';
}

export function isList(type: ColumnType): type is ListType {
  return typeof type === 'object' && 'list' in type;
}

export function isStruct(type: ColumnType): type is StructType {
  return typeof type === 'object' && 'struct' in type;
}
