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
import { logger } from '../shared/logger.ts';
import type { CloudOneAccess } from '../vendors/cloudone/call.ts';
import {
  type CloudAccount,
  type CloudAccountDraft,
  deleteCloudAccount,
  findCloudAccount,
  registerCloudAccount,
} from '../vendors/cloudone/cloud-accounts.ts';
import { isStatus } from '../vendors/vendor-call.ts';
import { type ApiKeyReader, cloudOneAccess } from './api-key-reader.ts';
import { createOnce } from './create-once.ts';
import { forgetReplacement } from './forget-replacement.ts';

type Properties = z.infer<typeof cloudAccountProperties>;

/** What tells a registration of ours: the stack that made it, and the roles that it may have been given. */
interface Owner {
  readonly stackId: string;
  readonly roleArns: readonly string[];
}

const STEP = 'Cloud One cloud account';

/**
 * Registers the AWS account with Cloud One.
 *
 * A registration whose description names this stack, or whose role is this stack's own, was made by us; any
 * other was there before, is adopted and left alone, and so it is where the vendor cannot tell.
 *
 * No call is known that changes a registration, so another role or alias deletes ours and registers anew;
 * another Cloud One region or AWS account replaces it, for both are part of the registration's id.
 */
export function cloudAccount(readApiKey: ApiKeyReader): CustomResourceDefinition<Properties> {
  const accessFor = (signal: AbortSignal) => cloudOneAccess(readApiKey, STEP, signal);

  const create = async (request: CreateRequest<Properties>, besideKnown = false): Promise<Outcome> => {
    const { properties, stackId } = request;
    const access = await accessFor(request.signal);
    const owner = { stackId, roleArns: [properties.RoleArn] };
    const origin = await createOnce(request, {
      findOurs: () => ownerNow(access, properties, owner),
      create: () => register(access, properties, owner),
      undo: {
        besideKnown,
        run: async (undoSignal) => deleteOurs(await accessFor(undoSignal), properties, owner),
      },
    });
    return outcomeOf(properties, origin);
  };

  const update = async (request: UpdateRequest<Properties>): Promise<Outcome> => {
    const { properties, oldProperties, registration, stackId, signal } = request;
    const access = await accessFor(signal);
    if (oldProperties !== undefined && idOf(oldProperties) !== registration.id) {
      await forgetReplacement(oldProperties, parseCloudOneRegion(registration.id.split('/')[0] ?? ''), () =>
        deleteOurs(access, oldProperties, { stackId, roleArns: [oldProperties.RoleArn] }),
      );
    }
    if (registration.id !== idOf(properties)) {
      return create(request, true);
    }
    if (registration.origin === 'adopted') {
      return outcomeOf(properties, 'adopted');
    }
    const { CloudOneRegion, AwsAccountId, RoleArn } = properties;
    const state = await findCloudAccount(access, CloudOneRegion, AwsAccountId);
    if (!state.known && state.because === 'none') {
      return create(request);
    }
    const owner = { stackId, roleArns: [RoleArn, ...(oldProperties ? [oldProperties.RoleArn] : [])] };
    if (state.known && !isOurs(state.account, owner)) {
      logger.warn('The cloud account is registered by someone else now, and left alone', { AwsAccountId });
      return outcomeOf(properties, 'created');
    }
    const wanted = draftOf(properties, stackId);
    const known = state.known
      ? draftOfAccount(state.account)
      : oldProperties && draftOf(oldProperties, stackId);
    if (known?.roleARN === wanted.roleARN && known.alias === wanted.alias) {
      return outcomeOf(properties, 'created');
    }
    const putBack = async (undoSignal: AbortSignal) => {
      const undoAccess = await accessFor(undoSignal);
      await deleteCloudAccount(undoAccess, CloudOneRegion, AwsAccountId);
      await registerCloudAccount(undoAccess, CloudOneRegion, known ?? wanted);
    };
    request.undoOnFailure({ registration, run: putBack });
    await deleteCloudAccount(access, CloudOneRegion, AwsAccountId);
    return create(request);
  };

  const remove = async (request: DeleteRequest<Properties>): Promise<void> => {
    const { registration, properties, stackId, signal } = request;
    const access = await accessFor(signal);
    if (registration === undefined) {
      return properties === undefined
        ? undefined
        : deleteOurs(access, properties, { stackId, roleArns: [properties.RoleArn] });
    }
    const [regionPart = '', awsAccountId = ''] = registration.id.split('/');
    const region = parseCloudOneRegion(regionPart);
    const state = await findCloudAccount(access, region, awsAccountId);
    const owner = properties && { stackId, roleArns: [properties.RoleArn] };
    const othersNow = state.known && owner !== undefined && !isOurs(state.account, owner);
    if (!othersNow) {
      await deleteCloudAccount(access, region, awsAccountId);
    }
  };

  return {
    step: STEP,
    properties: cloudAccountProperties,
    knowsItsOwn: true,
    create: (request) => create(request),
    update,
    delete: remove,
  };
}

/** The description is ours to choose; it is what tells a registration whose role has changed meanwhile. */
function descriptionOf(stackId: string): string {
  return `Registered by the CloudFormation stack ${stackId}`;
}

function isOurs({ roleARN, description }: CloudAccount, { stackId, roleArns }: Owner): boolean {
  return description === descriptionOf(stackId) || roleArns.includes(roleARN);
}

/** Whose registration the account has now, as far as the vendor can tell. */
async function ownerNow(
  access: CloudOneAccess,
  { CloudOneRegion, AwsAccountId }: Properties,
  owner: Owner,
): Promise<Registration['origin'] | undefined> {
  const state = await findCloudAccount(access, CloudOneRegion, AwsAccountId);
  if (!state.known) {
    return undefined;
  }
  return isOurs(state.account, owner) ? 'created' : 'adopted';
}

/** Registers the account, or finds that it is registered already, and by whom. */
async function register(
  access: CloudOneAccess,
  properties: Properties,
  owner: Owner,
): Promise<Registration['origin']> {
  try {
    await registerCloudAccount(access, properties.CloudOneRegion, draftOf(properties, owner.stackId));
    return 'created';
  } catch (error) {
    if (isStatus(error, 409)) {
      // Registered already: where the vendor cannot say by whom, it is not provably ours.
      return (await ownerNow(access, properties, owner)) ?? 'adopted';
    }
    throw error;
  }
}

async function deleteOurs(access: CloudOneAccess, properties: Properties, owner: Owner): Promise<void> {
  if ((await ownerNow(access, properties, owner)) === 'created') {
    await deleteCloudAccount(access, properties.CloudOneRegion, properties.AwsAccountId);
  }
}

function draftOf({ RoleArn, Alias }: Properties, stackId: string): CloudAccountDraft {
  return { roleARN: RoleArn, alias: Alias, description: descriptionOf(stackId) };
}

function draftOfAccount({ roleARN, alias = '', description }: CloudAccount): CloudAccountDraft {
  return { roleARN, alias, description: description ?? '' };
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
