import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { customResourceHandler } from '../shared/custom-resource.ts';
import { trailBucketTeardown } from './trail-bucket-teardown.ts';

export const handler = customResourceHandler(() =>
  trailBucketTeardown({
    s3: new S3Client({}),
    kms: new KMSClient({}),
    cloudFormation: new CloudFormationClient({}),
  }),
);
