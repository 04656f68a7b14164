import { setTimeout as wait } from 'node:timers/promises';
import type * as z from 'zod';
import { visionOneConnectionProperties } from '../../contract/onboarding.ts';
import { type CloudOneRegion, parseCloudOneRegion } from '../../contract/regions.ts';
import type {
  CreateRequest,
  CustomResourceDefinition,
  Outcome,
  Registration,
} from '../shared/custom-resource.ts';
import type { DurableMark } from '../shared/durable-mark.ts';
import { logger } from '../shared/logger.ts';
import type { CloudOneAccess } from '../vendors/cloudone/call.ts';
import {
  type ConnectionStatus,
  connectionState,
  DISCONNECT_BY_HAND,
  disconnect,
  enrol,
} from '../vendors/cloudone/visionone-connect.ts';
import { isStatus } from '../vendors/vendor-call.ts';
import { type ApiKeyReader, cloudOneAccess } from './api-key-reader.ts';
import { connectionMark } from './connection-mark.ts';
import { createOnce } from './create-once.ts';

type Properties = z.infer<typeof visionOneConnectionProperties>;

export interface VisionOneConnectionDependencies {
  readonly readApiKey: ApiKeyReader;
  /** Reads the enrolment token; `undefined` where there is none to connect with. */
  readonly readServiceToken: ((signal: AbortSignal) => Promise<string>) | undefined;
  /** Remembers whose the connection is, beyond the death of a process. */
  readonly mark: DurableMark;
  /** Milliseconds between looks at the status, growing to ten times as many. @default 1000 */
  readonly pollMs?: number;
  /** Milliseconds that `connecting` is waited out. @default 60000 */
  readonly patienceMs?: number;
}

/** There is no connection, and no token to make one with. */
export class NoServiceTokenError extends Error {
  override readonly name = 'NoServiceTokenError';

  constructor() {
    super(
      'this Cloud One account is not connected to Vision One, and there is no token to connect it with. ' +
        'Generate an enrolment token in Vision One, under Product Connector, and give it as VisionOneServiceToken; ' +
        'or give an API key of Vision One as VisionOneApiKey.',
    );
  }
}

/** The connection is in a state that it does not get out of by waiting. */
export class ConnectionRefusedError extends Error {
  override readonly name = 'ConnectionRefusedError';
}

const STEP = 'Vision One connection';
const CONNECTED = 'connected';
const CONNECTING = 'connecting';
/** Told where the vendor has no way to ask: there is a connection, its status is not known. */
const UNKNOWN = 'unknown';

/**
 * Enrols the Cloud One account in Vision One, and says by the attribute `Status` which state it reached:
 * `connected`; `connecting`, if that lasts longer than is worth waiting for (it goes on by itself); or
 * `unknown`, where the vendor cannot be asked.
 *
 * A connection that exists is adopted, and no token is used up for it. An update changes nothing, but reads
 * the status again; another Cloud One region is another connection, and replaces this one.
 *
 * The vendor does not tell whose a connection is, so a mark of ours does: it is set before the enrolment, so
 * that a creation that is repeated, and a deletion that was never told an id, know what a process did that died.
 */
export function visionOneConnection(
  dependencies: VisionOneConnectionDependencies,
): CustomResourceDefinition<Properties> {
  const { readApiKey } = dependencies;
  const mark = connectionMark(dependencies.mark);
  const accessFor = (signal: AbortSignal) => cloudOneAccess(readApiKey, STEP, signal);

  const create = async (request: CreateRequest<Properties>): Promise<Outcome> => {
    const { properties, signal } = request;
    const region = properties.CloudOneRegion;
    const access = await accessFor(signal);
    const before = await connectionState(access, region);
    if (!before.known) {
      return connect(request, access);
    }
    const origin = (await mark.read(region, signal)) === 'none' ? 'adopted' : 'created';
    if (origin === 'created') {
      request.undoOnFailure({
        registration: { origin, id: region },
        run: async (undoSignal) => takeBack(await accessFor(undoSignal), region),
      });
    }
    return outcomeOf(region, origin, await settledStatus(access, region, before.status, dependencies));
  };

  const connect = async (request: CreateRequest<Properties>, access: CloudOneAccess): Promise<Outcome> => {
    const { properties, signal } = request;
    const region = properties.CloudOneRegion;
    const token = await tokenOf(dependencies, signal);
    let mayBeLeft = false;
    request.undoOnFailure({
      run: async (undoSignal) => {
        if (!mayBeLeft) {
          await mark.clear(undoSignal);
        }
      },
    });
    // A mark of another process that came to its end says more than ours would.
    if ((await mark.read(region, signal)) !== 'made') {
      await mark.begin(region, signal);
    }
    let connection: Connection | undefined;
    const undo = async (undoSignal: AbortSignal) => {
      mayBeLeft = true;
      const undoAccess = await accessFor(undoSignal);
      // Where the answer was lost, only a connection that the vendor shows now is one that we made.
      const ours = connection ?? (await connectionMadeSince(undoAccess, region));
      if (ours?.origin === 'created') {
        await disconnectSurely(undoAccess, region);
      }
      mayBeLeft = false;
    };
    connection = await createOnce(request, {
      findOurs: () => connectionMadeSince(access, region),
      create: () => enrolOrAdopt(access, region, token),
      undo: { registration: { origin: 'created', id: region }, run: undo },
    });
    // Refused as connected already: by a process of ours that was given the same request, or by somebody else.
    const isOurs = connection.origin === 'created' || (await mark.read(region, signal)) === 'made';
    await (isOurs ? mark.finish(region, signal) : mark.clear(signal));
    const status = await settledStatus(access, region, connection.status, dependencies);
    return outcomeOf(region, isOurs ? 'created' : 'adopted', status);
  };

  const takeBack = async (access: CloudOneAccess, region: CloudOneRegion): Promise<void> => {
    await disconnectSurely(access, region);
    if ((await mark.read(region, access.signal)) !== 'none') {
      await mark.clear(access.signal);
    }
  };

  /** Takes back what a process made that died before it could answer. */
  const takeBackWhatIsMarked = async (region: CloudOneRegion, signal: AbortSignal): Promise<void> => {
    const marked = await mark.read(region, signal);
    if (marked === 'none') {
      return;
    }
    const access = await accessFor(signal);
    // Begun only: nobody but the vendor knows whether it came to a connection.
    if (marked === 'made' || (await connectionState(access, region)).known) {
      await disconnectSurely(access, region);
    }
    await mark.clear(signal);
  };

  return {
    step: STEP,
    properties: visionOneConnectionProperties,
    knowsItsOwn: true,
    create,
    update: async (request) => {
      const region = request.properties.CloudOneRegion;
      if (request.registration.id !== region) {
        return create(request);
      }
      const state = await connectionState(await accessFor(request.signal), region);
      return outcomeOf(region, request.registration.origin, state.known ? state.status : UNKNOWN);
    },
    delete: async ({ registration, properties, signal }) => {
      if (registration !== undefined) {
        await takeBack(await accessFor(signal), parseCloudOneRegion(registration.id));
      } else if (properties !== undefined) {
        await takeBackWhatIsMarked(properties.CloudOneRegion, signal);
      }
    },
  };
}

