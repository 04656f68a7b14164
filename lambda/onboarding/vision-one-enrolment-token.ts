import type * as z from 'zod';
import { type Enrolment, visionOneEnrolmentTokenProperties } from '../../contract/onboarding.ts';
import {
  type CloudOneRegion,
  parseCloudOneRegion,
  VISION_ONE_REGIONS,
  type VisionOneRegion,
} from '../../contract/regions.ts';
import type {
  CreateRequest,
  CustomResourceDefinition,
  DeleteRequest,
  Outcome,
  Registration,
  UpdateRequest,
} from '../shared/custom-resource.ts';
import type { DurableMark } from '../shared/durable-mark.ts';
import { logger } from '../shared/logger.ts';
import { type ConnectionState, connectionState } from '../vendors/cloudone/visionone-connect.ts';
import { VendorError } from '../vendors/vendor-call.ts';
import {
  deleteConnector,
  generateEnrolmentToken,
  type VisionOneAccess,
} from '../vendors/visionone-enrolment.ts';
import { type ApiKeyReader, cloudOneAccess } from './api-key-reader.ts';
import { connectionMark } from './connection-mark.ts';
import { createOnce } from './create-once.ts';
import type { EnrolmentSecret } from './enrolment-secret.ts';

type Properties = z.infer<typeof visionOneEnrolmentTokenProperties>;

export interface EnrolmentTokenDependencies {
  readonly readApiKey: ApiKeyReader;
  readonly readVisionOneApiKey: (signal: AbortSignal) => Promise<string>;
  readonly secret: EnrolmentSecret;
  /** What the connection's resource remembers of it. */
  readonly connectionMark: DurableMark;
}

/** A product connector of Vision One's. */
type Connector = Pick<Enrolment, 'visionOneRegion' | 'connectorId'>;

/** The connector is of one Vision One account, and the API key of another region's. */
export class OtherVisionOneError extends Error {
  override readonly name = 'OtherVisionOneError';
}

/** Deleting the connector would cut a connection that is in use. */
export class ConnectorInUseError extends Error {
  override readonly name = 'ConnectorInUseError';

  constructor() {
    super(
      'the Cloud One account is still connected to Vision One, and deleting the connector in Vision One would cut ' +
        'that. Disconnect the account first (Cloud One console, Administration > Trend Vision One), or leave the connector.',
    );
  }
}

const STEP = 'Vision One enrolment token';
/** Stands for the connector's id where none was needed. */
const NO_CONNECTOR = 'none';
/** A token that lapses sooner is not worth connecting with. */
const SHORTEST_REST_MS = 5 * 60_000;

/**
 * Generates an enrolment token with the user's Vision One API key, for the connection to use, and puts it into
 * its secret; deletes its connector again, after the connection is gone.
 *
 * Where the Cloud One account is connected already, nothing is generated. An update generates nothing either: a
 * token is used once. A token whose answer was lost cannot be found again, since Vision One lists none: it is
 * unused and lapses by itself, and trying again makes no more of them than another deployment would.
 *
 * The secret is the durable mark: token and connector's id stand in it together, so that a creation that is
 * repeated uses them, and a deletion that was never told an id finds it.
 */
