import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { S3Client } from '@aws-sdk/client-s3';
import { customResourceHandler } from '../shared/custom-resource.ts';
import { trailSample } from './trail-sample.ts';

export const handler = customResourceHandler(() =>
  trailSample({ s3: new S3Client({}), cloudTrail: new CloudTrailClient({}) }),
);
