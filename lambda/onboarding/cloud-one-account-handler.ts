import { customResourceHandler } from '../shared/custom-resource.ts';
import { usersApiKey } from './api-key-reader.ts';
import { cloudOneAccount } from './cloud-one-account.ts';

export const handler = customResourceHandler(() => cloudOneAccount(usersApiKey()));
