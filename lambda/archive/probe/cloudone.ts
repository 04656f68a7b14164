import type * as z from 'zod';
import { cloudOneProbeProperties } from '../../../contract/archive-checks.ts';
import { ARCHIVE_PARAMETERS as P } from '../../../contract/archive-parameters.ts';
import { parseCloudOneApiKey } from '../../vendors/cloudone/api-key.ts';
import { readAuditLogPage } from '../../vendors/cloudone/audit-logs.ts';
import type { SourceLook } from './source-probe.ts';

/** Reads the first page of the audit log. */
export const cloudOneLook: SourceLook<z.infer<typeof cloudOneProbeProperties>> = {
  source: 'cloudone',
  properties: cloudOneProbeProperties,
  parameters: [P.cloudOneRegion, P.cloudOneApiKey],
  secretArnParameter: P.cloudOneApiKeySecretArn,
  look: ({ CloudOneRegion }, { secret, step, signal }) =>
    readAuditLogPage({ apiKey: parseCloudOneApiKey(secret), step, signal }, CloudOneRegion, undefined),
};
