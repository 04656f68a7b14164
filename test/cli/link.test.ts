import {
  CloudFormationClient,
  CloudFormationServiceException,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import {
  GetSecretValueCommand,
  SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand, STSClient, STSServiceException } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { run } from '../../cli/program.ts';
import { OUTPUTS } from '../../contract/parameters.ts';
import { type Simulator, startSimulator } from '../../rehearsal/vendors/simulator.ts';
import { captureStreams } from './streams.ts';

const ACCOUNT = '111122223333';
const SECRET = `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:CloudOneApiKey-abc`;
const DAY_MS = 24 * 60 * 60 * 1000;

const cloudFormation = mockClient(CloudFormationClient);
const secretsManager = mockClient(SecretsManagerClient);
const sts = mockClient(STSClient);
let vendors: Simulator;

beforeAll(async () => {
  vendors = await startSimulator();
});
afterAll(() => vendors.close());
beforeEach(() => {
  vi.restoreAllMocks();
  // No jitter, hence no waiting between tries.
  vi.spyOn(Math, 'random').mockReturnValue(0);
  vi.unstubAllEnvs();
  vendors.reset();
  cloudFormation.reset();
  cloudFormation.onAnyCommand().rejects(new Error('not expected'));
  secretsManager.reset();
  secretsManager.onAnyCommand().rejects(new Error('not expected'));
  sts.reset();
  sts.onAnyCommand().rejects(new Error('not expected'));
  vi.stubEnv('VENDOR_ENDPOINT_OVERRIDE', vendors.url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('CLOUD_ONE_API_KEY', undefined);
  noStack();
});

const apiKey = () => vendors.tenant.cloudOneApiKey;
const calls = () => vendors.state().calls.map(({ method, host, path }) => `${method} ${host}${path}`);

function noStack(): void {
  const message = 'Stack with id CloudOne does not exist';
  cloudFormation.on(DescribeStacksCommand).rejects(
    new CloudFormationServiceException({
      name: 'ValidationError',
      message,
      $fault: 'client',
      $metadata: {},
    }),
  );
}

function deployed(changes: { outputs?: Record<string, string>; region?: string; key?: string } = {}): void {
  const { region = 'us-east-1', key = apiKey() } = changes;
  const outputs = changes.outputs ?? { [OUTPUTS.apiKeySecretArn]: SECRET, [OUTPUTS.cloudOneRegion]: 'us-1' };
  cloudFormation.on(DescribeStacksCommand).resolves({
    Stacks: [
      {
        StackName: 'CloudOne',
        StackId: `arn:aws:cloudformation:${region}:${ACCOUNT}:stack/CloudOne/uuid`,
        CreationTime: new Date(0),
        StackStatus: 'CREATE_COMPLETE',
        Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
      },
    ],
  });
  secretsManager.on(GetSecretValueCommand, { SecretId: SECRET }).resolves({ SecretString: key });
}

function withKey(key = apiKey()): void {
  vi.stubEnv('CLOUD_ONE_API_KEY', key);
  sts.on(GetCallerIdentityCommand).resolves({ Account: ACCOUNT });
}

async function trailbridge(...argv: string[]) {
  return trailbridgeIn(undefined, ...argv);
}

/** In a terminal, whose user enters that when asked. */
async function trailbridgeIn(entered: string | undefined, ...argv: string[]) {
  const { streams, written } = captureStreams();
  const askHidden = vi.fn(async () => entered ?? '');
  const exitStatus = await run(argv, entered === undefined ? streams : { ...streams, askHidden });
  return { exitStatus, asked: askHidden.mock.calls.length, ...written };
}

describe('for a deployed stack', () => {
  test('the link with its expiry, for the stack’s account and region, with the stack’s own key', async () => {
    deployed();

    const { exitStatus, out } = await trailbridge('link');

    expect(exitStatus).toBe(0);
    expect(out).toMatch(
      new RegExp(
        '^Link     https://console\\.aws\\.amazon\\.com/cloudformation/home\\?region=us-east-1#/stacks/create/review\\?\\S+\\n' +
          'Expires  \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\\n' +
          `For      AWS account ${ACCOUNT} in us-east-1, Trend Cloud One us-1\\n$`,
      ),
    );
    expect(calls()).toEqual(['POST cloudtrail.us-1.cloudone.trendmicro.com/api/stacks']);
  });

  test('for a program: the link creates the vendor’s stack, and is good for 30 days', async () => {
    deployed();
    const before = Date.now();

    const { out } = await trailbridge('link', '--json');

    const link = JSON.parse(out);
    const [token] = vendors.state().registered.cloudTrailStackTokens;
    expect(Object.keys(link)).toEqual(['url', 'expiresAt', 'awsAccountId', 'awsRegion', 'cloudOneRegion']);
    expect(link).toMatchObject({ awsAccountId: ACCOUNT, awsRegion: 'us-east-1', cloudOneRegion: 'us-1' });
    expect(link.url).toContain('param_ServiceToken=');
    expect(Date.parse(link.expiresAt)).toBeGreaterThanOrEqual(before + 30 * DAY_MS);
    expect(Date.parse(link.expiresAt)).toBeLessThanOrEqual((token?.expiresAt ?? 0) + 1);
  });

  test('a warning goes to standard error, and the link does not', async () => {
    deployed();

    const plain = await trailbridge('link');
    const json = await trailbridge('--json', 'link');

    expect(plain.err).toMatch(
      /^Warning: Whoever has this link can send logs to your Trend Cloud One account until \d{4}/,
    );
    expect(JSON.parse(json.err)).toEqual({ warning: expect.stringContaining('Whoever has this link') });
    for (const { err } of [plain, json]) {
      expect(err).not.toContain('param_ServiceToken');
      expect(err).not.toContain(apiKey());
    }
  });

  test('the stack that is named, where it is, even with a key in the environment', async () => {
    vendors.reset({ cloudOneRegion: 'gb-1' });
    deployed({
      region: 'eu-west-2',
      outputs: { [OUTPUTS.apiKeySecretArn]: SECRET, [OUTPUTS.cloudOneRegion]: 'gb-1' },
    });
    vi.stubEnv('CLOUD_ONE_API_KEY', 'other:key');

    const { exitStatus, out } = await trailbridge(
      'link',
      '--stack',
      'Audit',
      '--region',
      'eu-west-2',
      '--json',
    );

    expect(exitStatus).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ awsRegion: 'eu-west-2' });
    const [call] = cloudFormation.commandCalls(DescribeStacksCommand);
    expect(call?.args[0].input).toEqual({ StackName: 'Audit' });
    const [read] = secretsManager.commandCalls(GetSecretValueCommand);
    await expect(read?.thisValue.config.region()).resolves.toBe('eu-west-2');
  });

  test('the account may be said again, but not another one', async () => {
    deployed();

    const same = await trailbridge('link', '--account', ACCOUNT);
    const other = await trailbridge('link', '--account', '999999999999');

    expect(same.exitStatus).toBe(0);
    expect(other).toMatchObject({ exitStatus: 1, out: '' });
    expect(other.err).toMatch(
      /is in the AWS account 111122223333, not in 999999999999\. Leave --account out/,
    );
  });
});

