/**
 * The one schema of the archive: OCSF 1.8.0 events of six classes, as far as the three sources fill them.
 *
 * Source: Open Cybersecurity Schema Framework, version 1.8.0, whose names are kept. 1.9 replaces Account Change by User
 * Management and adds Role Management; nothing but this table and the mappings knows the classes.
 */
import type { AuditSource } from './archive.ts';

export const OCSF_VERSION = '1.8.0';

export const OCSF_CLASSES = {
  account_change: {
    uid: 3001,
    name: 'account_change',
    caption: 'Account Change',
    categoryUid: 3,
    category: 'Identity & Access Management',
  },
  authentication: {
    uid: 3002,
    name: 'authentication',
    caption: 'Authentication',
    categoryUid: 3,
    category: 'Identity & Access Management',
  },
  entity_management: {
    uid: 3004,
    name: 'entity_management',
    caption: 'Entity Management',
    categoryUid: 3,
    category: 'Identity & Access Management',
  },
  user_access: {
    uid: 3005,
    name: 'user_access',
    caption: 'User Access Management',
    categoryUid: 3,
    category: 'Identity & Access Management',
  },
  group_management: {
    uid: 3006,
    name: 'group_management',
    caption: 'Group Management',
    categoryUid: 3,
    category: 'Identity & Access Management',
  },
  api_activity: {
    uid: 6003,
    name: 'api_activity',
    caption: 'API Activity',
    categoryUid: 6,
    category: 'Application Activity',
  },
} as const;

export type OcsfClassName = keyof typeof OCSF_CLASSES;

export interface OcsfAccount {
  readonly uid?: string;
  readonly name?: string;
}

export interface OcsfUser {
  readonly uid?: string;
  readonly name?: string;
  readonly type_id?: number;
  readonly type?: string;
  readonly email_addr?: string;
  /** The API key that was used. */
  readonly programmatic_credentials?: readonly OcsfCredential[];
  readonly account?: OcsfAccount;
}

export interface OcsfCredential {
  readonly uid: string;
  /** Such as `API Key`. */
  readonly type: string;
}

export interface OcsfEndpoint {
  readonly ip?: string;
  readonly name?: string;
  /** The further addresses, where the vendor gives several. */
  readonly intermediate_ips?: readonly string[];
}

export interface OcsfEntity {
  readonly uid?: string;
  readonly name?: string;
  /** OCSF's word where it has one (`type_id` is not 99), and then the vendor's is in `unmapped.object_type`. */
  readonly type?: string;
  readonly type_id?: number;
  /** Of a policy: the group that it gives access to. */
  readonly group?: OcsfGroup;
  /** Of a changed entity: its changed fields, with their new values. */
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface OcsfResource {
  readonly uid?: string;
  readonly name?: string;
  readonly type?: string;
  readonly data?: unknown;
}

export interface OcsfGroup {
  readonly uid?: string;
  readonly name?: string;
  readonly type?: string;
  readonly privileges?: readonly string[];
}

/** A setting that was changed: what it was, what it is now, and what either means. */
export interface AuditChange {
  /** The vendor's name of the field. */
  readonly field: string;
  /** In plain words, such as "Multifactor authentication (MFA)". */
  readonly label: string;
  /** `null` where the vendor does not tell the former value. */
  readonly old: unknown;
  readonly old_meaning?: string;
  readonly new: unknown;
  readonly new_meaning?: string;
}

/** What OCSF has no attribute for. */
export interface OcsfUnmapped {
  /** Why an analyst should look at the event first; absent where there is no special reason. */
  readonly attention?: string;
  /** The vendor's record has no usable time, and `time` is where the archive files such records. */
  readonly undated?: true;
  /** The same in the pending and the final event of one action; see `pairing.ts`. */
  readonly pairing_id?: string;
  /** The vendor's own word for what was acted on, where OCSF has another one. */
  readonly object_type?: string;
  readonly application_name?: string;
  readonly api_key_name?: string;
  readonly changes?: readonly AuditChange[];
  /** Whatever else the record holds, under the vendor's own names. */
  readonly vendor?: Readonly<Record<string, unknown>>;
}

export interface OcsfEvent {
  readonly activity_id: number;
  readonly activity_name: string;
  readonly category_uid: number;
  readonly category_name: string;
  readonly class_uid: number;
  readonly class_name: string;
  readonly type_uid: number;
  readonly type_name: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** The same in ISO 8601, in UTC. */
  readonly time_dt?: string;
  readonly severity_id: number;
  readonly severity: string;
  readonly status_id: number;
  /** `Success`, `Failure`, `Unknown`, or the vendor's own word, such as `Pending`. */
  readonly status: string;
  readonly status_code?: string;
  readonly status_detail?: string;
  /** The vendor's own sentence, or the catalogue's description of the event. */
  readonly message: string;
  readonly metadata: {
    readonly version: typeof OCSF_VERSION;
    readonly profiles: readonly string[];
    readonly product: { readonly name: string; readonly vendor_name: string };
    /** The archive's id of the record. */
    readonly uid: string;
    /** The vendor's own id of it. */
    readonly original_event_uid?: string;
    /** The vendor's own name of the event: `audit.user-signed-in.v1`, `LOGIN`, `user-management.user.invite`. */
    readonly event_code: string;
    /** Of the events of one action, such as a pending one and the final one. */
    readonly correlation_uid?: string;
    /** When it was collected, in milliseconds since the epoch. */
    readonly logged_time: number;
    readonly log_name: string;
    readonly log_source: AuditSource;
    readonly tenant_uid?: string;
    /** As the vendor wrote it. */
    readonly original_time?: string;
  };
  readonly cloud: { readonly provider: string; readonly account?: OcsfAccount; readonly region?: string };
  /** Whoever did it, wherever the record tells: also of a log-in. */
  readonly actor?: { readonly user?: OcsfUser; readonly app_name?: string };
  readonly src_endpoint?: OcsfEndpoint;
  readonly http_request?: { readonly user_agent: string };
  readonly user?: OcsfUser;
  readonly service?: { readonly name: string };
  /** How somebody signed in. */
  readonly auth_protocol_id?: number;
  readonly auth_protocol?: string;
  readonly is_mfa?: boolean;
  readonly entity?: OcsfEntity;
  readonly entity_result?: OcsfEntity;
  readonly privileges?: readonly string[];
  readonly group?: OcsfGroup;
  readonly resources?: readonly OcsfResource[];
  readonly api?: {
    readonly operation: string;
    readonly service?: { readonly name: string };
    readonly response?: { readonly code?: number; readonly message?: string; readonly error?: string };
  };
  /** The record's text, to the character. */
  readonly raw_data: string;
  readonly unmapped?: OcsfUnmapped;
}
