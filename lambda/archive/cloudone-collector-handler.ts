/** Lambda handler that collects Trend Cloud One's audit log. It wires; its siblings decide. */
import { cloudOneCollectorEnvironment } from '../../contract/archive.ts';
import { parseCloudOneRegion } from '../../contract/regions.ts';
import { SecretReader } from '../shared/secrets.ts';
import { parseCloudOneApiKey } from '../vendors/cloudone/api-key.ts';
import { readAuditLogPage } from '../vendors/cloudone/audit-logs.ts';
import { cloudOneCollector } from './collect/cloudone-collector.ts';
import { collectorHandler } from './collect/collector-handler.ts';

export const handler = collectorHandler(cloudOneCollectorEnvironment, (environment) => {
  const region = parseCloudOneRegion(environment.CLOUD_ONE_REGION);
  const secrets = new SecretReader();
  return cloudOneCollector(async (cursor, signal) => {
    const apiKey = parseCloudOneApiKey(await secrets.read(environment.API_KEY_SECRET_ARN, signal));
    return readAuditLogPage({ apiKey, step: 'Cloud One audit log', signal }, region, cursor);
  });
});
