/** Where the archive keeps what it has and what it knows. */
import { type CustomResource, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { ArchiveParameters } from '../parameters/archive-parameters.ts';
import type { KeyedBucket } from './access.ts';
import { DerivedBucket } from './derived-bucket.ts';
import { RawBucket } from './raw-bucket.ts';

export interface ArchiveStorage {
  /** Of everything but the raw records. */
  readonly key: Key;
  readonly raw: RawBucket;
  readonly derived: KeyedBucket;
  /** What writes to the derived bucket must depend on it. */
  readonly derivedTeardown: CustomResource;
  /** How far each source is collected; see `ARCHIVE_TABLE_KEYS`. */
  readonly table: Table;
}

/** Keys, buckets and table. They stand in the stack itself, for their logical ids must never change. */
export function archiveStorage(stack: Stack, parameters: ArchiveParameters): ArchiveStorage {
  const { conditions } = parameters;
  const key = new Key(stack, 'Key', {
    description: 'Encrypts the secrets, the alarms and the derived files of the audit archive.',
    enableKeyRotation: true,
    // It guards nothing that outlives the stack.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const raw = new RawBucket(stack, 'Raw', {
    lockMode: parameters.lockMode.valueAsString,
    lockDays: parameters.lockDays.valueAsString,
    administratorArn: parameters.rawAdministratorArn.valueAsString,
    administratorGiven: conditions.rawAdministratorGiven,
    coldStorageAfterDays: parameters.coldStorageAfterDays.valueAsString,
    coldStorage: conditions.coldStorage,
  });
  const { bucket, teardown } = new DerivedBucket(stack, 'Derived', key);
  const table = new Table(stack, 'Table', {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    // What it remembers can be found out again: what is archived already is recognised when it is collected anew.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  return { key, raw, derived: { bucket, key }, derivedTeardown: teardown.resource, table };
}
