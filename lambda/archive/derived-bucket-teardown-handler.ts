import { S3Client } from '@aws-sdk/client-s3';
import { customResourceHandler } from '../shared/custom-resource.ts';
import { derivedBucketTeardown } from './teardown/derived-bucket-teardown.ts';

export const handler = customResourceHandler(() => derivedBucketTeardown({ s3: new S3Client({}) }));
