/** Lambda handler that collects IBM Cloud's activity tracking events. It wires; its siblings decide. */
import { ibmCloudCollectorEnvironment } from '../../contract/archive.ts';
import { SecretReader } from '../shared/secrets.ts';
import { ibmBucket } from '../vendors/ibm-object-storage.ts';
import { collectorHandler } from './collect/collector-handler.ts';
import { ibmCloudCollector } from './collect/ibmcloud-collector.ts';
import { wholeFolder } from './ibmcloud/object-key.ts';

export const handler = collectorHandler(ibmCloudCollectorEnvironment, (environment) => {
  const { BUCKET: bucket, BUCKET_REGION: region, HMAC_SECRET_ARN } = environment;
  const prefix = wholeFolder(environment.KEY_PREFIX);
  const secrets = new SecretReader();
  return ibmCloudCollector(async (signal) => {
    // Read anew in every run: credentials that were replaced after a refusal are used at once.
    secrets.forget(HMAC_SECRET_ARN);
    const credentials = await secrets.read(HMAC_SECRET_ARN, signal);
    return { bucket: ibmBucket({ bucket, region }, credentials), prefix };
  }, `${region} ${bucket}/${prefix}`);
});
