import { customResourceHandler } from '../shared/custom-resource.ts';
import { freshSecretReader } from '../shared/fresh-secrets.ts';
import { usersApiKey } from './api-key-reader.ts';
import { cloudOneAccount } from './cloud-one-account.ts';

export const handler = customResourceHandler(() =>
  cloudOneAccount({ readApiKey: usersApiKey(), secrets: freshSecretReader() }),
);
