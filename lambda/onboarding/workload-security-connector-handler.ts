import { parseEnvironment } from '../../contract/environment.ts';
import { cloudOneEnvironment } from '../../contract/onboarding.ts';
import { customResourceHandler } from '../shared/custom-resource.ts';
import { apiKeyReader, freshSecretReader } from './api-key-reader.ts';
import { workloadSecurityConnector } from './workload-security-connector.ts';

const environment = parseEnvironment(cloudOneEnvironment, process.env);

export const handler = customResourceHandler(
  workloadSecurityConnector(apiKeyReader(freshSecretReader(), environment.CLOUD_ONE_API_KEY_SECRET_ARN)),
);
