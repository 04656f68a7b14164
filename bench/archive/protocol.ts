/** What the benchmark of the archive and the processes around it tell each other. */
import type { AuditSource } from '../../contract/archive.ts';
import type { PageOrder } from '../../rehearsal/vendors/audit-settings.ts';

export const BUCKETS = { raw: 'raw', derived: 'derived', ibm: 'activity-tracking' } as const;
export const IBM_ACCOUNT = 'benchmark-account';
/** ARNs, as far as the stand-in looks at them. */
export const SECRETS: Readonly<Record<AuditSource, string>> = {
  cloudone: 'secret-cloudone',
  appdynamics: 'secret-appdynamics',
  ibmcloud: 'secret-ibmcloud',
};

export interface Fill {
  /** Of all sources together, a third each. */
  readonly events: number;
  /** The end of the year that they fall into; milliseconds since the epoch. */
  readonly now: number;
  /** Of Cloud One's pages. */
  readonly order: PageOrder;
}

export type SurroundingsRequest =
  | { readonly kind: 'fill'; readonly fill: Fill }
  | { readonly kind: 'tally' }
  /** Of one source, or of all. */
  | { readonly kind: 'floor'; readonly source?: AuditSource };

export interface Tally {
  readonly kind: 'tally';
  /** Of AWS, by operation, since the last tally. */
  readonly calls: Readonly<Record<string, number>>;
  /** Since the beginning. */
  readonly vendorCalls: Readonly<Record<AuditSource, number>>;
  readonly rawObjects: Readonly<Record<string, number>>;
  readonly rawGzipBytes: number;
  readonly derivedObjects: number;
  readonly derivedBytes: number;
  readonly staleHours: number;
}

export interface Floor {
  readonly kind: 'floor';
  /** Of the raw objects, inflated. */
  readonly rawBytes: number;
  readonly records: number;
  readonly seconds: number;
}

export type SurroundingsReply =
  | { readonly kind: 'ready'; readonly aws: string; readonly vendors: string }
  | { readonly kind: 'filled' }
  | Tally
  | Floor;

/** A function's process: it invokes its handler until it is told to end. */
export interface FunctionRequest {
  /** Milliseconds that the invocation has. */
  readonly timeoutMs: number;
}

export interface FunctionReply {
  /** Of this invocation; user and system time of the whole process. */
  readonly seconds: number;
  readonly processorSeconds: number;
  /** MiB of resident set, at most, since the process began. */
  readonly peakRssMB: number;
  /** What the handler threw. */
  readonly error?: string;
}
