import type * as z from 'zod';
import { cloudOneAccountProperties } from '../../contract/onboarding.ts';
import { assertAwsRegion } from '../../contract/regions.ts';
import type { CreateRequest, CustomResourceDefinition, Outcome } from '../shared/custom-resource.ts';
import { lookUpAccount } from '../vendors/cloudone/accounts.ts';
import { type ApiKeyReader, cloudOneAccess, type FreshSecretReader } from './api-key-reader.ts';
import { assertSecretsUsable } from './given-secrets.ts';

type Properties = z.infer<typeof cloudOneAccountProperties>;

/** A new API key belongs to another Cloud One account than the stack is registered with. */
export class OtherAccountError extends Error {
  override readonly name = 'OtherAccountError';
}

export interface CloudOneAccountDependencies {
  readonly readApiKey: ApiKeyReader;
  /** Reads the secrets that the user gave by ARN. */
  readonly secrets: FreshSecretReader;
}

const STEP = 'Cloud One account look-up';

/**
 * Looks up which Cloud One account and region the API key belongs to, and refuses a wrong AWS region and
 * secrets that cannot be used: the first custom resource, before anything is registered.
 *
 * Nothing is created, so what it finds counts as adopted and there is nothing to delete. An update to a key
 * of another account is refused: what is registered with the first account could not be taken back with it.
 */
export function cloudOneAccount({
  readApiKey,
  secrets,
}: CloudOneAccountDependencies): CustomResourceDefinition<Properties> {
  const lookUp = async ({ properties, stackId, signal }: CreateRequest<Properties>): Promise<Outcome> => {
    const { AwsRegion, ...secretArns } = properties;
    await assertSecretsUsable(secrets, secretArns, { awsRegion: AwsRegion, stackId, signal });
    const account = await lookUpAccount(await cloudOneAccess(readApiKey, STEP, signal));
    assertAwsRegion(account.region, AwsRegion);
    return {
      registration: { origin: 'adopted', id: `${account.region}/${account.accountId}` },
      attributes: { AccountId: account.accountId, Region: account.region },
    };
  };
  return {
    step: STEP,
    properties: cloudOneAccountProperties,
    create: lookUp,
    update: async (request) => {
      const { registration } = request;
      const outcome = await lookUp(request);
      if (outcome.registration.id !== registration.id) {
        throw new OtherAccountError(
          `the API key belongs to the Cloud One account ${outcome.registration.id}, but this stack is ` +
            `registered with ${registration.id}. Use a key of that account; to change accounts, delete the ` +
            'stack with its old key and deploy it again with the new one.',
        );
      }
      return outcome;
    },
    delete: async () => {},
  };
}
