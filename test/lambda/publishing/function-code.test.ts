import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FunctionCodeProperties } from '../../../contract/publishing.ts';
import { functionCode } from '../../../lambda/publishing/function-code.ts';
import { customResourceHandler } from '../../../lambda/shared/custom-resource.ts';
import {
  type AnswerSink,
  captureOutput,
  type ResourceRequest,
  startAnswerSink,
} from '../shared/custom-resource-harness.ts';
import { type S3StandIn, type StandInBucket, startS3StandIn } from './s3-stand-in.ts';

const FIRST = ['a', 'b', 'c', 'd', 'e'];
const SECOND = ['a', 'b', 'f', 'g'];

let s3: S3StandIn;
let sink: AnswerSink;
let published: StandInBucket;
let staging: StandInBucket;

beforeAll(async () => {
  [s3, sink] = await Promise.all([startS3StandIn(), startAnswerSink()]);
});
afterAll(() => Promise.all([s3.close(), sink.close()]));
beforeEach(() => {
  vi.restoreAllMocks();
  captureOutput();
  s3.log.length = 0;
  s3.onRequest = () => {};
  s3.buckets.clear();
  published = s3.addBucket('published', 'eu-west-1');
  staging = s3.addBucket('staging');
  publish('trailbridge/', [...FIRST, ...SECOND]);
});

const handler = customResourceHandler(() =>
  functionCode({ s3: s3.client('us-east-1'), s3In: (region) => s3.client(region), baseDelayMs: 1 }),
);

function publish(prefix: string, codes: readonly string[]): void {
  for (const code of codes) {
    published.objects.set(keyOf(code, prefix), Buffer.from(code));
  }
}

function sha256(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}

function keyOf(code: string, prefix = 'trailbridge/'): string {
  return `${prefix}functions/${sha256(code)}.zip`;
}

function propertiesFor(codes: readonly string[], changed: object = {}): FunctionCodeProperties {
  return {
    SourceBucket: 'published',
    SourcePrefix: 'trailbridge/',
    SourceRegion: 'eu-west-1',
    StagingBucket: 'staging',
    Archives: codes.map(sha256),
    ...changed,
  };
}

const send = (request: ResourceRequest, remainingMs?: number) => sink.send(handler, request, remainingMs);
const create = (codes: readonly string[], changed: object = {}) =>
  send({ type: 'Create', properties: propertiesFor(codes, changed) });
const update = (physicalId: string, from: readonly string[], to: readonly string[], changed: object = {}) =>
  send({
    type: 'Update',
    physicalId,
    properties: propertiesFor(to, changed),
    oldProperties: propertiesFor(from),
  });
const remove = (physicalId: string, codes: readonly string[]) =>
  send({ type: 'Delete', physicalId, properties: propertiesFor(codes) });

/** The codes that are staged. */
function staged(): string[] {
  return [...staging.objects].flatMap(([key, bytes]) => {
    const code = bytes.toString();
    return key === `${sha256(code)}.zip` ? [code] : [];
  });
}

describe('Create', () => {
  test('copies every archive from the other region, and answers with the bucket', async () => {
    const answer = await create(FIRST);

    expect(answer).toMatchObject({ Status: 'SUCCESS', Data: { Bucket: 'staging' } });
    expect(staged().sort()).toEqual(FIRST);
  });

  test('from a bucket without a prefix', async () => {
    publish('', FIRST);

    expect(await create(FIRST, { SourcePrefix: '' })).toMatchObject({ Status: 'SUCCESS' });
  });

  test('the same code has the same physical id, in any order; other code has another', async () => {
    const first = await create(FIRST);
    const again = await create(FIRST.toReversed());
    const other = await create(SECOND);

    expect(again.PhysicalResourceId).toBe(first.PhysicalResourceId);
    expect(other.PhysicalResourceId).not.toBe(first.PhysicalResourceId);
  });

  test('waits for IAM to know its new role, at either bucket', async () => {
    published.refusals.push([403, 'AccessDenied'], [403, 'AccessDenied']);
    staging.refusals.push([403, 'AccessDenied'], [403, 'AccessDenied']);

    expect(await create(FIRST)).toMatchObject({ Status: 'SUCCESS' });
  });
});

