import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { GetBucketNotificationConfigurationCommand, type S3Client } from '@aws-sdk/client-s3';
import { NOTIFICATION_METRICS } from '../../contract/metrics.ts';
import type { Check } from './check.ts';

/** Whether the new trail's bucket still sends its events to EventBridge. An existing bucket has a watch that heals. */
export function notificationCheck(s3: S3Client, bucket: string): Check {
  return {
    metric: NOTIFICATION_METRICS.missing,
    unit: MetricUnit.Count,
    look: async (abortSignal) => {
      const { EventBridgeConfiguration } = await s3.send(
        new GetBucketNotificationConfigurationCommand({ Bucket: bucket }),
        { abortSignal },
      );
      return { value: EventBridgeConfiguration === undefined ? 1 : 0, facts: { bucket } };
    },
  };
}
