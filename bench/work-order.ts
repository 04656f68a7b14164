/** What the benchmark and the process that it measures tell each other. */
import type { FORWARDER_DESTINATIONS } from '../contract/forwarding.ts';

/** One stored file. */
export interface StoredObject {
  readonly key: string;
  /** Bytes, as stored. */
  readonly bytes: number;
  /** Where it lies on disk; absent where the stand-in makes it on the fly. */
  readonly path?: string;
}

export interface WorkOrder {
  /** The stand-ins' base URL: S3, DynamoDB, Secrets Manager and SQS. */
  readonly standIns: string;
  /** Where parts are posted. */
  readonly sink: string;
  readonly destination: (typeof FORWARDER_DESTINATIONS)[number];
  readonly bucket: string;
  readonly objects: readonly StoredObject[];
  /** `memory` leaves `GetObject` out, `s3` makes it through the AWS SDK. */
  readonly source: 'memory' | 's3';
  /** `memory` leaves the ledger's calls of DynamoDB out, `dynamodb` makes them through the AWS SDK. */
  readonly ledger: 'memory' | 'dynamodb';
  /** The parameter `ForwardingFilter`; all records are kept without one. */
  readonly filter?: string;
  readonly repeat: number;
  /** What the forwarder is compared with. */
  readonly against: 'floor' | 'bare-loop' | 'nothing';
}

/** One pass over all objects of a case. */
export interface Timing {
  readonly seconds: number;
  /** User and system time of the whole process, its zlib threads included. */
  readonly processorSeconds: number;
}

export interface WorkReport {
  readonly events: number;
  readonly rawBytes: number;
  /** Objects that were not forwarded. */
  readonly failedObjects: number;
  readonly forwarder: readonly Timing[];
  readonly comparison: readonly Timing[];
  /** Peak of the resident set, before anything but the forwarder had run. */
  readonly peakRssMB: number;
}
