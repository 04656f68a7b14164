import { WriteStream } from 'node:tty';
import {
  CloudFormationClient,
  CloudFormationServiceException,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetEventSourceMappingCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, SQSClient, SQSServiceException } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { run } from '../../cli/program.ts';
import { type Opening, openingAttributes } from '../../contract/circuit.ts';
import { OUTPUTS } from '../../contract/parameters.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { captureStreams } from './streams.ts';

const QUEUE = 'https://sqs.us-east-1.amazonaws.com/111122223333/forwarding';
const DEAD_LETTERS = 'https://sqs.us-east-1.amazonaws.com/111122223333/dead-letters';

const cloudFormation = mockClient(CloudFormationClient);
const sqs = mockClient(SQSClient);
const lambda = mockClient(LambdaClient);
const dynamoDb = mockClient(DynamoDBClient);

beforeEach(() => {
  cloudFormation.reset();
  cloudFormation.onAnyCommand().rejects(new Error('not expected'));
  sqs.reset();
  sqs.onAnyCommand().rejects(new Error('not expected'));
  lambda.reset();
  lambda.onAnyCommand().rejects(new Error('not expected'));
  dynamoDb.reset();
  dynamoDb.onAnyCommand().rejects(new Error('not expected'));
  vi.stubEnv('AWS_REGION', 'us-east-1');
});

async function trailbridge(...argv: string[]) {
  const { streams, written } = captureStreams();
  const exitStatus = await run(argv, streams);
  return { exitStatus, ...written };
}

function stackWith(changes: { status?: Stack['StackStatus']; outputs?: Record<string, string> } = {}): Stack {
  const outputs = changes.outputs ?? {
    [OUTPUTS.cloudOneAccountId]: '900000000001',
    [OUTPUTS.cloudOneRegion]: 'us-1',
    [OUTPUTS.visionOneStatus]: 'connected',
    [OUTPUTS.bucketName]: 'my-logs',
    [OUTPUTS.destination]: 'CloudOne',
    [OUTPUTS.queueUrl]: QUEUE,
    [OUTPUTS.deadLetterQueueUrl]: DEAD_LETTERS,
    [OUTPUTS.forwarderMappingId]: 'mapping',
    [OUTPUTS.ledgerTable]: 'ledger',
  };
  return {
    StackName: 'CloudOne',
    CreationTime: new Date(0),
    StackStatus: changes.status ?? 'CREATE_COMPLETE',
    Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
  };
}

function deployed(
  stack: Stack = stackWith(),
  messages: { waiting?: number; inFlight?: number; dead?: number } = {},
) {
  const { waiting = 0, inFlight = 0, dead = 0 } = messages;
  const attributes = (visible: number, hidden: number) => ({
    Attributes: {
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(hidden),
    },
  });
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [stack] });
  lambda.on(GetEventSourceMappingCommand, { UUID: 'mapping' }).resolves({ State: 'Enabled' });
  dynamoDb.on(GetItemCommand, { TableName: 'ledger' }).resolves({});
  sqs.on(GetQueueAttributesCommand, { QueueUrl: QUEUE }).resolves(attributes(waiting, inFlight));
  sqs.on(GetQueueAttributesCommand, { QueueUrl: DEAD_LETTERS }).resolves(attributes(dead, 0));
}

