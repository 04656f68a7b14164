/** The adapters against AWS's protocols: what the check says through them must be what it says of the world itself. */
import { gzipSync } from 'node:zlib';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CompletenessResult } from '../../../../contract/completeness.ts';
import { completenessServices } from '../../../../lambda/completeness/adapters/services.ts';
import { checkCompleteness } from '../../../../lambda/completeness/completeness-check.ts';
import { CompletenessTally } from '../../../../lambda/completeness/completeness-tally.ts';
import type { CompletenessServices } from '../../../../lambda/completeness/ports.ts';
import { signingKey } from '../../../../rehearsal/input/digests.ts';
import { type AwsStandIn, environmentOf, NEVER, startAws, TABLE } from '../aws-stand-in.ts';
import { HOUR, KEYS, resultOf, START, urlOf, World } from '../world.ts';

let aws: AwsStandIn;

async function open(world: World): Promise<CompletenessServices> {
  aws = await startAws(world);
  for (const [name, value] of Object.entries(environmentOf(aws))) {
    vi.stubEnv(name, value);
  }
  return completenessServices({
    home: { s3: new S3Client({}), bucket: world.series.bucket, signal: new AbortController().signal },
    dynamoDb: new DynamoDBClient({}),
    table: TABLE,
    cloudTrailOf: (region) => new CloudTrailClient({ region }),
  });
}

async function resultThrough(services: CompletenessServices, world: World): Promise<CompletenessResult> {
  const tally = new CompletenessTally(world.window);
  for await (const event of checkCompleteness(world.window, services)) {
    tally.add(event);
  }
  return tally.result();
}

async function sameThroughAws(world: World): Promise<CompletenessResult> {
  const result = await resultThrough(await open(world), world);
  expect(result).toEqual(await resultOf(world));
  return result;
}

afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});

describe.each([
  ['a bucket without versions', false],
  ['a versioned bucket', true],
])('in %s, the same is said as of the world itself', (_name, isVersioned) => {
  let world: World;
  beforeEach(() => {
    world = new World({ isVersioned });
  });

  test('of a region where all is forwarded', async () => {
    for (const files of [4, 0, 7]) {
      world.hour(files);
    }
    world.backfill(2);
    expect(await sameThroughAws(world.forwardAll())).toMatchObject({
      verdict: 'Proven',
      digests: { verified: 3, backfill: 1 },
      files: { Forwarded: 13 },
    });
  });

  test('of gaps, and of failures that the ledger notes', async () => {
    world.hour(5);
    const [first] = world.files;
    world.forwardAll();
    for (const key of [...world.ledger.keys()].slice(0, 2)) {
      world.ledger.delete(key);
    }
    expect(first).toBeDefined();
    expect(await sameThroughAws(world)).toMatchObject({ verdict: 'Gaps', files: { Forwarded: 3, Gap: 2 } });
  });

  test('of missing, adjacent missing, changed and deleted digests and files', async () => {
    const digests = Array.from({ length: 9 }, () => world.hour(2));
    world.forwardAll();
    for (const index of [1, 4, 5]) {
      world.delete(digests[index] as never);
    }
    world.replaceDigest(digests[7] as never, { metadata: {} });
    const [, , changed, , deleted] = world.files;
    world.put(changed?.bucket ?? '', changed?.key ?? '', gzipSync('{}'), START);
    world.delete(deleted as never, true);
    expect(await sameThroughAws(world)).toMatchObject({
      verdict: 'Tampered',
      digests: { missing: 3, invalid: 1 },
      // What the changed file was is in a digest that is missing: it was stored, and never acknowledged.
      listed: { unacknowledged: 1 },
    });
  });

  test('of a change of key, bucket and prefix', async () => {
    world.hour(1);
    world.writer.rotate(KEYS[1]);
    world.hour(1);
    world.move({ bucket: 'other-logs', prefix: 'moved/there' });
    world.hour(1);
    expect(await sameThroughAws(world.forwardAll())).toMatchObject({ verdict: 'Proven' });
  });

  test('of a trail without validation', async () => {
    world.hour(3);
    for (const digest of world.digests) {
      world.delete(digest, true);
    }
    world.forwardAll();
    world.ledger.delete([...world.ledger.keys()][0] ?? '');
    expect(await sameThroughAws(world)).toMatchObject({
      verdict: 'Gaps',
      basis: 'Listing',
      listed: { acknowledged: 2, unacknowledged: 1 },
    });
  });
});

