/** The health check as Lambda calls it, in an account where one thing after the other is amiss. */
import { gunzipSync } from 'node:zlib';
import { CloudTrailClient, GetTrailStatusCommand } from '@aws-sdk/client-cloudtrail';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Account, HOUR_MS, MINUTE_MS, QUEUES, type Service } from '../../alarms/account.ts';

// Not a target: only so that a busy machine fails nothing.
vi.setConfig({ testTimeout: 60_000 });

const NOW = new Date('2026-11-20T12:00:00Z');
const HOST = '/cloudtrail.us-1.cloudone.trendmicro.com';
const ALL = [
  'CircuitOpenFor',
  'DeadLettersWaiting',
  'DestinationUnreachable',
  'EventsNotDelivered',
  'FilesWaiting',
  'LateObjectsNotListed',
  'NewestFileAge',
  'NotificationMissing',
  'OldestFileAge',
  'TokenAge',
  'TrailsNotLogging',
];

let account: Account;

beforeEach(async () => {
  account = new Account(NOW);
  await account.start();
});
afterEach(() => account.stop());

/** What one look has told, by metric. */
async function look(remainingMs?: number): Promise<Record<string, number>> {
  const at = Date.now() + MINUTE_MS;
  vi.setSystemTime(at);
  await account.healthCheck(remainingMs);
  return account.toldAt(at);
}

const heartbeats = () =>
  account.destination.requests
    .filter(({ path }) => path === `${HOST}/api/heartbeats`)
    .map(({ body }) => JSON.parse(body.toString()) as Record<string, unknown>);

test('where all is well it says so, each thing under its own name', async () => {
  await account.file();
  vi.setSystemTime(NOW.getTime() + 4 * MINUTE_MS);

  expect(await look()).toEqual({
    ...Object.fromEntries(ALL.map((metric) => [metric, 0])),
    NewestFileAge: 300,
    TokenAge: 24 * 3600 + 300,
  });
});

test('asks the destination with the forwarder’s own call, which shows nowhere, and tells what was found', async () => {
  account.messages.set(QUEUES.deadLetters, 2);

  await look();

  expect(account.destination.requests.map(({ path }) => path)).toEqual([
    `${HOST}/api/logs`,
    `${HOST}/api/heartbeats`,
  ]);
  expect(gunzipSync(account.destination.requests[0]?.body as Buffer).toString()).toBe('{"Records":[]}');
  expect(heartbeats()).toEqual([
    {
      accountId: '123456789012',
      region: 'us-east-1',
      stackId: expect.stringContaining(':stack/CloudOne/'),
      version: '1.0.0',
      checks: expect.objectContaining({ DeadLettersWaiting: 2, TrailsNotLogging: 0 }),
    },
  ]);
});

describe('one look that fails, or hangs, keeps nothing from the others', () => {
  const untold: Readonly<Record<Service, readonly string[]>> = {
    cloudFormation: ['NewestFileAge'],
    cloudTrail: ['TrailsNotLogging'],
    cloudWatch: ['NewestFileAge'],
    dynamoDb: ['CircuitOpenFor'],
    s3: ['NotificationMissing'],
    secrets: ['DestinationUnreachable', 'TokenAge'],
    sqs: [
      'DeadLettersWaiting',
      'EventsNotDelivered',
      'FilesWaiting',
      'LateObjectsNotListed',
      'OldestFileAge',
    ],
  };

  describe.each(Object.entries(untold) as [Service, readonly string[]][])('%s', (service, missing) => {
    const others = ALL.filter((metric) => !missing.includes(metric));

    test('fails', async () => {
      account.failing.add(service);

      expect(Object.keys(await look()).toSorted()).toEqual(others);
    });

    test('hangs, and disregards its signal', async () => {
      account.hanging.add(service);

      expect(Object.keys(await look(1_000)).toSorted()).toEqual(others);
    });
  });

  test('a destination that never answers', async () => {
    account.destination.behaviour = () => new Promise(() => undefined);

    const told = await look(1_000);

    expect(told.DestinationUnreachable).toBe(1);
    expect(Object.keys(told).toSorted()).toEqual(ALL);
  });

  test('what failed is told to the destination as not known', async () => {
    account.failing.add('cloudTrail');

    await look();

    expect(heartbeats()[0]?.checks).toMatchObject({ TrailsNotLogging: 'unknown', FilesWaiting: 0 });
  });
});