describe('before any deployment', () => {
  test('with the key in the environment, for the account of the credentials', async () => {
    withKey();

    const { exitStatus, out, asked } = await trailbridgeIn('never asked', 'link', '--json');

    expect(exitStatus).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      awsAccountId: ACCOUNT,
      awsRegion: 'us-east-1',
      cloudOneRegion: 'us-1',
    });
    expect(asked).toBe(0);
    expect(cloudFormation.calls()).toEqual([]);
    expect(calls()[0]).toMatch(/^GET accounts\.cloudone\.trendmicro\.com\/api\/apikeys\//);
  });

  test('for another account, without asking AWS anything', async () => {
    withKey();

    const { out } = await trailbridge('link', '--account', '444455556666', '--json');

    expect(JSON.parse(out)).toMatchObject({ awsAccountId: '444455556666' });
    expect(sts.calls()).toEqual([]);
  });

  test('without a region: the one that belongs to the Cloud One region', async () => {
    vendors.reset({ cloudOneRegion: 'gb-1' });
    withKey();
    vi.stubEnv('AWS_REGION', undefined);
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');

    const { out } = await trailbridge('link', '--json');

    expect(JSON.parse(out)).toMatchObject({ awsRegion: 'eu-west-2', cloudOneRegion: 'gb-1' });
    await expect(sts.commandCalls(GetCallerIdentityCommand)[0]?.thisValue.config.region()).resolves.toBe(
      'eu-west-2',
    );
  });

  test.each([
    ['--region', ['--region', 'eu-west-1']],
    ['AWS_REGION', []],
  ])('refuses another region, from %s, and issues nothing', async (_where, argv) => {
    withKey();
    vi.stubEnv('AWS_REGION', 'eu-west-1');

    const { exitStatus, out, err } = await trailbridge('link', ...argv);

    expect(exitStatus).toBe(1);
    expect(out).toBe('');
    expect(err).toMatch(
      /in region us-1, which belongs to AWS region us-east-1, but .* say eu-west-1\. Give --region us-east-1/,
    );
    expect(vendors.state().registered.cloudTrailStackTokens).toEqual([]);
  });

  test('asks for the key in a terminal where there is neither a stack nor a variable', async () => {
    sts.on(GetCallerIdentityCommand).resolves({ Account: ACCOUNT });

    const { exitStatus, asked, out, err } = await trailbridgeIn(apiKey(), 'link');

    expect(exitStatus).toBe(0);
    expect(asked).toBe(1);
    expect(out + err).not.toContain(apiKey());
  });

  test.each([
    ['credentials', Object.assign(new Error('Could not load'), { name: 'CredentialsProviderError' })],
    ['a region', new Error('Region is missing')],
  ])('also without %s', async (_what, error) => {
    cloudFormation.on(DescribeStacksCommand).rejects(error);

    const { exitStatus, asked } = await trailbridgeIn(apiKey(), 'link', '--account', ACCOUNT);

    expect([exitStatus, asked]).toEqual([0, 1]);
  });

  test('an empty variable is none', async () => {
    vi.stubEnv('CLOUD_ONE_API_KEY', '');

    const { err } = await trailbridge('link');

    expect(err).toContain('There is no stack "CloudOne"');
  });
});

