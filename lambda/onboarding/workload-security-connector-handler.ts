import { customResourceHandler } from '../shared/custom-resource.ts';
import { usersApiKey } from './api-key-reader.ts';
import { workloadSecurityConnector } from './workload-security-connector.ts';

export const handler = customResourceHandler(() => workloadSecurityConnector(usersApiKey()));
