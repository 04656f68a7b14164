import { DeleteBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeEach, expect, test } from 'vitest';
import { derivedBucketTeardown } from '../../../../lambda/archive/teardown/derived-bucket-teardown.ts';
import { customResourceHandler } from '../../../../lambda/shared/custom-resource.ts';
import { answerSinkForFile } from '../../shared/custom-resource-harness.ts';
import { type FakeBucket, fakeBucket } from '../../trail/fake-bucket.ts';

const handler = customResourceHandler(() =>
  derivedBucketTeardown({ s3: new S3Client({}), lateWriterDelaysMs: [0, 0] }),
);
const { sink } = answerSinkForFile();
const properties = { BucketName: 'derived' };

let bucket: FakeBucket;
beforeEach(() => {
  bucket = fakeBucket([{ key: 'ext/a' }, { key: 'query-results/b' }]);
});

test('creating and updating leave the bucket alone, and name it', async () => {
  const created = await sink.send(handler, { type: 'Create', properties });

  expect(created).toMatchObject({
    Status: 'SUCCESS',
    PhysicalResourceId: 'created:derived',
    Data: { BucketName: 'derived' },
  });
  expect(bucket.versions).toHaveLength(2);
});

test('deleting refuses further writing, empties the bucket and deletes it', async () => {
  const deleted = await sink.send(handler, {
    type: 'Delete',
    properties,
    physicalId: 'created:derived',
  });

  expect(deleted.Status).toBe('SUCCESS');
  expect(bucket.versions).toEqual([]);
  expect(bucket.policy).toContain('s3:PutObject');
  expect(bucket.exists).toBe(false);
  expect(bucket.mock.commandCalls(DeleteBucketCommand)[0]?.args[0].input).toMatchObject({
    Bucket: 'derived',
  });
});
