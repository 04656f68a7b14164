import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LocalAwsFailure, MissingPrerequisite } from '../../../rehearsal/aws/errors.ts';
import { ensureEmulator } from '../../../rehearsal/aws/install.ts';
import { type LocalAws, startLocalAws } from '../../../rehearsal/aws/local-aws.ts';
import { binFolder, repository } from '../../../rehearsal/aws/paths.ts';
import { clientOf, eventually } from './conformance/fixture.ts';
import { Stacks } from './conformance/stacks.ts';
import { nodeFunction } from './conformance/templates.ts';

const missing = await ensureEmulator().then(
  () => undefined,
  (error: unknown) => {
    if (error instanceof MissingPrerequisite) return error;
    throw error;
  },
);
if (missing) console.warn(`Starting and stopping the local AWS was not tested. ${missing.message}`);

let workDir = '';
beforeEach(async () => {
  // Whatever the machine has set: these tests start or name their own.
  vi.stubEnv('AWS_ENDPOINT_URL', '');
  workDir = await mkdtemp(join(tmpdir(), 'local-aws-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(workDir, { recursive: true, force: true });
});

/** Which processes have this folder in their environment or command line: the emulator and its workers. */
async function processesOf(folder: string): Promise<string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const mentions = processes.map(async (id) => {
    const files = ['environ', 'cmdline'].map((file) =>
      readFile(`/proc/${id}/${file}`, 'utf8').catch(() => ''),
    );
    return (await Promise.all(files)).some((text) => text.includes(`${folder}/`)) ? id : undefined;
  });
  return (await Promise.all(mentions)).filter((id) => id !== undefined);
}

async function runAFunction(aws: LocalAws): Promise<void> {
  const stacks = new Stacks(clientOf(aws));
  await stacks.deploy('one', { Resources: nodeFunction('exports.handler = async () => "x"') });
  const FunctionName = await stacks.physicalId('one', 'Function');
  await new LambdaClient(clientOf(aws)).send(new InvokeCommand({ FunctionName }));
}

describe.skipIf(missing)('the local AWS that is started', { timeout: 60_000 }, () => {
  it('says where and what it is, and leaves neither processes nor files when it is stopped', async () => {
    const aws = await startLocalAws({ region: 'us-east-1', workDir });
    await runAFunction(aws);
    const running = existsSync('/proc') ? await processesOf(workDir) : undefined;

    await aws.stop();
    await aws.stop();

    expect(aws.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(aws.provider).toEqual({ name: 'MiniStack', version: expect.any(String), external: false });
    expect(aws.clientEnvironment).toMatchObject({ AWS_ENDPOINT_URL: aws.endpoint, AWS_REGION: 'us-east-1' });
    expect(await readdir(workDir)).toEqual(['local-aws.log']);
    if (running) {
      // The emulator and one worker at least, and then nothing.
      expect(running.length).toBeGreaterThanOrEqual(2);
      expect(await processesOf(workDir)).toEqual([]);
    }
  });

  it('has nothing of the environment that it was not given', async () => {
    vi.stubEnv('A_SECRET_OF_THE_MACHINE', 'secret');

    const aws = await startLocalAws({ region: 'us-east-1', workDir, environment: { GIVEN: 'yes' } });
    const stacks = new Stacks(clientOf(aws));
    await stacks.deploy('env', { Resources: nodeFunction('exports.handler = async () => process.env') });
    const FunctionName = await stacks.physicalId('env', 'Function');
    const { Payload } = await new LambdaClient(clientOf(aws)).send(new InvokeCommand({ FunctionName }));
    await aws.stop();

    const environment = JSON.parse(Buffer.from(Payload ?? []).toString());
    expect(environment).toMatchObject({ GIVEN: 'yes', AWS_ENDPOINT_URL: aws.endpoint });
    expect(environment).not.toHaveProperty('A_SECRET_OF_THE_MACHINE');
  });

  it.skipIf(!existsSync('/proc'))(
    'ends with its workers when the process that started it is killed',
    async () => {
      const script = `
      import { startLocalAws } from '${repository}/rehearsal/aws/local-aws.ts';
      const aws = await startLocalAws({ region: 'us-east-1', workDir: '${workDir}' });
      console.log(JSON.stringify(aws));
      setInterval(() => {}, 1000);`;
      const parent = spawn(join(binFolder, 'node'), ['--input-type=module', '--eval', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line = ''] = await createInterface({ input: parent.stdout })
        [Symbol.asyncIterator]()
        .next()
        .then(({ value }) => [value as string]);
      await runAFunction(JSON.parse(line) as LocalAws);
      const running = (await processesOf(workDir)).filter((id) => id !== String(parent.pid));

      parent.kill('SIGKILL');

      expect(running.length).toBeGreaterThanOrEqual(2);
      await eventually(async () => ((await processesOf(workDir)).length === 0 ? true : undefined));
      await eventually(async () => ((await readdir(workDir)).length === 1 ? true : undefined));
    },
  );

  it('shows the end of its log when it does not start', async () => {
    await expect(
      startLocalAws({
        region: 'us-east-1',
        workDir,
        environment: { PYTHONPATH: `${repository}/test/rehearsal/aws/broken` },
      }),
    ).rejects.toThrow(/did not start[\s\S]*local-aws\.log[\s\S]*broken on purpose/);
  });
});

describe('the local AWS that is given', () => {
  const serve = async (pages: Record<string, object>) => {
    const server = createServer((request, response) => {
      const page = pages[request.url ?? ''];
      response.statusCode = page ? 200 : 404;
      response.setHeader('content-type', page && 'xml' in page ? 'text/xml' : 'application/json');
      response.end(page && 'xml' in page ? page.xml : JSON.stringify(page ?? {}));
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
  };

  it('is used as it is, and stays up', async () => {
    const identity =
      '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>000000000000</Account></GetCallerIdentityResult></GetCallerIdentityResponse>';
    const server = await serve({ '/_localstack/health': { version: '4.2' }, '/': { xml: identity } });
    vi.stubEnv('AWS_ENDPOINT_URL', server.url);

    const aws = await startLocalAws({ region: 'eu-west-2', workDir });
    await aws.stop();

    expect(aws).toMatchObject({
      endpoint: server.url,
      accountId: '000000000000',
      provider: { name: 'LocalStack', version: '4.2', external: true },
      clientEnvironment: { AWS_ENDPOINT_URL: server.url, AWS_REGION: 'eu-west-2' },
    });
    expect((await fetch(`${server.url}/_localstack/health`)).status).toBe(200);
    server.close();
  });

  it.each([
    ['https://s3.us-east-1.amazonaws.com', /the real AWS/],
    ['https://sts.amazonaws.com.cn/', /the real AWS/],
    ['127.0.0.1:4566', /not an http or https address/],
    ['not an address', /not an http or https address/],
  ])('is refused when it is %s', async (given, reason) => {
    vi.stubEnv('AWS_ENDPOINT_URL', given);

    const started = startLocalAws({ region: 'us-east-1', workDir });

    await expect(started).rejects.toThrow(LocalAwsFailure);
    await expect(started).rejects.toThrow(reason);
  });
});
