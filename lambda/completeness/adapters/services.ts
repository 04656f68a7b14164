import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { BucketListing } from '../../shared/listing/folder-walk.ts';
import type { CompletenessServices } from '../ports.ts';
import { CloudTrailKeys } from './cloudtrail-keys.ts';
import { DynamoDbLedger } from './dynamodb-ledger.ts';
import { S3Digests } from './s3-digests.ts';
import { S3LogFiles } from './s3-log-files.ts';

export interface ServiceClients {
  /** The bucket that is looked after, and the signal for all calls. */
  readonly home: BucketListing;
  readonly dynamoDb: DynamoDBClient;
  /** The ledger. */
  readonly table: string;
  readonly cloudTrailOf: (region: string) => CloudTrailClient;
}

/** What the check needs of the world, as AWS has it. */
export function completenessServices({
  home,
  dynamoDb,
  table,
  cloudTrailOf,
}: ServiceClients): CompletenessServices {
  return {
    digests: new S3Digests(home),
    keys: new CloudTrailKeys(cloudTrailOf, home.signal),
    logFiles: new S3LogFiles(home),
    ledger: new DynamoDbLedger(dynamoDb, table, home.signal),
  };
}