/** @throws NoServiceTokenError */
function tokenOf(
  { readServiceToken }: VisionOneConnectionDependencies,
  signal: AbortSignal,
): Promise<string> {
  if (readServiceToken === undefined) {
    throw new NoServiceTokenError();
  }
  return readServiceToken(signal);
}

interface Connection {
  readonly origin: Registration['origin'];
  readonly status: ConnectionStatus;
}

/** There was none before we asked for one, so what is there now is ours. */
async function connectionMadeSince(
  access: CloudOneAccess,
  region: CloudOneRegion,
): Promise<Connection | undefined> {
  const state = await connectionState(access, region);
  return state.known ? { origin: 'created', status: state.status } : undefined;
}

async function enrolOrAdopt(
  access: CloudOneAccess,
  region: CloudOneRegion,
  token: string,
): Promise<Connection> {
  try {
    return { origin: 'created', status: await enrol(access, region, token) };
  } catch (error) {
    if (isStatus(error, 409)) {
      // Connected already, though the look before could not tell.
      const state = await connectionState(access, region);
      return { origin: 'adopted', status: state.known ? state.status : UNKNOWN };
    }
    throw error;
  }
}

/** Waits while the connection is being made, within bounds, and tells where it got to. */
async function settledStatus(
  access: CloudOneAccess,
  region: CloudOneRegion,
  first: ConnectionStatus,
  { pollMs = 1000, patienceMs = 60_000 }: VisionOneConnectionDependencies,
): Promise<ConnectionStatus> {
  const until = Date.now() + patienceMs;
  let status = first;
  for (let pauseMs = pollMs; status === CONNECTING && Date.now() < until; pauseMs *= 1.5) {
    await wait(Math.min(pauseMs, 10 * pollMs));
    if (access.signal.aborted) {
      break;
    }
    const state = await connectionState(access, region);
    if (!state.known) {
      logger.warn('The status of the Vision One connection cannot be asked for', { because: state.because });
      break;
    }
    status = state.status;
  }
  if (![CONNECTED, CONNECTING, UNKNOWN].includes(status)) {
    throw new ConnectionRefusedError(
      `Cloud One says that the connection is "${status}", which waiting does not change. Look at it in the ` +
        'Cloud One console, under Administration > Trend Vision One, and deploy again.',
    );
  }
  logger.info('Vision One connection', { status });
  return status;
}

/**
 * Disconnects. The call for it is assumed, so where the vendor answers that there is nothing to disconnect,
 * the status is asked for: it would tell that there is no such call.
 */
async function disconnectSurely(access: CloudOneAccess, region: CloudOneRegion): Promise<void> {
  if ((await disconnect(access, region)) === 'disconnected') {
    return;
  }
  const state = await connectionState(access, region);
  if (state.known) {
    throw new ConnectionRefusedError(
      `Cloud One knows of nothing to disconnect, but still says "${state.status}". ${DISCONNECT_BY_HAND}`,
    );
  }
}

function outcomeOf(
  region: CloudOneRegion,
  origin: Registration['origin'],
  status: ConnectionStatus,
): Outcome {
  return { registration: { origin, id: region }, attributes: { Status: status } };
}
