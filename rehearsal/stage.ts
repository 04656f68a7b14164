/** What a rehearsal plays on: the local AWS, the simulated vendors, and a folder for logs. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type LocalAws, startLocalAws } from './aws/local-aws.ts';
import { type Clients, clientsOf } from './clients.ts';
import { recordingEnvironment } from './permissions/proof.ts';
import { type Simulator, startSimulator } from './vendors/simulator.ts';

/** The AWS region that belongs to the simulated tenant's Cloud One region. */
export const REGION = 'us-east-1';

/** Read by the functions; see their endpoint resolver. */
const OVERRIDE_VARIABLE = 'VENDOR_ENDPOINT_OVERRIDE';

export interface Stage {
  readonly aws: LocalAws;
  /**
   * Credentials that the CDK's command line tool runs with, where they are not those of the account's root user.
   */
  readonly cdkCredentials?: Readonly<Record<string, string>>;
  readonly clients: Clients;
  readonly simulator: Simulator;
  /** Where the existing bucket is. @default the region of `aws` */
  readonly bucketRegion?: string | undefined;
  /** Logs and the synthesized templates. */
  readonly folder: string;
  /** Every AWS call of every function, one JSON object a line. */
  readonly callLog: string;
  /** Where the local AWS looks for CloudTrail's public keys. */
  readonly trailPublicKeys: string;
  /** Where the local AWS looks for a creation that is to fail. */
  readonly failingCreation: string;
  /** Ends the local AWS and the simulated vendors. May be called more than once. */
  strike(): Promise<void>;
}

/** The endpoint given from outside was not started the way a rehearsal needs it. */
export class StageError extends Error {
  override readonly name = 'StageError';
}

/**
 * Sets the stage.
 *
 * An AWS endpoint given from outside (`AWS_ENDPOINT_URL`) hands its own environment to the functions, so the
 * simulated vendors must listen where that environment says.
 *
 * @throws MissingPrerequisite, LocalAwsFailure, StageError.
 */
export async function setStage(outputFolder: string, onProgress: (message: string) => void): Promise<Stage> {
  const folder = join(outputFolder, 'work');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const callLog = join(folder, 'calls.ndjson');
  const failingCreation = join(folder, 'failing-creation.json');
  const trailPublicKeys = join(folder, 'trail-public-keys.json');
  const simulator = await startSimulator({ port: portForExternalAws() });
  try {
    const aws = await startLocalAws({
      region: REGION,
      workDir: folder,
      failingCreation,
      trailPublicKeys,
      environment: {
        [OVERRIDE_VARIABLE]: simulator.url,
        ...recordingEnvironment(callLog),
      },
      onProgress,
    });
    return {
      aws,
      clients: clientsOf(aws),
      simulator,
      folder,
      callLog,
      failingCreation,
      trailPublicKeys,
      strike: async () => {
        await Promise.all([aws.stop(), simulator.close()]);
      },
    };
  } catch (error) {
    await simulator.close();
    throw error;
  }
}

/** @returns 0, any free port, for a local AWS of our own. */
function portForExternalAws(): number {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (endpoint === undefined || endpoint === '') {
    return 0;
  }
  const override = URL.parse(process.env[OVERRIDE_VARIABLE] ?? '');
  const port = Number(override?.port);
  if (!port) {
    throw new StageError(
      `AWS_ENDPOINT_URL (${endpoint}) is used as the local AWS. Its functions must find the simulated vendors: ` +
        `choose a free port, start that AWS with ${OVERRIDE_VARIABLE}=http://127.0.0.1:<port> in its environment, ` +
        'and give the same variable to this command.',
    );
  }
  return port;
}
