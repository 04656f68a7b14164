/** Lambda handler that collects Trend Cloud One's audit log. It wires; its siblings decide. */
import { cloudOneCollectorEnvironment } from '../../contract/archive.ts';
import { parseCloudOneRegion } from '../../contract/regions.ts';
import { SecretReader } from '../shared/secrets.ts';
import { lookUpAccount } from '../vendors/cloudone/accounts.ts';
import { parseCloudOneApiKey } from '../vendors/cloudone/api-key.ts';
import { readAuditLogPage } from '../vendors/cloudone/audit-logs.ts';
import { accountOfKey } from './collect/cloudone/account-place.ts';
import { cloudOneCollector } from './collect/cloudone-collector.ts';
import { collectorHandler } from './collect/collector-handler.ts';

export const handler = collectorHandler(cloudOneCollectorEnvironment, (environment) => {
  const region = parseCloudOneRegion(environment.CLOUD_ONE_REGION);
  const secrets = new SecretReader();
  const access = async (step: string, signal: AbortSignal) => ({
    apiKey: parseCloudOneApiKey(await secrets.read(environment.API_KEY_SECRET_ARN, signal)),
    step,
    signal,
  });
  return cloudOneCollector(
    async (cursor, signal) => readAuditLogPage(await access('Cloud One audit log', signal), region, cursor),
    async (known, signal) => {
      const asked = await access('Account look-up', signal);
      return accountOfKey(known, { region, apiKeyId: asked.apiKey.id, lookUp: () => lookUpAccount(asked) });
    },
  );
});
