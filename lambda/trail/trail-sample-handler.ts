import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { S3Client } from '@aws-sdk/client-s3';
import { customResourceHandler } from '../shared/custom-resource.ts';
import { trailSample } from './trail-sample.ts';

export const handler = customResourceHandler(() =>
  trailSample({ s3In: (region) => new S3Client({ region }), cloudTrail: new CloudTrailClient({}) }),
);