describe('what the user can put right is 1, and a sentence without any secret', () => {
  const failing = async (...argv: string[]) => {
    const { exitStatus, out, err } = await trailbridge('link', ...argv);
    expect(exitStatus).toBe(1);
    expect(out).toBe('');
    expect(err).toMatch(/^Error: [^\n]+\n$/);
    expect(err).not.toContain(apiKey().split(':')[1] ?? '');
    return err;
  };

  test('no stack, no variable, no terminal', async () => {
    expect(await failing()).toMatch(
      /There is no stack "CloudOne" in us-east-1.*Without a stack: set CLOUD_ONE_API_KEY\./,
    );
  });

  test('a stack that is named must be there, whatever else there is', async () => {
    withKey();

    const { exitStatus, asked, err } = await trailbridgeIn(apiKey(), 'link', '--stack', 'Audit');

    expect([exitStatus, asked]).toEqual([1, 0]);
    expect(err).toContain('There is no stack "Audit"');
  });

  test('a stack that does not tell its secret', async () => {
    deployed({ outputs: {} });

    expect(await failing()).toMatch(
      /"CloudOne" \(CREATE_COMPLETE\) does not tell where its API key is.*Deploy it again/,
    );
  });

  test('a secret that may not be read', async () => {
    deployed();
    secretsManager.on(GetSecretValueCommand).rejects(
      new SecretsManagerServiceException({
        name: 'AccessDeniedException',
        message: 'no',
        $fault: 'client',
        $metadata: {},
      }),
    );

    expect(await failing()).toContain('Secrets Manager refused (AccessDeniedException: no)');
  });

  test('a secret that holds something else', async () => {
    deployed({ key: 'top secret' });

    const err = await failing();
    expect(err).toContain(`The secret ${SECRET} holds no API key of Trend Cloud One.`);
    expect(err).not.toContain('top secret');
  });

  test('a variable that holds something else', async () => {
    withKey('not-a-key');

    const err = await failing();
    expect(err).toContain('The environment variable CLOUD_ONE_API_KEY holds no API key');
    expect(err).not.toContain('not-a-key');
  });

  test('what is entered is something else', async () => {
    const { exitStatus, err } = await trailbridgeIn('typo', 'link');

    expect(exitStatus).toBe(1);
    expect(err).toContain('What was entered holds no API key');
  });

  test('a key that Cloud One does not know', async () => {
    withKey('tmcUnknown:whatever');

    expect(await failing()).toMatch(/Console link: Trend Cloud One answered 40\d to GET/);
  });

  test('a key that Cloud One refuses', async () => {
    deployed();
    vendors.setFaults([{ path: '/api/stacks', status: 403, body: { message: `no, ${apiKey()}` } }]);

    expect(await failing()).toMatch(/answered 403 to POST .*Administration > API Keys/);
  });

  test('a vendor that cannot be reached', async () => {
    withKey();
    vi.stubEnv('VENDOR_ENDPOINT_OVERRIDE', 'http://127.0.0.1:1');

    expect(await failing()).toMatch(/no usable answer from Trend Cloud One to GET .*the internet/);
  });

  test.each([
    [
      'to somewhere else',
      'https://evil.example/?param_ServiceToken=secret-token',
      /expected, but got one to https:\/\/evil/,
    ],
    [
      'without a token',
      'https://console.aws.amazon.com/cloudformation/home#/x?a=b',
      /not usable \(.*param_servicetoken/,
    ],
  ])('a link %s', async (_what, deploymentURL, complaint) => {
    deployed();
    vendors.setFaults([{ path: '/api/stacks', body: { deploymentURL } }]);

    const err = await failing();
    expect(err).toMatch(complaint);
    expect(err).not.toContain('secret-token');
  });

  test('a Cloud One region that nobody knows', async () => {
    deployed({ outputs: { [OUTPUTS.apiKeySecretArn]: SECRET, [OUTPUTS.cloudOneRegion]: 'xx-9' } });

    expect(await failing()).toContain('"xx-9" is not a Trend Cloud One region');
  });

  test('credentials that STS refuses', async () => {
    withKey();
    sts.on(GetCallerIdentityCommand).rejects(
      new STSServiceException({
        name: 'ExpiredToken',
        message: 'expired',
        $fault: 'client',
        $metadata: {},
      }),
    );

    expect(await failing()).toContain('STS refused (ExpiredToken: expired)');
  });

  test('an account that STS does not tell', async () => {
    withKey();
    sts.on(GetCallerIdentityCommand).resolves({});

    expect(await failing()).toContain('Give --account');
  });
});

describe('a wrong command line is 2, and nobody is asked', () => {
  test.each([
    [['--account', '123'], /An AWS account id has 12 digits/],
    [['--account', '11112222333x'], /12 digits/],
    [['--account'], /argument missing/],
    [['--acount', ACCOUNT], /unknown option '--acount'/],
    [['CloudOne'], /too many arguments/],
    [['--api-key', 'id:secret'], /unknown option '--api-key'/],
  ])('%j', async (argv, complaint) => {
    withKey();

    const { exitStatus, out, err } = await trailbridge('link', ...argv);

    expect(exitStatus).toBe(2);
    expect(err).toMatch(complaint);
    expect(out).toBe('');
    expect(calls()).toEqual([]);
  });
});

test('help: what the link is, where the key comes from, examples', async () => {
  const { exitStatus, out } = await trailbridge('link', '--help');

  expect(exitStatus).toBe(0);
  expect(out).toMatch(/--account <id>.*30 days.*CLOUD_ONE_API_KEY.*Examples:.*npx trailbridge link --stack/s);
});
