import {
  DeleteObjectCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLoggingCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import type { Fixture } from './fixture.ts';
import type { Template } from './stacks.ts';
import { key, nodeFunction } from './templates.ts';

/** Buckets keep what a template says, and what is in them. */
export function bucketTests({ stacks, client }: Fixture): void {
  const s3 = new S3Client({ ...client, forcePathStyle: true });

  describe('buckets', () => {
    it('have the settings of the template', async () => {
      const Bucket = 'bucket-with-settings';
      const template: Template = {
        Resources: {
          Key: key,
          Access: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'bucket-for-access-logs' } },
          Bucket: {
            Type: 'AWS::S3::Bucket',
            Properties: {
              BucketName: Bucket,
              BucketEncryption: {
                ServerSideEncryptionConfiguration: [
                  {
                    ServerSideEncryptionByDefault: {
                      SSEAlgorithm: 'aws:kms',
                      KMSMasterKeyID: { 'Fn::GetAtt': ['Key', 'Arn'] },
                    },
                    BucketKeyEnabled: true,
                  },
                ],
              },
              VersioningConfiguration: { Status: 'Enabled' },
              PublicAccessBlockConfiguration: {
                BlockPublicAcls: true,
                BlockPublicPolicy: true,
                IgnorePublicAcls: true,
                RestrictPublicBuckets: true,
              },
              LifecycleConfiguration: {
                Rules: [
                  {
                    Id: 'old',
                    Status: 'Enabled',
                    Prefix: 'AWSLogs/',
                    ExpirationInDays: 365,
                    NoncurrentVersionExpiration: { NoncurrentDays: 30 },
                    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
                    Transitions: [{ StorageClass: 'GLACIER_IR', TransitionInDays: 90 }],
                  },
                ],
              },
              LoggingConfiguration: { DestinationBucketName: { Ref: 'Access' }, LogFilePrefix: 'access/' },
              OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
              Tags: [{ Key: 'for', Value: 'trail' }],
            },
          },
          Policy: {
            Type: 'AWS::S3::BucketPolicy',
            Properties: {
              Bucket: { Ref: 'Bucket' },
              PolicyDocument: {
                Version: '2012-10-17',
                Statement: [
                  {
                    Effect: 'Deny',
                    Principal: '*',
                    Action: 's3:*',
                    Resource: '*',
                    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
                  },
                ],
              },
            },
          },
        },
        Outputs: { Key: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } } },
      };

      const { outputs } = await stacks.deploy('bucket-settings', template);

      const encryption = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
      expect(encryption.ServerSideEncryptionConfiguration?.Rules).toEqual([
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: outputs.Key },
          BucketKeyEnabled: true,
        },
      ]);
      expect(await s3.send(new GetBucketVersioningCommand({ Bucket }))).toMatchObject({ Status: 'Enabled' });
      const access = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
      expect(access.PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      const lifecycle = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
      expect(lifecycle.Rules).toMatchObject([
        {
          ID: 'old',
          Filter: { Prefix: 'AWSLogs/' },
          Expiration: { Days: 365 },
          NoncurrentVersionExpiration: { NoncurrentDays: 30 },
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
          Transitions: [{ Days: 90, StorageClass: 'GLACIER_IR' }],
        },
      ]);
      const logging = await s3.send(new GetBucketLoggingCommand({ Bucket }));
      expect(logging.LoggingEnabled).toEqual({
        TargetBucket: 'bucket-for-access-logs',
        TargetPrefix: 'access/',
      });
      const { TagSet } = await s3.send(new GetBucketTaggingCommand({ Bucket }));
      expect(TagSet).toContainEqual({ Key: 'for', Value: 'trail' });
      const { Policy = '' } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
      expect(JSON.parse(Policy)).toMatchObject({ Statement: [{ Effect: 'Deny' }] });
      const written = await s3.send(new PutObjectCommand({ Bucket, Key: 'object', Body: 'x' }));
      expect(written).toMatchObject({ ServerSideEncryption: 'aws:kms', VersionId: expect.any(String) });
    });

    it('keep what Object Lock holds, by the retention of the template, and its updates', async () => {
      const Bucket = 'bucket-with-a-lock';
      const template = (rule: object | undefined): Template => ({
        Resources: {
          Bucket: {
            Type: 'AWS::S3::Bucket',
            DeletionPolicy: 'Retain',
            Properties: {
              BucketName: Bucket,
              VersioningConfiguration: { Status: 'Enabled' },
              ObjectLockEnabled: true,
              ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', ...rule },
            },
          },
        },
      });
      const governance = { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: '30' } } };
      const lock = async () =>
        (await s3.send(new GetObjectLockConfigurationCommand({ Bucket }))).ObjectLockConfiguration;
      const deletion = (more: object = {}) =>
        s3.send(new DeleteObjectCommand({ Bucket, Key: 'record', ...more }));

      await stacks.deploy(Bucket, template(governance));
      expect(await lock()).toEqual({
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } },
      });
      const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key: 'record', Body: 'x' }));
      const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'record' }));
      expect(head).toMatchObject({
        ObjectLockMode: 'GOVERNANCE',
        ObjectLockRetainUntilDate: expect.any(Date),
      });
      await expect(deletion({ VersionId })).rejects.toMatchObject({ name: 'AccessDenied' });

      // What stays of a mark is the version; and who may go past the lock must say so.
      await deletion();
      await expect(
        s3.send(new GetObjectCommand({ Bucket, Key: 'record', VersionId })),
      ).resolves.toBeDefined();
      await deletion({ VersionId, BypassGovernanceRetention: true });

      await stacks.deploy(Bucket, template({ Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 1 } } }));
      expect(await lock()).toMatchObject({ Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 1 } } });
      const locked = await s3.send(new PutObjectCommand({ Bucket, Key: 'record', Body: 'x' }));
      await expect(
        deletion({ VersionId: locked.VersionId, BypassGovernanceRetention: true }),
      ).rejects.toMatchObject({ name: 'AccessDenied' });

      await stacks.deploy(Bucket, template(undefined));
      expect(await lock()).toEqual({ ObjectLockEnabled: 'Enabled' });
    });

    it('move what is large enough to colder storage, as the template says', async () => {
      const Bucket = 'bucket-of-cold-objects';
      const transition = {
        Status: 'Enabled',
        Transitions: [{ StorageClass: 'GLACIER_IR', TransitionInDays: '90' }],
      };
      await stacks.deploy(Bucket, {
        Resources: {
          Bucket: {
            Type: 'AWS::S3::Bucket',
            Properties: {
              BucketName: Bucket,
              LifecycleConfiguration: {
                Rules: [
                  { ...transition, Id: 'all', ObjectSizeGreaterThan: '131071' },
                  { ...transition, Id: 'some', ObjectSizeGreaterThan: '131071', Prefix: 'raw/' },
                ],
              },
            },
          },
        },
      });

      const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));

      expect(Rules).toMatchObject([
        {
          Filter: { ObjectSizeGreaterThan: 131_071 },
          Transitions: [{ Days: 90, StorageClass: 'GLACIER_IR' }],
        },
        { Filter: { And: { Prefix: 'raw/', ObjectSizeGreaterThan: 131_071 } } },
      ]);
    });

    it('take objects under the key that AWS manages when none is named, as the CDK puts its assets', async () => {
      const Bucket = 'bucket-of-assets';
      await stacks.deploy(Bucket, {
        Resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: Bucket } } },
      });

      const put = new PutObjectCommand({ Bucket, Key: 'asset', Body: 'x', ServerSideEncryption: 'aws:kms' });

      expect(await s3.send(put)).toMatchObject({
        ServerSideEncryption: 'aws:kms',
        SSEKMSKeyId: expect.any(String),
      });
    });

    it('that hold objects fail the deletion of their stack', async () => {
      const template: Template = {
        Resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'bucket-not-empty' } } },
      };

      const made = await stacks.deploy('bucket-not-empty', template);
      await s3.send(new PutObjectCommand({ Bucket: 'bucket-not-empty', Key: 'object', Body: 'x' }));

      expect((await stacks.delete(made)).status).toBe('DELETE_FAILED');
      expect(await stacks.failures(made.id)).toContainEqual(expect.stringContaining('not empty'));
    });

    it('take a notification document with a destination that is gone only where nobody wants it validated', async () => {
      const Bucket = 'bucket-with-a-stale-destination';
      const { outputs } = await stacks.deploy('stale-destination', {
        Resources: {
          Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: Bucket } },
          Queue: { Type: 'AWS::SQS::Queue' },
        },
        Outputs: { Queue: { Value: { 'Fn::GetAtt': ['Queue', 'Arn'] } } },
      });
      const NotificationConfiguration = {
        QueueConfigurations: [
          { Id: 'stale', QueueArn: `${outputs.Queue}-gone`, Events: ['s3:ObjectCreated:*' as const] },
        ],
        EventBridgeConfiguration: {},
      };
      const put = (SkipDestinationValidation: boolean) =>
        s3.send(
          new PutBucketNotificationConfigurationCommand({
            Bucket,
            NotificationConfiguration,
            SkipDestinationValidation,
          }),
        );

      await expect(put(false)).rejects.toThrow('Unable to validate');
      await put(true);

      const kept = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
      expect(kept).toMatchObject(NotificationConfiguration);
    });

    it('say where they are to whom asks in another region, and go on listing behind a folder', async () => {
      const Bucket = 'bucket-of-folders';
      await stacks.deploy(Bucket, {
        Resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: Bucket } } },
      });
      for (const Key of ['a/1', 'b-/1', 'b/1', 'b0/1', 'c/1']) {
        await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
      }

      const head = await s3.send(new HeadBucketCommand({ Bucket }));
      const { CommonPrefixes } = await s3.send(
        new ListObjectsV2Command({ Bucket, Delimiter: '/', StartAfter: 'b0' }),
      );
      const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket, KeyMarker: 'b/' }));

      expect(head.BucketRegion).toBe('eu-central-1');
      expect(CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['b0/', 'c/']);
      expect(Versions?.map(({ Key }) => Key)).toEqual(['b/1', 'b0/1', 'c/1']);
    });

    it('give a notification document back as it was put', async () => {
      const Bucket = 'bucket-with-notifications';
      const { outputs } = await stacks.deploy('notifications', {
        Resources: {
          Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: Bucket } },
          Queue: { Type: 'AWS::SQS::Queue' },
          Topic: { Type: 'AWS::SNS::Topic' },
          ...nodeFunction('exports.handler = async () => {}'),
        },
        Outputs: {
          Queue: { Value: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
          Topic: { Value: { Ref: 'Topic' } },
          Function: { Value: { 'Fn::GetAtt': ['Function', 'Arn'] } },
        },
      });
      const read = async () => {
        const { $metadata: _, ...document } = await s3.send(
          new GetBucketNotificationConfigurationCommand({ Bucket }),
        );
        return document;
      };
      const put = (NotificationConfiguration: object) =>
        s3.send(
          new PutBucketNotificationConfigurationCommand({
            Bucket,
            NotificationConfiguration,
            SkipDestinationValidation: true,
          }),
        );
      const Filter = {
        Key: {
          FilterRules: [
            { Name: 'prefix' as const, Value: 'a&b/' },
            { Name: 'suffix' as const, Value: '.gz' },
          ],
        },
      };

      expect(await read()).toEqual({});
      await put({
        QueueConfigurations: [
          {
            Id: 'q',
            QueueArn: outputs.Queue,
            Events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:Delete'],
            Filter,
          },
        ],
        TopicConfigurations: [
          { Id: 't', TopicArn: outputs.Topic, Events: ['s3:ReducedRedundancyLostObject'] },
        ],
        LambdaFunctionConfigurations: [
          { Id: 'f', LambdaFunctionArn: outputs.Function, Events: ['s3:ObjectCreated:Put'] },
        ],
        EventBridgeConfiguration: {},
      });
      const before = await read();
      await put(before);

      expect(before).toMatchObject({
        QueueConfigurations: [
          { Id: 'q', Filter: { Key: { FilterRules: [{ Value: 'a&b/' }, { Value: '.gz' }] } } },
        ],
        TopicConfigurations: [{ Id: 't' }],
        LambdaFunctionConfigurations: [{ Id: 'f' }],
        EventBridgeConfiguration: {},
      });
      expect(JSON.stringify(await read())).toBe(JSON.stringify(before));
    });
  });
}