export function visionOneEnrolmentToken(
  dependencies: EnrolmentTokenDependencies,
): CustomResourceDefinition<Properties> {
  const { readApiKey, readVisionOneApiKey, secret } = dependencies;
  const mark = connectionMark(dependencies.connectionMark);
  const lookAtConnection = async (region: CloudOneRegion, signal: AbortSignal) =>
    connectionState(await cloudOneAccess(readApiKey, STEP, signal), region);
  const accessTo = async (region: VisionOneRegion, signal: AbortSignal): Promise<VisionOneAccess> => ({
    apiKey: await readVisionOneApiKey(signal),
    region,
    step: STEP,
    signal,
  });

  /** Takes a connector back, and forgets it where it is the one that is remembered. */
  const takeBack = async ({ visionOneRegion, connectorId }: Connector, signal: AbortSignal) => {
    await deleteConnector(await accessTo(visionOneRegion, signal), connectorId);
    if ((await secret.read(signal))?.connectorId === connectorId) {
      await secret.clear(signal);
    }
  };

  /** What was generated to connect the Cloud One account in that region. */
  const rememberedFor = async (region: CloudOneRegion, signal: AbortSignal) => {
    const remembered = await secret.read(signal);
    return remembered?.cloudOneRegion === region ? remembered : undefined;
  };

  const create = async (request: CreateRequest<Properties>): Promise<Outcome> => {
    const { properties, signal } = request;
    const connection = await lookAtConnection(properties.CloudOneRegion, signal);
    const before = await rememberedFor(properties.CloudOneRegion, signal);
    if (before !== undefined) {
      if (before.visionOneRegion === properties.VisionOneRegion && isUsable(before, connection)) {
        return outcomeOf(properties, 'created', before.connectorId);
      }
      await takeBack(before, signal);
    }
    if (connection.known) {
      logger.info('The account is connected already: no enrolment token is needed');
      return outcomeOf(properties, 'adopted', NO_CONNECTOR);
    }
    const generated = await generate(request);
    await secret.write(generated, signal);
    return outcomeOf(properties, 'created', generated.connectorId);
  };

  const generate = async (request: CreateRequest<Properties>): Promise<Enrolment> => {
    const { properties, signal } = request;
    const access = await accessTo(properties.VisionOneRegion, signal);
    let generated: Enrolment | undefined;
    const undo = {
      get registration() {
        return generated && outcomeOf(properties, 'created', generated.connectorId).registration;
      },
      run: async (undoSignal: AbortSignal) => {
        if (generated !== undefined) {
          await takeBack(generated, undoSignal);
        }
      },
    };
    try {
      generated = await createOnce(request, {
        findOurs: async () => {
          logger.warn('Vision One may have generated a token that never arrived; it lapses unused');
          return undefined;
        },
        create: async () => ({
          ...(await generateEnrolmentToken(access)),
          visionOneRegion: properties.VisionOneRegion,
          cloudOneRegion: properties.CloudOneRegion,
        }),
        undo,
      });
      return generated;
    } catch (error) {
      throw error instanceof VendorError && error.mayHaveActed ? withWordsOnWhatMayBeLeft(error) : error;
    }
  };

  const update = async (request: UpdateRequest<Properties>): Promise<Outcome> => {
    const { properties, registration } = request;
    const known = parseId(registration);
    if (known.cloudOneRegion !== properties.CloudOneRegion) {
      return create(request);
    }
    if (registration.origin === 'created' && known.visionOneRegion !== properties.VisionOneRegion) {
      throw new OtherVisionOneError(
        `the connection was made with Vision One in region ${known.visionOneRegion}, but VisionOneRegion is now ` +
          `${properties.VisionOneRegion}. To move to another Vision One account, delete the stack with the old ` +
          'key and region and deploy it again with the new ones.',
      );
    }
    return { registration };
  };

  /**
   * The connection is deleted before its token's connector. One of ours that is still there is in use: the API
   * key was taken out of the parameters, and the stack goes on.
   */
  const assertNotInUse = async (region: CloudOneRegion, signal: AbortSignal): Promise<void> => {
    const isOurs = (await mark.read(region, signal)) !== 'none';
    if (isOurs && (await lookAtConnection(region, signal)).known) {
      throw new ConnectorInUseError();
    }
  };

  const remove = async ({ registration, properties, signal }: DeleteRequest<Properties>): Promise<void> => {
    const known = registration && parseId(registration);
    const cloudOneRegion = known?.cloudOneRegion ?? properties?.CloudOneRegion;
    if (cloudOneRegion === undefined) {
      return;
    }
    // Also beside a known one: two processes that carry out the same creation make two.
    const remembered = await rememberedFor(cloudOneRegion, signal);
    const connectors = [known, remembered].filter((connector) => connector !== undefined);
    if (connectors.length > 0) {
      await assertNotInUse(cloudOneRegion, signal);
    }
    for (const connector of connectors) {
      await takeBack(connector, signal);
    }
  };

  return { step: STEP, properties: visionOneEnrolmentTokenProperties, create, update, delete: remove };
}

/** A used token serves: the connection that it made is there. */
function isUsable({ expiresAt }: Enrolment, connection: ConnectionState): boolean {
  return connection.known || expiresAt === undefined || expiresAt - Date.now() > SHORTEST_REST_MS;
}

function withWordsOnWhatMayBeLeft(error: VendorError): VendorError {
  const { status, retryAfterMs } = error;
  return new VendorError(
    `${error.message} Vision One may have generated a token all the same. It is unused and lapses by itself; ` +
      'its connector can be deleted in Vision One, under Product Connector.',
    { status, retryAfterMs, mayHaveActed: true, cause: error },
  );
}

function outcomeOf(
  { CloudOneRegion, VisionOneRegion }: Properties,
  origin: Registration['origin'],
  connectorId: string,
): Outcome {
  return { registration: { origin, id: `${CloudOneRegion}/${VisionOneRegion}/${connectorId}` } };
}

function parseId({ id }: Registration): {
  readonly cloudOneRegion: CloudOneRegion;
  readonly visionOneRegion: VisionOneRegion;
  readonly connectorId: string;
} {
  const [cloudOne = '', visionOne = '', ...connectorId] = id.split('/');
  const visionOneRegion = VISION_ONE_REGIONS.find((region) => region === visionOne);
  if (visionOneRegion === undefined) {
    throw new Error(`not an id of an enrolment token: ${id}`);
  }
  return {
    cloudOneRegion: parseCloudOneRegion(cloudOne),
    visionOneRegion,
    connectorId: connectorId.join('/'),
  };
}
