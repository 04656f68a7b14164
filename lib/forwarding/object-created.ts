import type { EventPattern } from 'aws-cdk-lib/aws-events';
import { FORWARDED_KEY_WILDCARDS } from '../../contract/cloudtrail-key.ts';

/** The events of a bucket that are of CloudTrail log and Insight files; what relays them asks for the same. */
export function objectCreatedPattern(bucketName: string): EventPattern {
  return {
    source: ['aws.s3'],
    detailType: ['Object Created'],
    detail: {
      bucket: { name: [bucketName] },
      object: { key: FORWARDED_KEY_WILDCARDS.map((wildcard) => ({ wildcard })) },
    },
  };
}
