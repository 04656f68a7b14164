import { customResourceHandler } from '../shared/custom-resource.ts';
import { usersApiKey } from './api-key-reader.ts';
import { cloudAccount } from './cloud-account.ts';

export const handler = customResourceHandler(() => cloudAccount(usersApiKey()));