describe('what cannot be copied is told with its place, its cause and a cure, and leaves nothing', () => {
  const place = `the object ${keyOf('c')} of bucket published in eu-west-1`;

  test.each<[what: string, arrange: () => object, said: string]>([
    [
      'not there',
      () => ({ deleted: published.objects.delete(keyOf('c')) }),
      `${place} is not found. Set QSS3KeyPrefix`,
    ],
    [
      'other than its name says',
      () => published.objects.set(keyOf('c'), Buffer.from('evil')),
      `${place} is not what was published: its SHA-256 is ${sha256('evil')}. Publish the templates again`,
    ],
    [
      'cut off',
      () => published.objects.set(keyOf('c'), Buffer.alloc(0)),
      `${place} is not what was published`,
    ],
  ])('%s', async (_what, arrange, said) => {
    arrange();

    const answer = await create(FIRST);

    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain(`Function code: ${said}`);
    expect(staging.objects.size).toBe(0);
    expect(answer.PhysicalResourceId).toMatch(/^failed:/);
  });

  test('refused', async () => {
    published.refusals.push(...Array.from({ length: 100 }, (): [number, string] => [403, 'AccessDenied']));

    const { Reason } = await create(['c']);

    expect(Reason).toContain(`${place} is refused (AccessDenied`);
    expect(Reason).toMatch(/which S3 also says of objects that are not there.*s3:GetObject/);
  });

  test('in another region', async () => {
    const { Reason } = await create(['c'], { SourceRegion: 'us-west-2' });

    expect(Reason).toContain(
      `the object ${keyOf('c')} of bucket published in us-west-2 cannot be read: the bucket is in another region. ` +
        'Set QSS3BucketRegion to eu-west-1.',
    );
  });

  test('in no bucket', async () => {
    const { Reason } = await create(['c'], { SourceBucket: 'nowhere' });

    expect(Reason).toMatch(
      /of bucket nowhere in eu-west-1 cannot be read: there is no such bucket.*QSS3BucketName/,
    );
  });

  test('otherwise', async () => {
    published.refusals.push([500, 'InternalError']);

    expect((await create(['c'])).Reason).toContain(
      `${place} cannot be read (InternalError: InternalError says S3)`,
    );
  });

  test('with nothing more begun after the first failure', async () => {
    s3.onRequest = (asked) =>
      asked.startsWith('GET published/') && !asked.includes(sha256('a')) ? sleep(50) : undefined;
    published.objects.delete(keyOf('a'));

    await create([...'abcdefgh']);

    expect(s3.log.filter((asked) => asked.startsWith('GET published/'))).toHaveLength(4);
  });

  test('properties that are none of its own', async () => {
    expect((await create(FIRST, { Archives: ['../secret'] })).Reason).toContain('Archives.0: ');
    expect((await create(FIRST, { Archives: [] })).Reason).toContain('Archives: ');
  });

  test('in time, and copies nothing after it has given up', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    s3.onRequest = (asked) => (asked === `GET published/${keyOf('c')}` ? released : undefined);

    const answer = await send({ type: 'Create', properties: propertiesFor(FIRST) }, 1200);
    release();
    const puts = s3.log.length;
    await sleep(100);

    expect(answer.Status).toBe('FAILED');
    expect(s3.log).toHaveLength(puts);
    expect(staging.objects.size).toBe(0);
  });

  test('a very long prefix, within what CloudFormation takes of an answer', async () => {
    const answer = await create(['c'], { SourcePrefix: `${'ü'.repeat(3000)}/` });

    expect(answer.Status).toBe('FAILED');
  });
});

describe('Update', () => {
  test('copies what is new before it answers; the deletion of the former version keeps what both have', async () => {
    const first = await create(FIRST);
    s3.log.length = 0;

    const second = await update(first.PhysicalResourceId, FIRST, SECOND);
    expect(second.PhysicalResourceId).not.toBe(first.PhysicalResourceId);
    expect(staged().sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    expect(s3.log.filter((asked) => asked.startsWith('GET published')).sort()).toEqual(
      ['f', 'g'].map((code) => `GET published/${keyOf(code)}`).sort(),
    );

    await remove(first.PhysicalResourceId, FIRST);
    expect(staged().sort()).toEqual(SECOND);
  });

  test('rolled back, needs nothing of the published bucket, and drops the new version', async () => {
    const first = await create(FIRST);
    const second = await update(first.PhysicalResourceId, FIRST, SECOND);
    s3.buckets.delete('published');

    const back = await update(second.PhysicalResourceId, SECOND, FIRST);
    await remove(second.PhysicalResourceId, SECOND);

    expect(back.PhysicalResourceId).toBe(first.PhysicalResourceId);
    expect(staged().sort()).toEqual(FIRST);
  });

  test('that fails, leaves what is in use as it was', async () => {
    const first = await create(FIRST);
    published.objects.delete(keyOf('g'));

    const failed = await update(first.PhysicalResourceId, FIRST, SECOND);

    expect(failed).toMatchObject({ Status: 'FAILED', PhysicalResourceId: first.PhysicalResourceId });
    expect(staged().sort()).toEqual(FIRST);
  });

  test('to the same code from elsewhere copies nothing, and replaces nothing', async () => {
    const first = await create(FIRST);

    const moved = await update(first.PhysicalResourceId, FIRST, FIRST, { SourceBucket: 'mirror' });

    expect(moved).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: first.PhysicalResourceId });
  });
});

