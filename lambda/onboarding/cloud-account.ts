import type * as z from 'zod';
import { cloudAccountProperties } from '../../contract/onboarding.ts';
import { parseCloudOneRegion } from '../../contract/regions.ts';
import type {
  CreateRequest,
  CustomResourceDefinition,
  DeleteRequest,
  Outcome,
  Registration,
  UpdateRequest,
} from '../shared/custom-resource.ts';
import type { CloudOneAccess } from '../vendors/cloudone/call.ts';
import {
  type CloudAccountDraft,
  deleteCloudAccount,
  findCloudAccount,
  registerCloudAccount,
} from '../vendors/cloudone/cloud-accounts.ts';
import { isStatus } from '../vendors/vendor-call.ts';
import { type ApiKeyReader, cloudOneAccess } from './api-key-reader.ts';
import { createOnce } from './create-once.ts';

type Properties = z.infer<typeof cloudAccountProperties>;

const STEP = 'Cloud One cloud account';

/**
 * Registers the AWS account with Cloud One.
 *
 * An account that is registered with this stack's own role was registered by us; with any other role it was
 * there before, is adopted and left alone, and so it is where the vendor cannot tell the role.
 *
 * No call is known that changes a registration, so another role or alias deletes ours and registers anew;
 * another Cloud One region or AWS account replaces it, for both are part of the registration's id.
 */
export function cloudAccount(readApiKey: ApiKeyReader): CustomResourceDefinition<Properties> {
  const accessFor = (signal: AbortSignal) => cloudOneAccess(readApiKey, STEP, signal);

  const create = async (request: CreateRequest<Properties>): Promise<Outcome> => {
    const { properties } = request;
    const access = await accessFor(request.signal);
    const origin = await createOnce(request, {
      findOurs: () => ownerNow(access, properties),
      create: () => register(access, properties),
      undo: { run: async (undoSignal) => deleteOurs(await accessFor(undoSignal), properties) },
    });
    return outcomeOf(properties, origin);
  };

  const update = async (request: UpdateRequest<Properties>): Promise<Outcome> => {
    const { properties, oldProperties, registration } = request;
    if (registration.id !== idOf(properties)) {
      return create(request);
    }
    if (registration.origin === 'adopted') {
      return outcomeOf(properties, 'adopted');
    }
    const access = await accessFor(request.signal);
    const { CloudOneRegion, AwsAccountId } = properties;
    const current = await findCloudAccount(access, CloudOneRegion, AwsAccountId);
    const wanted = draftOf(properties);
    const known = current ?? (oldProperties === undefined ? undefined : draftOf(oldProperties));
    if (known?.roleARN === wanted.roleARN && known.alias === wanted.alias) {
      return outcomeOf(properties, 'created');
    }
    const putBack = async (undoSignal: AbortSignal) => {
      const draft = { roleARN: known?.roleARN ?? wanted.roleARN, alias: known?.alias ?? wanted.alias };
      const undoAccess = await accessFor(undoSignal);
      await deleteCloudAccount(undoAccess, CloudOneRegion, AwsAccountId);
      await registerCloudAccount(undoAccess, CloudOneRegion, draft);
    };
    request.undoOnFailure({ registration, run: putBack });
    await deleteCloudAccount(access, CloudOneRegion, AwsAccountId);
    return create(request);
  };

  const remove = async ({ registration, properties, signal }: DeleteRequest<Properties>): Promise<void> => {
    const access = await accessFor(signal);
    if (registration === undefined) {
      return properties === undefined ? undefined : deleteOurs(access, properties);
    }
    const [region = '', awsAccountId = ''] = registration.id.split('/');
    const current = await findCloudAccount(access, parseCloudOneRegion(region), awsAccountId);
    const othersNow =
      current !== undefined && properties !== undefined && current.roleARN !== properties.RoleArn;
    if (!othersNow) {
      await deleteCloudAccount(access, parseCloudOneRegion(region), awsAccountId);
    }
  };

  return { step: STEP, properties: cloudAccountProperties, create, update, delete: remove };
}

/** Whose registration the account has now, as far as the vendor can tell. */
async function ownerNow(
  access: CloudOneAccess,
  { CloudOneRegion, AwsAccountId, RoleArn }: Properties,
): Promise<Registration['origin'] | undefined> {
  const existing = await findCloudAccount(access, CloudOneRegion, AwsAccountId);
  if (existing === undefined) {
    return undefined;
  }
  return existing.roleARN === RoleArn ? 'created' : 'adopted';
}

/** Registers the account, or finds that it is registered already, and by whom. */
async function register(access: CloudOneAccess, properties: Properties): Promise<Registration['origin']> {
  try {
    await registerCloudAccount(access, properties.CloudOneRegion, draftOf(properties));
    return 'created';
  } catch (error) {
    if (isStatus(error, 409)) {
      // Registered already: where the vendor cannot say with which role, it is not provably ours.
      return (await ownerNow(access, properties)) ?? 'adopted';
    }
    throw error;
  }
}

async function deleteOurs(access: CloudOneAccess, properties: Properties): Promise<void> {
  const { CloudOneRegion, AwsAccountId, RoleArn } = properties;
  const existing = await findCloudAccount(access, CloudOneRegion, AwsAccountId);
  if (existing?.roleARN === RoleArn) {
    await deleteCloudAccount(access, CloudOneRegion, AwsAccountId);
  }
}

function draftOf({ RoleArn, Alias }: Properties): CloudAccountDraft {
  return { roleARN: RoleArn, alias: Alias };
}

function idOf({ CloudOneRegion, AwsAccountId }: Properties): string {
  return `${CloudOneRegion}/${AwsAccountId}`;
}

function outcomeOf(properties: Properties, origin: Registration['origin']): Outcome {
  return {
    registration: { origin, id: idOf(properties) },
    attributes: { CloudAccountId: properties.AwsAccountId },
  };
}