describe('the destination', () => {
  test.each([400, 401, 404, 429, 500, 503])('answers %i: it is not reached', async (status) => {
    account.destination.behaviour = () => ({ status });

    expect((await look(6_000)).DestinationUnreachable).toBe(1);
  });

  test('refuses the heartbeat only: it is reached, for nobody has shown that it knows any', async () => {
    account.destination.behaviour = ({ path }) => ({ status: path.endsWith('/heartbeats') ? 404 : 202 });

    expect((await look()).DestinationUnreachable).toBe(0);
  });

  test('knows the renewed token only: it is read again, and reached', async () => {
    const tokens = ['former', 'renewed'];
    mockClient(SecretsManagerClient)
      .on(GetSecretValueCommand)
      .callsFake(() => ({ SecretString: tokens.length > 1 ? tokens.shift() : tokens[0], CreatedDate: NOW }));
    account.destination.behaviour = ({ headers }) => ({
      status: headers.authorization === 'Bearer renewed' ? 202 : 401,
    });

    expect((await look()).DestinationUnreachable).toBe(0);
  });

  test('is Vision One: it gets a line that says what it is, and no note of ours', async () => {
    vi.stubEnv('DESTINATION', 'VisionOne');
    vi.stubEnv('DESTINATION_URL', 'https://xlogr.xdr.trendmicro.com/ingest');

    expect((await look()).DestinationUnreachable).toBe(0);

    expect(account.destination.requests.map(({ path, body }) => [path, JSON.parse(body.toString())])).toEqual(
      [['/xlogr.xdr.trendmicro.com/ingest', expect.objectContaining({ trailbridge: 'heartbeat' })]],
    );
  });
});

describe('trails', () => {
  const cloudTrail = () => mockClient(CloudTrailClient).on(GetTrailStatusCommand);
  const trailsNotLogging = async () => (await look()).TrailsNotLogging;
  const refusal = (name: string) => Object.assign(new Error(name), { name });

  test('one that cannot deliver is amiss though it is logging', async () => {
    account.deliveryError = 'AccessDenied';

    expect(await trailsNotLogging()).toBe(1);
  });

  test('one that is gone is amiss', async () => {
    cloudTrail().rejects(refusal('TrailNotFoundException'));

    expect(await trailsNotLogging()).toBe(1);
  });

  test('the organisation’s may keep its status to itself, one of ours may not', async () => {
    cloudTrail().rejects(refusal('AccessDeniedException'));
    expect(await trailsNotLogging()).toBeUndefined();

    vi.resetModules();
    vi.stubEnv('TRAIL_ARNS', 'arn:aws:cloudtrail:us-east-1:999999999999:trail/organisation');
    cloudTrail().rejects(refusal('AccessDeniedException'));
    expect(await trailsNotLogging()).toBe(0);
  });

  test('each is asked', async () => {
    const arn = (name: string) => `arn:aws:cloudtrail:us-east-1:123456789012:trail/${name}`;
    vi.stubEnv('TRAIL_ARNS', ['a', 'b', 'c'].map(arn).join(','));
    cloudTrail().callsFake(({ Name }) => ({ IsLogging: Name === arn('b') }));

    expect(await trailsNotLogging()).toBe(2);
  });

  test('none is known: none is amiss', async () => {
    vi.stubEnv('TRAIL_ARNS', 'arn:aws:cloudtrail:us-east-1:123456789012:trail/trailbridge-found-none');
    account.failing.add('cloudTrail');

    expect(await trailsNotLogging()).toBe(0);
  });
});

test('what is not in the stack is not looked at', async () => {
  vi.stubEnv('NEW_BUCKET_NAME', '');

  const told = await look();

  expect(told).not.toHaveProperty('NotificationMissing');
});

describe('the oldest file', () => {
  test('waits for as long as SQS says', async () => {
    account.messages.set(QUEUES.forwarding, 1);
    vi.setSystemTime(NOW.getTime() + MINUTE_MS);
    account.tellQueueAge(() => 1234)();

    expect((await look()).OldestFileAge).toBe(1234);
  });

  test('is not known where there is one and SQS has not told of it, and nothing is made up', async () => {
    account.messages.set(QUEUES.forwarding, 1);

    expect(await look()).not.toHaveProperty('OldestFileAge');
  });
});

test('what was listed is not new, and a file that came an hour ago is an hour old', async () => {
  await account.file();
  vi.setSystemTime(NOW.getTime() + HOUR_MS - MINUTE_MS);
  await account.listedFile();

  expect((await look()).NewestFileAge).toBe(3600);
});

test('the token is in no line of the log', async () => {
  const lines: string[] = [];
  for (const level of ['log', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation((line) => void lines.push(String(line)));
  }
  mockClient(SecretsManagerClient)
    .on(GetSecretValueCommand)
    .resolves({ SecretString: 'very-secret-token', CreatedDate: NOW });
  account.destination.behaviour = () => ({ status: 400, body: 'you said Bearer very-secret-token' });

  await look(6_000);

  expect(lines.length).toBeGreaterThan(8);
  expect(lines.join('\n')).not.toContain('very-secret-token');
});