describe('status', () => {
  test('for a person', async () => {
    deployed(stackWith(), { waiting: 3, inFlight: 2 });

    const { exitStatus, out, err } = await trailbridge('status');

    expect(out).toBe(
      [
        'Stack              CloudOne (CREATE_COMPLETE)',
        'Trend Cloud One    account 900000000001 in us-1',
        'Trend Vision One   connected',
        'CloudTrail bucket  my-logs',
        'Destination        CloudOne',
        'Forwarding         on',
        'Circuit            closed',
        'Queue              3 waiting, 2 being forwarded',
        'Dead letters       0',
        '',
      ].join('\n'),
    );
    expect(err).toBe('');
    expect(exitStatus).toBe(0);
  });

  test.each([[['--json', 'status']], [['status', '--json']]])('for a program: %j', async (argv) => {
    deployed(stackWith({ status: 'UPDATE_COMPLETE' }), { waiting: 3, inFlight: 2 });

    const { exitStatus, out } = await trailbridge(...argv);

    expect(JSON.parse(out)).toEqual({
      stack: 'CloudOne',
      stackStatus: 'UPDATE_COMPLETE',
      cloudOne: { accountId: '900000000001', region: 'us-1' },
      visionOneConnection: 'connected',
      bucket: 'my-logs',
      destination: 'CloudOne',
      forwarding: { isEnabled: true, pausedSince: null },
      circuit: { isOpen: false },
      queue: { waiting: 3, inFlight: 2, delayed: 0 },
      deadLetters: 0,
    });
    expect(exitStatus).toBe(0);
  });

  describe('while the circuit is open', () => {
    const opening: Opening = {
      openedAt: Date.parse('2026-11-20T07:00:00Z'),
      until: Date.now() + 15 * 60_000,
      openings: 3,
      probing: false,
      reason: 'DestinationUnavailable',
      detail: 'It answered 503.',
    };
    const since = 'open since 2026-11-20T07:00:00.000Z (DestinationUnavailable: It answered 503.)';

    test.each([
      ['the next try is to come', {}, `next try ${new Date(opening.until).toISOString()}`],
      ['a file is being tried', { probing: true }, 'being tried now'],
      ['the next try waits for a file', { until: Date.now() - 1 }, 'next try with the next file'],
    ])('1, and why: %s', async (_case, changes, next) => {
      deployed();
      dynamoDb
        .on(GetItemCommand, { Key: { object: { S: '#circuit/CloudOne' } } })
        .resolves({ Item: { revision: { N: '3' }, ...openingAttributes({ ...opening, ...changes }) } });

      const { exitStatus, out } = await trailbridge('status');

      expect(out).toContain(`Circuit            ${since}, ${next}\n`);
      expect(out).toContain('Forwarding         on\n');
      expect(exitStatus).toBe(1);
    });

    test('a program is told so', async () => {
      deployed();
      dynamoDb
        .on(GetItemCommand, { Key: { object: { S: '#circuit/CloudOne' } } })
        .resolves({ Item: { revision: { N: '3' }, ...openingAttributes(opening) } });

      const { out } = await trailbridge('status', '--json');

      expect(JSON.parse(out)).toMatchObject({
        circuit: {
          isOpen: true,
          since: '2026-11-20T07:00:00.000Z',
          reason: 'DestinationUnavailable',
          detail: 'It answered 503.',
          isTried: false,
          nextTry: new Date(opening.until).toISOString(),
        },
      });
    });
  });

  test('1 when files are dead-lettered', async () => {
    deployed(stackWith(), { dead: 4 });

    const { exitStatus, out } = await trailbridge('status');

    expect(out).toContain('Dead letters       4');
    expect(exitStatus).toBe(1);
  });

  test.each([
    'ROLLBACK_COMPLETE',
    'UPDATE_ROLLBACK_COMPLETE',
    'CREATE_IN_PROGRESS',
    'DELETE_FAILED',
  ] as const)('1 when the stack is %s', async (status) => {
    deployed(stackWith({ status }));

    await expect(trailbridge('status')).resolves.toMatchObject({ exitStatus: 1 });
  });

  test('a stack that has no outputs yet is shown as far as it is there', async () => {
    deployed(stackWith({ status: 'CREATE_IN_PROGRESS', outputs: {} }));

    const { exitStatus, out } = await trailbridge('status');

    expect(out.match(/ {2}-$/gm)).toHaveLength(8);
    expect(exitStatus).toBe(1);
  });

  test('the vendor’s client has no queue of ours: there is nothing to count, and nothing wrong', async () => {
    const outputs = { [OUTPUTS.bucketName]: 'my-logs', [OUTPUTS.destination]: 'VendorClient' };
    deployed(stackWith({ outputs }));

    const { exitStatus, out } = await trailbridge('status');
    const json = await trailbridge('status', '--json');

    expect(exitStatus).toBe(0);
    expect(out).toMatch(/^Destination +VendorClient: the vendor's own client forwards/m);
    expect(JSON.parse(json.out)).toMatchObject({
      destination: 'VendorClient',
      queue: null,
      deadLetters: null,
    });
    expect(sqs.calls()).toEqual([]);
  });

  test.each(['ROLLBACK_COMPLETE', 'DELETE_FAILED'] as const)(
    'but a stack that is %s is wrong with it, too',
    async (status) => {
      deployed(stackWith({ status, outputs: { [OUTPUTS.destination]: 'VendorClient' } }));

      await expect(trailbridge('status')).resolves.toMatchObject({ exitStatus: 1 });
    },
  );

  test('looks at the stack and the region that are named', async () => {
    deployed();

    await trailbridge('status', '--stack', 'Other', '--region', 'eu-central-1');

    const [call] = cloudFormation.commandCalls(DescribeStacksCommand);
    expect(call?.args[0].input).toEqual({ StackName: 'Other' });
    await expect(call?.thisValue.config.region()).resolves.toBe('eu-central-1');
    await expect(sqs.commandCalls(GetQueueAttributesCommand)[0]?.thisValue.config.region()).resolves.toBe(
      'eu-central-1',
    );
  });
});

describe('what the user can put right is 1, and a sentence', () => {
  const answer = (name: string, message: string) =>
    new CloudFormationServiceException({ name, message, $fault: 'client', $metadata: {} });

  test.each<[what: string, error: Error, sentence: RegExp]>([
    [
      'no such stack',
      answer('ValidationError', 'Stack with id CloudOne does not exist'),
      /There is no stack "CloudOne" in us-east-1\. Name it with --stack/,
    ],
    [
      'no credentials',
      Object.assign(new Error('Could not load credentials from any providers'), {
        name: 'CredentialsProviderError',
      }),
      /No AWS credentials were found \(Could not load .+\)\. Give --profile, or set AWS_PROFILE/,
    ],
    ['no region', new Error('Region is missing'), /No AWS region is set\. Give --region, or set AWS_REGION/],
    [
      'an expired token',
      answer('ExpiredToken', 'The security token included in the request is expired'),
      /CloudFormation refused \(ExpiredToken: The security token .+ is expired\)\. Check --profile/,
    ],
    [
      'a stack name that cannot be',
      answer('ValidationError', "Value 'a b' at 'stackName' failed to satisfy constraint"),
      /CloudFormation refused \(ValidationError: Value 'a b' .+\)/,
    ],
    [
      'no network',
      Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' }),
      /CloudFormation cannot be reached \(connect ECONNREFUSED .+\)\. Check --region and the network/,
    ],
  ])('%s', async (_what, error, sentence) => {
    cloudFormation.on(DescribeStacksCommand).rejects(error);

    const { exitStatus, out, err } = await trailbridge('status');

    expect(exitStatus).toBe(1);
    expect(out).toBe('');
    expect(err).toMatch(sentence);
    expect(err).toMatch(/^Error: [^\n]+\n$/);
  });

  test('a queue that may not be asked', async () => {
    deployed();
    sqs.on(GetQueueAttributesCommand, { QueueUrl: QUEUE }).rejects(
      new SQSServiceException({
        name: 'AccessDenied',
        message: 'Access denied.',
        $fault: 'client',
        $metadata: {},
      }),
    );

    const { exitStatus, err } = await trailbridge('status');

    expect(exitStatus).toBe(1);
    expect(err).toMatch(/^Error: SQS refused \(AccessDenied: Access denied\.\)[^\n]+\n$/);
  });

  test('an answer without a stack', async () => {
    cloudFormation.on(DescribeStacksCommand).resolves({});

    const { err } = await trailbridge('status', '--stack', 'Gone', '--region', 'eu-west-2');

    expect(err).toContain('There is no stack "Gone" in eu-west-2.');
  });

  test('as JSON for a program', async () => {
    cloudFormation.on(DescribeStacksCommand).resolves({});

    const { exitStatus, out, err } = await trailbridge('status', '--json');

    expect(out).toBe('');
    expect(JSON.parse(err)).toEqual({ error: expect.stringContaining('There is no stack "CloudOne"') });
    expect(exitStatus).toBe(1);
  });

  test('a defect of ours is not dressed up as one', async () => {
    const defect = new TypeError('cannot read properties of undefined');
    cloudFormation.on(DescribeStacksCommand).rejects(defect);

    await expect(trailbridge('status')).rejects.toThrow(defect);
  });
});

describe('a wrong command line is 2, and nothing is asked of AWS', () => {
  test.each([
    [[], /Usage: trailbridge/],
    [['statsu'], /unknown command 'statsu'/],
    [['status', '--jsno'], /unknown option '--jsno'/],
    [['--jsno'], /unknown option '--jsno'/],
    [['status', '--stack'], /option '--stack <name>' argument missing/],
    [['status', 'CloudOne'], /too many arguments/],
  ])('%j', async (argv, complaint) => {
    const { exitStatus, out, err } = await trailbridge(...argv);

    expect(exitStatus).toBe(2);
    expect(err).toMatch(complaint);
    expect(err).not.toMatch(/^ {4}at /m);
    expect(out).toBe('');
    expect(cloudFormation.calls()).toEqual([]);
  });
});

describe('help', () => {
  test.each([[['--help']], [['help']], [['-h']]])('%j lists the commands', async (argv) => {
    const { exitStatus, out, err } = await trailbridge(...argv);

    expect(exitStatus).toBe(0);
    expect(out).toMatch(/Usage: trailbridge.*--stack <name>.*status.*link/s);
    expect(err).toBe('');
  });

  test('the version is the package’s', async () => {
    await expect(trailbridge('--version')).resolves.toEqual({
      exitStatus: 0,
      out: `${packageJson.version}\n`,
      err: '',
    });
  });

  test('of a command: what its exit status means, and examples', async () => {
    const { exitStatus, out } = await trailbridge('status', '--help');

    expect(exitStatus).toBe(0);
    expect(out).toMatch(/Exits with 1 when.*Examples:.*npx trailbridge status --stack CloudOne/s);
  });
});

describe('colours', () => {
  const stderr = { isTTY: process.stderr.isTTY, getColorDepth: process.stderr.getColorDepth };

  beforeEach(() => {
    Object.assign(process.stderr, { isTTY: true, getColorDepth: WriteStream.prototype.getColorDepth });
    for (const name of ['NO_COLOR', 'FORCE_COLOR', 'NODE_DISABLE_COLORS', 'CI']) {
      vi.stubEnv(name, undefined);
    }
    vi.stubEnv('TERM', 'xterm-256color');
    cloudFormation.on(DescribeStacksCommand).resolves({});
  });

  afterEach(() => {
    Object.assign(process.stderr, stderr);
  });

  test('an error is red in a terminal', async () => {
    const { err } = await trailbridge('status');

    expect(err).toContain('\u001b[31mError:');
  });

  test('and plain where NO_COLOR is set', async () => {
    vi.stubEnv('NO_COLOR', '1');

    const { err } = await trailbridge('status');

    expect(err).toMatch(/^Error: There is no stack/);
  });
});
