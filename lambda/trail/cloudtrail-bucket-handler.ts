import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { customResourceHandler } from '../shared/custom-resource.ts';
import { cloudTrailBucket } from './cloudtrail-bucket.ts';

export const handler = customResourceHandler(() =>
  cloudTrailBucket({
    s3: new S3Client({}),
    kms: new KMSClient({}),
    cloudTrail: new CloudTrailClient({}),
    cloudFormation: new CloudFormationClient({}),
  }),
);