describe('Delete', () => {
  test('of the version in use leaves nothing', async () => {
    const { PhysicalResourceId } = await create(FIRST);

    expect(await remove(PhysicalResourceId, FIRST)).toMatchObject({ Status: 'SUCCESS' });
    expect(staging.objects.size).toBe(0);
  });

  test('clears up after an update of which nobody heard again', async () => {
    const { PhysicalResourceId } = await create(FIRST);
    staging.objects.set(`${sha256('debris')}.zip`, Buffer.from('debris'));

    await remove(PhysicalResourceId, FIRST);

    expect(staging.objects.size).toBe(0);
  });

  test('delivered again, of what is gone, and of a bucket that is gone', async () => {
    const { PhysicalResourceId } = await create(FIRST);

    await remove(PhysicalResourceId, FIRST);
    expect(await remove(PhysicalResourceId, FIRST)).toMatchObject({ Status: 'SUCCESS' });
    s3.buckets.delete('staging');
    expect(await remove(PhysicalResourceId, FIRST)).toMatchObject({ Status: 'SUCCESS' });
  });

  test('after a creation that never answered', async () => {
    await create(FIRST);

    expect(await remove('CloudOne-FunctionCode-1ABC', FIRST)).toMatchObject({ Status: 'SUCCESS' });
    expect(staging.objects.size).toBe(0);
  });

  test('fails where S3 refuses, and says what to do', async () => {
    const { PhysicalResourceId } = await create(FIRST);
    staging.refusals.push([500, 'InternalError']);

    const answer = await remove(PhysicalResourceId, FIRST);

    expect(answer).toMatchObject({ Status: 'FAILED' });
    expect(answer.Reason).toMatch(/InternalError.*delete the stack again/s);
  });
});

test('a request that is delivered twice is answered twice alike', async () => {
  const request = { type: 'Create', properties: propertiesFor(FIRST), requestId: 'once' } as const;

  const [one, other] = [await send(request), await send(request)];

  expect(other).toEqual(one);
  expect(staged().sort()).toEqual(FIRST);
});

test('whatever versions come and go, and fail: at each moment what is in use is there, at the end nothing', async () => {
  const versions = fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { minLength: 1 });
  const steps = fc.array(fc.record({ to: versions, rolledBack: fc.boolean(), broken: fc.boolean() }), {
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(versions, steps, async (first, changes) => {
      staging.objects.clear();
      publish('trailbridge/', [...'abcdefgh']);
      let live = { id: (await create(first)).PhysicalResourceId, codes: first };
      for (const { to, rolledBack, broken } of changes) {
        if (broken) {
          published.objects.clear();
        }
        const updated = await update(live.id, live.codes, to);
        const isNew = updated.PhysicalResourceId !== live.id;
        expect(staged()).toEqual(expect.arrayContaining(live.codes));
        if (updated.Status === 'FAILED' || rolledBack) {
          const restored = await update(updated.PhysicalResourceId, to, live.codes);
          expect(restored).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: live.id });
          if (isNew) {
            await remove(updated.PhysicalResourceId, to);
          }
        } else {
          const former = live;
          live = { id: updated.PhysicalResourceId, codes: to };
          if (isNew) {
            await remove(former.id, former.codes);
          }
        }
        expect(staged().sort()).toEqual(live.codes.toSorted());
        publish('trailbridge/', [...'abcdefgh']);
      }
      await remove(live.id, live.codes);
      expect(staging.objects.size).toBe(0);
    }),
    { numRuns: 30 },
  );
});
