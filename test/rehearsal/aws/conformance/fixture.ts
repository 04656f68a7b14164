import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MissingPrerequisite } from '../../../../rehearsal/aws/errors.ts';
import { type LocalAws, startLocalAws } from '../../../../rehearsal/aws/local-aws.ts';
import { type Recorder, startRecorder } from './recorder.ts';
import { Stacks } from './stacks.ts';

/** What every conformance test works with: one emulator for all of them. */
export interface Fixture {
  readonly aws: LocalAws;
  readonly recorder: Recorder;
  readonly stacks: Stacks;
  /** Options of any AWS client. */
  readonly client: ClientOptions;
  /** Where the emulator looks for the keys of digest files. */
  readonly trailPublicKeys: string;
  /** Where the emulator looks for a creation that is to fail. */
  readonly failingCreation: string;
  close(): Promise<void>;
}

export interface ClientOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export const handedOn = { CONFORMANCE_HANDED_ON: 'yes' };

/** The fixture, or the reason why there can be none on this machine. */
export async function startFixture(): Promise<Fixture | MissingPrerequisite> {
  const workDir = await mkdtemp(join(tmpdir(), 'conformance-'));
  try {
    const trailPublicKeys = join(workDir, 'keys.json');
    const failingCreation = join(workDir, 'failing-creation.json');
    const aws = await startLocalAws({
      region: 'eu-central-1',
      environment: handedOn,
      trailPublicKeys,
      failingCreation,
      workDir,
    });
    const recorder = await startRecorder();
    const client = clientOf(aws);
    const close = async () => {
      await Promise.all([aws.stop(), recorder.close()]);
      await rm(workDir, { recursive: true, force: true });
    };
    return { aws, recorder, client, trailPublicKeys, failingCreation, stacks: new Stacks(client), close };
  } catch (error) {
    await rm(workDir, { recursive: true, force: true });
    if (error instanceof MissingPrerequisite) return error;
    throw error;
  }
}

export function clientOf(aws: LocalAws, region: string = aws.region): ClientOptions {
  const credentials = {
    accessKeyId: aws.clientEnvironment.AWS_ACCESS_KEY_ID ?? 'test',
    secretAccessKey: 'local',
  };
  return { endpoint: aws.endpoint, region, credentials };
}

/** Asks until there is an answer, for at most half a minute. */
export async function eventually<Answer>(ask: () => Promise<Answer | undefined>): Promise<Answer> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(50);
  }
  throw new Error('It did not come about within half a minute.');
}