test('files far apart are asked about with a leap, and close ones together', async () => {
  const world = new World();
  const services = await open(world);
  const keys = Array.from({ length: 60 }, (_, index) => `logs/${String(index).padStart(3, '0')}.json.gz`);
  for (const key of keys) {
    world.put('logs-of-111122223333', key, gzipSync('{}'), START);
  }
  const wanted = ['logs/001.json.gz', 'logs/002.json.gz', 'logs/040.json.gz', 'logs/0401.json.gz'];
  const found = await services.logFiles.versionsOf('logs-of-111122223333', wanted);
  expect([...found].map(([key, versions]) => [key, versions.length])).toEqual([
    ['logs/001.json.gz', 1],
    ['logs/002.json.gz', 1],
    ['logs/040.json.gz', 1],
    ['logs/0401.json.gz', 0],
  ]);
  expect(aws.calls.length).toBeLessThanOrEqual(3);
});

test('a key with more versions than a page holds keeps them all', async () => {
  const world = new World({ isVersioned: true });
  const services = await open(world);
  const key = 'logs/a.json.gz';
  for (let version = 0; version < 8; version += 1) {
    world.put('logs-of-111122223333', key, gzipSync(String(version)), START);
  }
  const found = await services.logFiles.versionsOf('logs-of-111122223333', [key]);
  expect(found.get(key)?.map(({ isCurrent }) => isCurrent)).toEqual([true, ...Array(7).fill(false)]);
  for (const file of found.get(key) ?? []) {
    expect(await services.logFiles.hashOf(file)).toMatch(/^[0-9a-f]{64}$/);
  }
});

test('what was overwritten since it was listed is not hashed in its place', async () => {
  const world = new World();
  const services = await open(world);
  const file = world.put('logs-of-111122223333', 'logs/a.json.gz', gzipSync('{}'), START);
  expect(await services.logFiles.hashOf(file)).toMatch(/^[0-9a-f]{64}$/);
  world.put('logs-of-111122223333', 'logs/a.json.gz', gzipSync('[]'), START);
  expect(await services.logFiles.hashOf(file)).toBeUndefined();
});

test('what DynamoDB leaves unprocessed is asked for again', async () => {
  const world = new World();
  world.hour(9);
  const services = await open(world.forwardAll());
  aws.table.keysAtOnce = 4;
  expect(await resultThrough(services, world)).toMatchObject({ verdict: 'Proven', files: { Forwarded: 9 } });
});

test('a key that CloudTrail tells no end of does not expire', async () => {
  const world = new World();
  world.publicKeys.splice(0, Number.POSITIVE_INFINITY, { ...KEYS[0], validUntil: NEVER });
  for (let hour = 0; hour < 60; hour += 1) {
    world.hour(0);
  }
  expect(await resultThrough(await open(world), world)).toMatchObject({
    verdict: 'Proven',
    digests: { verified: 60, invalid: 0 },
  });
});

test('many series of a region ask for its keys once a day', async () => {
  const world = new World();
  for (let hour = 0; hour < 5; hour += 1) {
    world.hour(0);
  }
  world.publicKeys.push(signingKey({ from: START, until: new Date(START.getTime() + HOUR) }));
  const services = await open(world);
  await Promise.all([1, 2, 3].map(() => resultThrough(services, world)));
  expect(aws.calls.filter((call) => call.startsWith('ListPublicKeys'))).toEqual([
    'ListPublicKeys eu-central-1',
  ]);
});

