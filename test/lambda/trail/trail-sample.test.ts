import { CloudTrailClient, GetTrailStatusCommand } from '@aws-sdk/client-cloudtrail';
import { GetObjectCommand, HeadBucketCommand } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { answerSinkForFile } from '../shared/custom-resource-harness.ts';
import { type FakeBucket, fakeBucket, s3Error } from './fake-bucket.ts';

const { handler } = await import('../../../lambda/trail/trail-sample-handler.ts');

const OWN = 'arn:aws:cloudtrail:us-east-1:123456789012:trail/own';
const ORGANISATION = 'arn:aws:cloudtrail:us-east-1:999999999999:trail/organisation';
const NONE = 'arn:aws:cloudtrail:us-east-1:123456789012:trail/trailbridge-found-none';
const properties = {
  BucketName: 'trail-logs',
  SampleKey: 'AWSLogs/a.json.gz',
  TrailArns: OWN,
  CloudOneRegion: 'us-1',
};

const cloudTrail = mockClient(CloudTrailClient);
let bucket: FakeBucket;
const { sink, output } = answerSinkForFile();

beforeEach(() => {
  cloudTrail.reset();
  cloudTrail.onAnyCommand().rejects(new Error('not expected'));
  cloudTrail.on(GetTrailStatusCommand).resolves({ IsLogging: true });
  bucket = fakeBucket();
  bucket.mock.on(HeadBucketCommand).resolves({ BucketRegion: 'us-east-1' });
  bucket.mock.on(GetObjectCommand).resolves({});
});

const prove = (changed: object = {}) =>
  sink.send(handler, { type: 'Create', properties: { ...properties, ...changed } });

function refused(message: string, name = 'AccessDenied'): void {
  bucket.mock.on(GetObjectCommand).rejects(Object.assign(s3Error(name, 403), { message }));
}

test('opens one file, of which it reads next to nothing, and asks whether the trails are logging', async () => {
  const { Status, Data } = await prove();

  expect(Status).toBe('SUCCESS');
  expect(Data).toEqual({ Sample: 'read', Logging: '1 of 1', CloudOneRegion: 'us-1' });
  expect(bucket.mock.commandCalls(GetObjectCommand)[0]?.args[0].input).toEqual({
    Bucket: 'trail-logs',
    Key: 'AWSLogs/a.json.gz',
    Range: 'bytes=0-0',
  });
});

test('where there is no file and no trail yet, there is nothing to prove', async () => {
  const { Status, Data } = await prove({ SampleKey: '', TrailArns: NONE });

  expect(Status).toBe('SUCCESS');
  expect(Data).toEqual({ Sample: 'none', Logging: '0 of 0', CloudOneRegion: 'us-1' });
  expect(cloudTrail.calls()).toEqual([]);
});

describe('a file that cannot be read', () => {
  test.each([
    'User is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:… because no resource-based policy allows it',
    'The ciphertext refers to a customer master key that does not exist, or you are not allowed to access.',
  ])('for want of the key: the key policy’s statement is given (%s)', async (words) => {
    refused(words);

    const { Status, Reason = '' } = await prove();

    expect(Status).toBe('FAILED');
    expect(Reason).toContain("Let the key's policy have the statement");
    const statement = JSON.parse(/\{.*\}(?= If)/.exec(Reason)?.[0] ?? '');
    expect(statement).toEqual({
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::123456789012:root' },
      Action: 'kms:Decrypt',
      Resource: '*',
      Condition: {
        ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/CloudOne-*' },
        StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' },
      },
    });
  });

  test('because the bucket’s policy denies it: what to change in it is given', async () => {
    refused('not authorized to perform: s3:GetObject with an explicit deny in a resource-based policy');

    expect((await prove()).Reason).toMatch(/s3:GetObject.*in the bucket's policy: \{"ArnNotLike"/);
  });

  test('because nothing allows it: the bucket policy’s statement is given', async () => {
    refused('Access Denied');

    expect((await prove()).Reason).toContain(
      '"Action":"s3:GetObject","Resource":"arn:aws:s3:::trail-logs/*"',
    );
  });

  test.each(['KMS.DisabledException', 'KMS.KMSInvalidStateException'])(
    'because of %s: no policy helps',
    async (name) => {
      refused('arn:aws:kms:… is disabled.', name);

      const { Reason } = await prove();

      expect(Reason).toContain('Enable its key');
      expect(Reason).not.toContain('"Effect"');
    },
  );

  test.each(['NoSuchKey', 'InvalidRange', 'InvalidObjectState'])(
    '%s proves nothing either way',
    async (name) => {
      refused('x', name);

      expect((await prove()).Status).toBe('SUCCESS');
      expect(output()).toContain('proves nothing');
    },
  );

  test('long words of a policy still make an answer that CloudFormation takes', async () => {
    refused(`kms:Decrypt ${'é'.repeat(5000)}`);

    const { Status, Reason } = await prove({ SampleKey: 'k'.repeat(1000) });

    expect(Status).toBe('FAILED');
    expect(Reason).toContain('"kms:ViaService":"s3.us-east-1.amazonaws.com"}}}');
  });
});

describe('trails', () => {
  test('that are not logging, or cannot deliver, are told of', async () => {
    cloudTrail.on(GetTrailStatusCommand).resolves({ IsLogging: false, LatestDeliveryError: 'AccessDenied' });

    expect((await prove()).Data?.Logging).toBe('0 of 1');
    expect(output()).toContain('The trail is not logging');
    expect(output()).toContain('The trail cannot deliver');
  });

  test('of the organisation may keep it to themselves, and one that is gone is none', async () => {
    cloudTrail
      .on(GetTrailStatusCommand, { Name: ORGANISATION })
      .rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }))
      .on(GetTrailStatusCommand, { Name: OWN })
      .rejects(Object.assign(new Error('gone'), { name: 'TrailNotFoundException' }));

    const { Status, Data } = await prove({ TrailArns: `${OWN},${ORGANISATION}` });

    expect({ Status, Logging: Data?.Logging }).toEqual({ Status: 'SUCCESS', Logging: '0 of 2' });
  });

  test('of the account’s own must be told of: a refusal names the permission', async () => {
    cloudTrail
      .on(GetTrailStatusCommand)
      .rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));

    expect((await prove()).Reason).toContain(
      `{"Effect":"Allow","Action":"cloudtrail:GetTrailStatus","Resource":"${OWN}"}`,
    );
  });
});
