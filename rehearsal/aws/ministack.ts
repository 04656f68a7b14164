import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { clientEnvironment } from './client-environment.ts';
import { LocalAwsFailure } from './errors.ts';
import { waitForHealth } from './health.ts';
import type { Emulator } from './install.ts';
import type { LocalAws, LocalAwsOptions } from './local-aws.ts';
import { binFolder, launcher } from './paths.ts';
import { endProcessGroup } from './process-group.ts';

/** The account of the rehearsal: the number that AWS uses in its own examples. */
const accountId = '111122223333';
const startLimitMs = 60_000;

/**
 * Starts the emulator in a process group of its own, with nothing of the caller's environment but the path, and waits
 * until it answers.
 *
 * @throws LocalAwsFailure with the end of the log when it does not come up within a minute
 */
export async function startMiniStack(emulator: Emulator, options: LocalAwsOptions): Promise<LocalAws> {
  await mkdir(options.workDir, { recursive: true });
  const scratch = await mkdtemp(join(options.workDir, 'local-aws-'));
  // Functions are unpacked below it, and must not take a package.json above it for theirs: it makes them ES modules.
  await writeFile(join(scratch, 'package.json'), '{"type":"commonjs"}');
  const log = join(options.workDir, 'local-aws.log');
  const environment = { ...emulatorEnvironment(scratch, options), ...options.environment };
  const child = await launch(emulator.python, scratch, log, environment);
  const stop = once(async () => {
    await endProcessGroup(child);
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  });
  try {
    const endpoint = `http://127.0.0.1:${await announcedPort(child)}`;
    if (!(await waitForHealth(endpoint, startLimitMs))) throw new Error('it does not answer');
    return {
      endpoint,
      region: options.region,
      accountId,
      provider: { name: 'MiniStack', version: emulator.version, external: false },
      clientEnvironment: clientEnvironment(endpoint, options.region, accountId),
      log,
      stop,
    };
  } catch (error) {
    await stop();
    throw new LocalAwsFailure(
      `The local AWS did not start: ${(error as Error).message}. The end of ${log}:\n${await tail(log)}`,
    );
  }
}

/** All that the emulator gets, and with it every function that it runs. */
function emulatorEnvironment(scratch: string, options: LocalAwsOptions): Record<string, string> {
  return {
    // Node.js 24 first, so that functions run on the runtime that they have in Lambda.
    PATH: [binFolder, process.env.PATH ?? ''].join(delimiter),
    HOME: scratch,
    TMPDIR: scratch,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    MINISTACK_HOST: '127.0.0.1',
    MINISTACK_ACCOUNT_ID: accountId,
    MINISTACK_REGION: options.region,
    AUTH: String(options.enforceIam ?? true),
    TRAIL_PUBLIC_KEYS: options.trailPublicKeys ?? '',
    FAILING_CREATION: options.failingCreation ?? '',
    STATE_DIR: join(scratch, 'state'),
    S3_DATA_DIR: join(scratch, 's3'),
    // These would listen on every interface.
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    // The emulator removes containers that look like its own: it is to see none of this machine's.
    DOCKER_HOST: `unix://${join(scratch, 'no-docker')}`,
    // The retries of an asynchronous invocation come minutes apart on AWS.
    LAMBDA_ASYNC_RETRY_BASE_SECONDS: '1',
  };
}

async function launch(
  python: string,
  scratch: string,
  log: string,
  env: Record<string, string>,
): Promise<ChildProcess> {
  const output = await open(log, 'a');
  try {
    const child = spawn(python, [launcher, scratch], {
      cwd: scratch,
      env,
      detached: true,
      // 0: held open, so that the emulator notices when this process is gone. 3: announces the port.
      stdio: ['pipe', output.fd, output.fd, 'pipe'],
    });
    child.unref();
    return child;
  } finally {
    await output.close();
  }
}

async function announcedPort(child: ChildProcess): Promise<number> {
  const announcements = child.stdio[3] as Readable;
  const lines = createInterface({ input: announcements, signal: AbortSignal.timeout(startLimitMs) });
  for await (const line of lines) return (JSON.parse(line) as { port: number }).port;
  throw new Error('it ended before it was ready');
}

async function tail(log: string): Promise<string> {
  return (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-25).join('\n');
}

function once(work: () => Promise<void>): () => Promise<void> {
  let started: Promise<void> | undefined;
  return () => {
    started ??= work();
    return started;
  };
}
