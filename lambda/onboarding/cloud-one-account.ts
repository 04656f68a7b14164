import type * as z from 'zod';
import { cloudOneAccountProperties } from '../../contract/onboarding.ts';
import { parseRecordFilter } from '../../contract/record-filter.ts';
import { assertAwsRegion } from '../../contract/regions.ts';
import { readStackArn } from '../../contract/stack-arn.ts';
import { assertNameFitsVendorClient } from '../../contract/vendor-client.ts';
import type { CreateRequest, CustomResourceDefinition, Outcome } from '../shared/custom-resource.ts';
import type { FreshSecretReader } from '../shared/fresh-secrets.ts';
import { assertSecretsUsable } from '../shared/given-secrets.ts';
import { lookUpAccount } from '../vendors/cloudone/accounts.ts';
import { type ApiKeyReader, cloudOneAccess } from './api-key-reader.ts';

type Properties = z.infer<typeof cloudOneAccountProperties>;

/** A new API key belongs to another Cloud One account than the stack is registered with. */
export class OtherAccountError extends Error {
  override readonly name = 'OtherAccountError';
}

/** An update would put the vendor's client in our forwarder's place, or the other way round. */
export class ForwarderChangeError extends Error {
  override readonly name = 'ForwarderChangeError';

  constructor(wanted: Properties['ForwardingDestination']) {
    super(
      `an update cannot change ForwardingDestination ${wanted === 'VendorClient' ? 'to' : 'from'} VendorClient without ` +
        "the risk of a silent gap: the vendor's client overwrites the whole notification configuration of the bucket " +
        'when it comes, and may clear it when it goes, after our forwarder has been set up. Nothing was changed. Keep ' +
        `the destination; or delete this stack and deploy it anew with ForwardingDestination=${wanted}, as ` +
        'documented (docs/vendor-client.md#changing-over), also for the files that are stored in between.',
    );
  }
}

export interface CloudOneAccountDependencies {
  readonly readApiKey: ApiKeyReader;
  /** Reads the secrets that the user gave by ARN. */
  readonly secrets: FreshSecretReader;
}

const STEP = 'Cloud One account look-up';
/** Ends the registration's id of a stack whose files the vendor's client forwards. */
const VENDOR_CLIENT = 'VendorClient';

/**
 * Looks up which Cloud One account and region the API key belongs to, and refuses what cannot work: the first
 * custom resource, before anything is registered. That is a wrong AWS region, a wrong filter, secrets that cannot be
 * used, and with the vendor's client a stack's name that is too long for it.
 *
 * Nothing is created, so what it finds counts as adopted and there is nothing to delete. An update to a key
 * of another account is refused: what is registered with the first account could not be taken back with it.
 * So is one that changes who forwards. The registration's id tells who does, and not the old properties: in the
 * roll-back of a refused update those are the new ones.
 */
export function cloudOneAccount({
  readApiKey,
  secrets,
}: CloudOneAccountDependencies): CustomResourceDefinition<Properties> {
  const lookUp = async ({ properties, stackId, signal }: CreateRequest<Properties>): Promise<Outcome> => {
    const { AwsRegion, ForwardingDestination, ForwardingFilter = '', ...secretArns } = properties;
    const filter = parseRecordFilter(ForwardingFilter);
    if (ForwardingDestination === 'VendorClient') {
      assertNameFitsVendorClient(readStackArn(stackId).stackName);
    }
    await assertSecretsUsable(secrets, secretArns, { awsRegion: AwsRegion, stackId, signal });
    const account = await lookUpAccount(await cloudOneAccess(readApiKey, STEP, signal));
    assertAwsRegion(account.region, AwsRegion);
    const id = [account.region, account.accountId];
    return {
      registration: {
        origin: 'adopted',
        id: (ForwardingDestination === 'VendorClient' ? [...id, VENDOR_CLIENT] : id).join('/'),
      },
      attributes: {
        AccountId: account.accountId,
        Region: account.region,
        // What the forwarder gets: nothing that was not checked here.
        ForwardingFilter: filter?.text ?? '',
      },
    };
  };
  return {
    step: STEP,
    properties: cloudOneAccountProperties,
    create: lookUp,
    update: async (request) => {
      const { properties, registration } = request;
      if (isForwardedByVendor(registration.id) !== (properties.ForwardingDestination === 'VendorClient')) {
        throw new ForwarderChangeError(properties.ForwardingDestination);
      }
      const outcome = await lookUp(request);
      if (outcome.registration.id !== registration.id) {
        throw new OtherAccountError(
          `the API key belongs to the Cloud One account ${accountIn(outcome.registration.id)}, but this stack is ` +
            `registered with ${accountIn(registration.id)}. Use a key of that account; to change accounts, delete the ` +
            'stack with its old key and deploy it again with the new one.',
        );
      }
      return outcome;
    },
    delete: async () => {},
  };
}

function isForwardedByVendor(registrationId: string): boolean {
  return registrationId.endsWith(`/${VENDOR_CLIENT}`);
}

function accountIn(registrationId: string): string {
  return registrationId.split('/').slice(0, 2).join('/');
}
