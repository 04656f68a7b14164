import type * as z from 'zod';
import { workloadSecurityConnectorProperties } from '../../contract/onboarding.ts';
import { type CloudOneRegion, parseCloudOneRegion } from '../../contract/regions.ts';
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
  type AwsConnector,
  type AwsConnectorDraft,
  createAwsConnector,
  deleteAwsConnector,
  findAwsConnectors,
  getAwsConnector,
  modifyAwsConnector,
} from '../vendors/cloudone/workload-security.ts';
import { type ApiKeyReader, cloudOneAccess } from './api-key-reader.ts';
import { createOnce } from './create-once.ts';

type Properties = z.infer<typeof workloadSecurityConnectorProperties>;

/** A connector of the remembered id belongs to another AWS account: the API key is another tenant's. */
export class ForeignConnectorError extends Error {
  override readonly name = 'ForeignConnectorError';
}

const STEP = 'Workload Security connector';

/**
 * Registers the AWS account with Workload Security.
 *
 * A connector that names this stack's own role is ours; any other of the account was there before, is
 * adopted and left alone. Another role or name changes ours in place; another Cloud One region or AWS
 * account replaces it, for both are part of the registration's id.
 */
export function workloadSecurityConnector(readApiKey: ApiKeyReader): CustomResourceDefinition<Properties> {
  const accessFor = (signal: AbortSignal) => cloudOneAccess(readApiKey, STEP, signal);

  const create = async (request: CreateRequest<Properties>): Promise<Outcome> => {
    const { properties, signal } = request;
    const access = await accessFor(signal);
    const existing = await findAwsConnectors(access, properties.CloudOneRegion, properties.AwsAccountId);
    const ours = existing.find(isOurs(properties));
    if (ours !== undefined) {
      return outcomeOf(properties, ours, 'created');
    }
    const [theirs] = existing;
    if (theirs !== undefined) {
      return outcomeOf(properties, theirs, 'adopted');
    }
    const connector = await createOnce(request, {
      findOurs: async () => (await findOurs(access, properties))[0],
      create: () => createAwsConnector(access, properties.CloudOneRegion, draftOf(properties)),
      undo: { run: async (undoSignal) => deleteOurs(await accessFor(undoSignal), properties) },
    });
    return outcomeOf(properties, connector, 'created');
  };

  const update = async (request: UpdateRequest<Properties>): Promise<Outcome> => {
    const { properties, registration, signal } = request;
    const known = parseId(registration);
    if (known.region !== properties.CloudOneRegion || known.awsAccountId !== properties.AwsAccountId) {
      return create(request);
    }
    const access = await accessFor(signal);
    const connector = await getAwsConnector(access, known.region, known.connectorId);
    if (connector === undefined || connector.accountId !== known.awsAccountId) {
      return create(request);
    }
    const changed =
      connector.crossAccountRoleArn !== properties.RoleArn ||
      connector.displayName !== properties.DisplayName;
    if (registration.origin === 'created' && changed) {
      await modifyAwsConnector(access, known.region, known.connectorId, draftOf(properties));
    }
    return outcomeOf(properties, connector, registration.origin);
  };

  const remove = async ({ registration, properties, signal }: DeleteRequest<Properties>): Promise<void> => {
    const access = await accessFor(signal);
    if (registration !== undefined) {
      await deleteKnown(access, registration);
    }
    // Also beside a known one: two processes that carry out the same creation make two.
    if (properties !== undefined) {
      await deleteOurs(access, properties);
    }
  };

  return { step: STEP, properties: workloadSecurityConnectorProperties, create, update, delete: remove };
}

function isOurs({ RoleArn }: Properties): (connector: AwsConnector) => boolean {
  return ({ crossAccountRoleArn }) => crossAccountRoleArn === RoleArn;
}

async function findOurs(access: CloudOneAccess, properties: Properties): Promise<AwsConnector[]> {
  const existing = await findAwsConnectors(access, properties.CloudOneRegion, properties.AwsAccountId);
  return existing.filter(isOurs(properties));
}

async function deleteOurs(access: CloudOneAccess, properties: Properties): Promise<void> {
  for (const { ID } of await findOurs(access, properties)) {
    await deleteAwsConnector(access, properties.CloudOneRegion, ID);
  }
}

/**
 * Deletes by id, after a look at what the id means: ids are small numbers that every tenant has, and the
 * API key in the secret may meanwhile be another tenant's.
 */
async function deleteKnown(access: CloudOneAccess, registration: Registration): Promise<void> {
  const { region, awsAccountId, connectorId } = parseId(registration);
  const connector = await getAwsConnector(access, region, connectorId);
  if (connector === undefined) {
    return;
  }
  if (connector.accountId !== awsAccountId) {
    throw new ForeignConnectorError(
      `connector ${connectorId} belongs to AWS account ${connector.accountId ?? 'unknown'}, not to ${awsAccountId}: ` +
        'the API key is not of the Cloud One account that this stack was registered with. Put the right key into the secret.',
    );
  }
  await deleteAwsConnector(access, region, connectorId);
}

function draftOf({ DisplayName, AwsAccountId, RoleArn }: Properties): AwsConnectorDraft {
  return { displayName: DisplayName, accountId: AwsAccountId, crossAccountRoleArn: RoleArn };
}

function outcomeOf(
  { CloudOneRegion, AwsAccountId }: Properties,
  { ID }: AwsConnector,
  origin: Registration['origin'],
): Outcome {
  return {
    registration: { origin, id: `${CloudOneRegion}/${AwsAccountId}/${ID}` },
    attributes: { ConnectorId: String(ID) },
  };
}

function parseId({ id }: Registration): {
  readonly region: CloudOneRegion;
  readonly awsAccountId: string;
  readonly connectorId: number;
} {
  const [region = '', awsAccountId = '', connectorId = ''] = id.split('/');
  return { region: parseCloudOneRegion(region), awsAccountId, connectorId: Number(connectorId) };
}
