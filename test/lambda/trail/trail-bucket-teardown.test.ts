import {
  CloudFormationClient,
  DescribeStacksCommand,
  type StackStatus,
} from '@aws-sdk/client-cloudformation';
import { KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { customResourceHandler } from '../../../lambda/shared/custom-resource.ts';
import { trailBucketTeardown } from '../../../lambda/trail/trail-bucket-teardown.ts';
import { answerSinkForFile, STACK_ID } from '../shared/custom-resource-harness.ts';
import { type FakeBucket, fakeBucket, s3Error } from './fake-bucket.ts';

const KEY = 'arn:aws:kms:us-east-1:123456789012:key/trail';
const kms = mockClient(KMSClient);
const cloudFormation = mockClient(CloudFormationClient);
const handler = customResourceHandler(() =>
  trailBucketTeardown({
    s3: new S3Client({}),
    kms: new KMSClient({}),
    cloudFormation: new CloudFormationClient({}),
    lateWriterDelaysMs: [0, 0],
  }),
);

const { sink } = answerSinkForFile();
let bucket: FakeBucket;
beforeEach(() => {
  bucket = fakeBucket([
    { key: 'a', versionId: '1' },
    { key: 'a', versionId: '2', deleteMarker: true },
    { key: 'b' },
  ]);
  bucket.uploads = ['upload-1', 'upload-2'];
  kms.reset();
  kms.on(ScheduleKeyDeletionCommand).resolves({});
  cloudFormation.reset();
  stackIs('DELETE_IN_PROGRESS');
});

function stackIs(StackStatus: StackStatus): void {
  cloudFormation
    .on(DescribeStacksCommand, { StackName: STACK_ID })
    .resolves({ Stacks: [{ StackName: 'CloudOne', CreationTime: new Date(0), StackStatus }] });
}

const properties = { BucketNames: ['trail-logs'], TrailKeyArn: KEY, OnDelete: 'Delete' };
const remove = (changed: object = {}, remainingMs = 300_000) =>
  sink.send(
    handler,
    { type: 'Delete', properties: { ...properties, ...changed }, physicalId: 'created:trail-logs' },
    remainingMs,
  );
const scheduled = () => kms.commandCalls(ScheduleKeyDeletionCommand).map(({ args }) => args[0].input);

test('creating and updating do nothing; other buckets replace', async () => {
  const created = await sink.send(handler, { type: 'Create', properties });
  const updated = await sink.send(handler, {
    type: 'Update',
    properties: { ...properties, OnDelete: 'Retain' },
    oldProperties: properties,
    physicalId: created.PhysicalResourceId,
  });

  expect(created.PhysicalResourceId).toBe('created:trail-logs');
  expect(updated.PhysicalResourceId).toBe('created:trail-logs');
  expect(bucket.versions).toHaveLength(3);
});

describe('Delete', () => {
  test('empties the bucket of versions, markers and uploads, deletes it, and schedules its key', async () => {
    const answer = await remove();

    expect(answer.Status).toBe('SUCCESS');
    expect(bucket).toMatchObject({ exists: false, versions: [], uploads: [] });
    expect(scheduled()).toEqual([{ KeyId: KEY, PendingWindowInDays: 7 }]);
  });

  test('deletes the buckets in order, and only those of its own account', async () => {
    bucket.mock.on(DeleteBucketCommand).resolves({});

    await remove({ BucketNames: ['trail-logs', 'access-logs'] });

    const inputs = bucket.mock.commandCalls(DeleteBucketCommand).map(({ args }) => args[0].input);
    expect(inputs).toEqual([
      { Bucket: 'trail-logs', ExpectedBucketOwner: '123456789012' },
      { Bucket: 'access-logs', ExpectedBucketOwner: '123456789012' },
    ]);
  });

  test('more than one page', async () => {
    bucket.pageSize = 1;

    await remove();

    expect(bucket.exists).toBe(false);
    expect(bucket.mock.commandCalls(DeleteObjectsCommand)).toHaveLength(3);
  });

  test('refuses further writing before it empties, to whoever it is, and still whoever comes without TLS', async () => {
    bucket.mock.on(ListObjectVersionsCommand).callsFakeOnce(() => {
      expect(JSON.parse(bucket.policy ?? '{}').Statement).toEqual([
        { Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: 'arn:aws:s3:::trail-logs/*' },
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Resource: ['arn:aws:s3:::trail-logs', 'arn:aws:s3:::trail-logs/*'],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ]);
      return {};
    });
    bucket.versions = [];

    const answer = await remove();

    expect(answer.Status).toBe('SUCCESS');
    expect(bucket.policy).toBeDefined();
  });

  test('a second deletion goes on where the first ran out of time, until nothing is left', async () => {
    bucket.versions = Array.from({ length: 60 }, (_, index) => ({
      key: `log-${String(index).padStart(2, '0')}`,
    }));
    bucket.pageSize = 5;
    let slow = true;
    const before = bucket.versions.length;
    bucket.mock.on(DeleteObjectsCommand).callsFake(async ({ Delete }) => {
      await new Promise((resolve) => setTimeout(resolve, slow ? 60 : 0));
      const keys = new Set((Delete.Objects as { Key: string }[]).map(({ Key }) => Key));
      bucket.versions = bucket.versions.filter(({ key }) => !keys.has(key));
      return {};
    });

    const first = await remove({}, 600);
    const left = bucket.versions.length;
    slow = false;
    const second = await remove();

    expect(first).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(/\d+ objects of trail-logs are deleted.*Delete the stack again/),
    });
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(before);
    expect(second.Status).toBe('SUCCESS');
    expect(bucket).toMatchObject({ exists: false, versions: [] });
  });

  test('empties it again where something was written meanwhile', async () => {
    let late = 1;
    bucket.whenEmptied = () => {
      if (late > 0) {
        bucket.versions.push({ key: 'late' });
        late -= 1;
      }
    };

    await remove();

    expect(bucket.exists).toBe(false);
  });

  test('gives up where something keeps writing, and says what to do', async () => {
    bucket.whenEmptied = () => bucket.versions.push({ key: 'late' });

    const answer = await remove();

    expect(answer.Reason).toMatch(/something keeps writing to trail-logs.*Find the writer/);
    expect(scheduled()).toEqual([]);
  });

  test('names what S3 does not let go', async () => {
    bucket.locked = ['b'];

    const answer = await remove();

    expect(answer.Reason).toMatch(
      /does not let 1 objects of trail-logs be deleted, among them b.*Object Lock/,
    );
  });

  test('goes on where it stopped when time ran out', async () => {
    bucket.mock.on(ListObjectVersionsCommand).callsFake(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { Versions: [{ Key: 'endless', VersionId: '1' }] };
    });

    const answer = await remove({}, 600);

    expect(answer.Reason).toMatch(
      /objects of trail-logs are deleted, and there are more.*goes on where this stopped/,
    );
  });

  test('what is gone already counts as deleted, bucket and key', async () => {
    bucket.exists = false;
    kms.on(ScheduleKeyDeletionCommand).rejects(s3Error('KMSInvalidStateException', 400));

    const answer = await remove();

    expect(answer.Status).toBe('SUCCESS');
  });

  test('fails where KMS refuses, for then the key would stay', async () => {
    kms.on(ScheduleKeyDeletionCommand).rejects(s3Error('AccessDeniedException', 400));

    const answer = await remove();

    expect(answer.Status).toBe('FAILED');
  });
});

describe('Retain', () => {
  test('touches nothing', async () => {
    await remove({ OnDelete: 'Retain' });

    expect(bucket.versions).toHaveLength(3);
    expect(scheduled()).toEqual([]);
  });

  test.each([
    'ROLLBACK_IN_PROGRESS',
    'UPDATE_ROLLBACK_IN_PROGRESS',
    'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
  ] as const)(
    'empties all the same in %s, for CloudFormation deletes then what the failed operation made',
    async (status) => {
      stackIs(status);

      await remove({ OnDelete: 'Retain' });

      expect(bucket.exists).toBe(false);
      expect(scheduled()).toEqual([]);
    },
  );
});

describe('an update that drops the trail', () => {
  test.each(['Delete', 'Retain'])('deletes no logs, with LogBucketOnDelete=%s', async (OnDelete) => {
    stackIs('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');

    const answer = await remove({ OnDelete });

    expect(answer.Status).toBe('SUCCESS');
    expect(bucket.versions).toHaveLength(3);
    expect(scheduled()).toEqual([]);
  });

  test('nor does what is not known to be the deletion of the stack', async () => {
    cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [] });

    await remove();

    expect(bucket.versions).toHaveLength(3);
  });
});
