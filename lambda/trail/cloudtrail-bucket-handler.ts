import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { customResourceHandler } from '../shared/custom-resource.ts';
import { cloudTrailBucket } from './cloudtrail-bucket.ts';

export const handler = customResourceHandler(() =>
  cloudTrailBucket((region) => ({
    s3: new S3Client({ region }),
    kms: new KMSClient({ region }),
    cloudTrail: new CloudTrailClient({ region }),
    cloudFormation: new CloudFormationClient({ region }),
    eventBridge: new EventBridgeClient({ region }),
  })),
);
