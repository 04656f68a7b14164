import { customResourceHandler } from '../shared/custom-resource.ts';
import { usersApiKey } from './api-key-reader.ts';
import { workloadSecurityExternalId } from './workload-security-external-id.ts';

export const handler = customResourceHandler(() => workloadSecurityExternalId(usersApiKey()));