describe('what is out of reach is said to be, and holds nothing up:', () => {
  test('a region that is not enabled', async () => {
    const world = new World();
    world.hour(2);
    const services = await open(world.forwardAll());
    aws.refuse = (call) =>
      call.startsWith('ListPublicKeys') ? [400, 'UnrecognizedClientException'] : undefined;
    expect(await resultThrough(services, world)).toMatchObject({
      verdict: 'Unproven',
      basis: 'Listing',
      digests: { verified: 0, invalid: 0, unverifiable: 1 },
      listed: { acknowledged: 2 },
      findings: [{ kind: 'Digest', problem: 'KeysOutOfReach' }],
    });
  });

  test('the bucket that the trail wrote to before', async () => {
    const world = new World();
    world.hour(1);
    world.hour(1);
    world.move({ bucket: 'the-new-one' });
    world.hour(1);
    const services = await open(world.forwardAll());
    aws.refuse = (call) => (call.includes(' logs-of-111122223333') ? [403, 'AccessDenied'] : undefined);
    // It is the new one that is looked after.
    const home = { s3: new S3Client({}), bucket: 'the-new-one', signal: new AbortController().signal };
    const { digests, logFiles, ...rest } = services;
    expect(digests).toBeDefined();
    expect(logFiles).toBeDefined();
    const again = completenessServices({
      home,
      dynamoDb: new DynamoDBClient({}),
      table: TABLE,
      cloudTrailOf: (region) => new CloudTrailClient({ region }),
    });
    const result = await resultThrough({ ...rest, ...again }, world);
    expect(result).toMatchObject({ verdict: 'Unproven', digests: { verified: 1, missing: 0, invalid: 0 } });
    expect(result.trails[0]?.uncovered).toMatchObject([{ reason: 'DigestOutOfReach' }]);
  });

  test('a file that may not be read is a gap, whatever it is', async () => {
    const world = new World();
    world.hour(1);
    const services = await open(world);
    aws.refuse = (call) => (call.includes('/CloudTrail/') ? [403, 'AccessDenied'] : undefined);
    expect(await resultThrough(services, world)).toMatchObject({
      verdict: 'Gaps',
      findings: [
        {
          verdict: 'Gap',
          file: urlOf(world.files[0] as never),
          detail: expect.stringContaining('cannot be read'),
        },
      ],
    });
  });

  test('an archived file likewise', async () => {
    const world = new World();
    world.hour(1);
    const services = await open(world);
    aws.refuse = (call) => (call.includes('/CloudTrail/') ? [403, 'InvalidObjectState'] : undefined);
    expect(await resultThrough(services, world)).toMatchObject({ verdict: 'Gaps' });
  });
});

describe('what fails for now is thrown, with the call and a cure:', () => {
  test.each([
    ['ListObjectsV2', 403, 'AccessDenied', /s3:ListBucket of logs-of/],
    ['GetObject', 503, 'SlowDown', /s3:GetObject of s3:\/\//],
    ['GetObject', 403, 'AccessDenied', /s3:GetObject of s3:.*CloudTrail-Digest/],
    ['ListObjectVersions', 403, 'AccessDenied', /s3:ListBucketVersions of logs-of/],
    ['BatchGetItem', 400, 'ResourceNotFoundException', /dynamodb:BatchGetItem on Ledger/],
    ['ListPublicKeys', 400, 'ThrottlingException', /cloudtrail:ListPublicKeys in eu-central-1/],
  ])('%s: %d %s', async (action, status, code, message) => {
    const world = new World();
    world.hour(2);
    const services = await open(world);
    aws.refuse = (call) => (call.startsWith(action) ? [status, code] : undefined);
    await expect(resultThrough(services, world)).rejects.toThrow(message);
  });
});
