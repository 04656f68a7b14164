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
import { logger } from '../shared/logger.ts';
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
import { VendorError } from '../vendors/vendor-call.ts';
import { type ApiKeyReader, cloudOneAccess } from './api-key-reader.ts';
import { createOnce } from './create-once.ts';
import { forgetReplacement } from './forget-replacement.ts';

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

  const create = async (
    request: CreateRequest<Properties> & { readonly oldProperties?: Properties | undefined },
    besideKnown = false,
  ): Promise<Outcome> => {
    const { properties, oldProperties, signal } = request;
    const access = await accessFor(signal);
    const existing = await findConnectors(access, properties);
    // A role of before, too: an update that was killed may have left one with it.
    const ours = existing.find((connector) => isOurs(connector, properties, oldProperties));
    if (ours !== undefined) {
      return outcomeOf(properties, await asWanted(access, ours, properties), 'created');
    }
    const [theirs] = existing;
    if (theirs !== undefined) {
      return outcomeOf(properties, theirs, 'adopted');
    }
    const connector = await createOnce(request, {
      findOurs: async () => (await findOurs(access, properties))[0],
      create: () => createAwsConnector(access, properties.CloudOneRegion, draftOf(properties)),
      undo: { besideKnown, run: async (undoSignal) => deleteOurs(await accessFor(undoSignal), properties) },
    });
    return outcomeOf(properties, await onlyOne(access, properties, connector), 'created');
  };

  const update = async (request: UpdateRequest<Properties>): Promise<Outcome> => {
    const { properties, oldProperties, registration, signal } = request;
    const known = parseId(registration);
    const access = await accessFor(signal);
    if (oldProperties !== undefined && !isSamePlace(known, oldProperties)) {
      await forgetReplacement(oldProperties, known.region, () => deleteOurs(access, oldProperties));
    }
    if (!isSamePlace(known, properties)) {
      return create({ ...request, oldProperties: undefined }, true);
    }
    const connector = await getAwsConnector(access, known.region, known.connectorId);
    if (connector === undefined || connector.accountId !== known.awsAccountId) {
      return create(request);
    }
    const now = registration.origin === 'created' ? await asWanted(access, connector, properties) : connector;
    return outcomeOf(properties, now, registration.origin);
  };

  const remove = async ({ registration, properties, signal }: DeleteRequest<Properties>): Promise<void> => {
    const access = await accessFor(signal);
    // Where the known one is gone, another with our role is what an update made in its place: it is in use.
    const mayHaveOthers =
      registration === undefined || (await deleteKnown(access, registration)) === 'deleted';
    const elsewhere = registration && properties && !isSamePlace(parseId(registration), properties);
    if (mayHaveOthers && properties !== undefined && !elsewhere) {
      await deleteOurs(access, properties);
    }
  };

  return {
    step: STEP,
    properties: workloadSecurityConnectorProperties,
    knowsItsOwn: true,
    create: (request) => create(request),
    update,
    delete: remove,
  };
}

function isOurs(
  { crossAccountRoleArn }: AwsConnector,
  ...properties: readonly (Properties | undefined)[]
): boolean {
  return properties.some((owner) => owner !== undefined && crossAccountRoleArn === owner.RoleArn);
}

/** All connectors of the account, the eldest first, so that whoever looks means the same one. */
async function findConnectors(access: CloudOneAccess, properties: Properties): Promise<AwsConnector[]> {
  const found = await findAwsConnectors(access, properties.CloudOneRegion, properties.AwsAccountId);
  return found.toSorted((a, b) => a.ID - b.ID);
}

async function findOurs(access: CloudOneAccess, properties: Properties): Promise<AwsConnector[]> {
  return (await findConnectors(access, properties)).filter((connector) => isOurs(connector, properties));
}

async function deleteOurs(access: CloudOneAccess, properties: Properties): Promise<void> {
  for (const { ID } of await findOurs(access, properties)) {
    await deleteAwsConnector(access, properties.CloudOneRegion, ID);
  }
}

/** The connector, after its role and name are set to what they are to be. */
async function asWanted(
  access: CloudOneAccess,
  connector: AwsConnector,
  properties: Properties,
): Promise<AwsConnector> {
  const { crossAccountRoleArn, displayName, ID } = connector;
  if (crossAccountRoleArn !== properties.RoleArn || displayName !== properties.DisplayName) {
    await modifyAwsConnector(access, properties.CloudOneRegion, ID, draftOf(properties));
  }
  return connector;
}

/**
 * Settles on the eldest of ours: a creation that is delivered to two processes at once makes two connectors,
 * and the one that is made last always sees both.
 */
async function onlyOne(
  access: CloudOneAccess,
  properties: Properties,
  made: AwsConnector,
): Promise<AwsConnector> {
  try {
    const [eldest = made, ...others] = await findOurs(access, properties);
    for (const { ID } of others) {
      await deleteAwsConnector(access, properties.CloudOneRegion, ID);
    }
    return eldest;
  } catch (error) {
    if (error instanceof VendorError) {
      // The connector is made. A second one would be rare, and goes with the first when that is deleted.
      logger.warn('Not looked for a second connector', { reason: error.message });
      return made;
    }
    throw error;
  }
}

/**
 * Deletes by id, after a look at what the id means: ids are small numbers that every tenant has, and the
 * API key in the secret may meanwhile be another tenant's.
 */
async function deleteKnown(
  access: CloudOneAccess,
  registration: Registration,
): Promise<'deleted' | 'absent'> {
  const { region, awsAccountId, connectorId } = parseId(registration);
  const connector = await getAwsConnector(access, region, connectorId);
  if (connector === undefined) {
    return 'absent';
  }
  if (connector.accountId !== awsAccountId) {
    throw new ForeignConnectorError(
      `connector ${connectorId} belongs to AWS account ${connector.accountId ?? 'unknown'}, not to ${awsAccountId}: ` +
        'the API key is not of the Cloud One account that this stack was registered with. Put the right key into the secret.',
    );
  }
  await deleteAwsConnector(access, region, connectorId);
  return 'deleted';
}

function isSamePlace(
  { region, awsAccountId }: ReturnType<typeof parseId>,
  { CloudOneRegion, AwsAccountId }: Properties,
): boolean {
  return region === CloudOneRegion && awsAccountId === AwsAccountId;
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
