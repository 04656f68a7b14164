import { S3Client } from '@aws-sdk/client-s3';
import { customResourceHandler } from '../shared/custom-resource.ts';
import { bucketNotificationGuard } from './bucket-notification-guard.ts';

export const handler = customResourceHandler(() => bucketNotificationGuard({ s3: new S3Client({}) }));
