import type * as z from 'zod';
import { ibmCloudProbeProperties } from '../../../contract/archive-checks.ts';
import { ARCHIVE_PARAMETERS as P } from '../../../contract/archive-parameters.ts';
import { ibmBucket } from '../../vendors/ibm-object-storage.ts';
import { wholeFolder } from '../ibmcloud/object-key.ts';
import type { SourceLook } from './source-probe.ts';

/** Lists one object of the bucket. That there is none yet is no fault: a route may be as new as the stack. */
export const ibmCloudLook: SourceLook<z.infer<typeof ibmCloudProbeProperties>> = {
  source: 'ibmcloud',
  properties: ibmCloudProbeProperties,
  parameters: [P.ibmBucketName, P.ibmBucketRegion, P.ibmKeyPrefix, P.ibmHmacKey],
  secretArnParameter: P.ibmHmacKeySecretArn,
  look: ({ Bucket, BucketRegion, KeyPrefix }, { secret, signal }) =>
    ibmBucket({ bucket: Bucket, region: BucketRegion }, secret).page(
      { prefix: wholeFolder(KeyPrefix), limit: 1 },
      signal,
    ),
};
