import { expect, test } from 'vitest';
import { deploy } from '../deployment.ts';
import {
  property,
  type Resource,
  referencesIn,
  resourcesOf,
  statementsOf,
  type Template,
} from '../template.ts';

export function storageTests(template: Template): void {
  const queues = resourcesOf(template, 'AWS::SQS::Queue');
  const buckets = resourcesOf(template, 'AWS::S3::Bucket');

  test.each(queues)('queue %s is encrypted, and keeps what it has for two weeks', (_id, { Properties }) => {
    expect(Properties).toMatchObject({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
    });
  });

  test.each(queues)('queue %s refuses whoever comes without TLS', (id) => {
    const [policy] = policiesOf(template, 'AWS::SQS::QueuePolicy', 'Queues', id);

    expect(refusalsWithoutTls(policy)).toEqual([
      expect.objectContaining({ Action: 'sqs:*', Resource: arnOf(id) }),
    ]);
  });

  test.each(queues)('queue %s has a dead-letter queue, or is one', (id, { Properties }) => {
    const targets = queues.flatMap(([, queue]) => [...referencesIn(queue.Properties?.RedrivePolicy)]);
    const ofRules = resourcesOf(template, 'AWS::Events::Rule').flatMap(([, rule]) =>
      property<{ DeadLetterConfig: unknown }[]>(rule, 'Targets').flatMap(({ DeadLetterConfig }) => [
        ...referencesIn(DeadLetterConfig),
      ]),
    );

    expect(Properties?.RedrivePolicy !== undefined || [...targets, ...ofRules].includes(id)).toBe(true);
  });

  test.each(buckets)(
    'bucket %s is private, encrypted and versioned, and needs no ACL',
    (_id, { Properties }) => {
      expect(Properties).toMatchObject({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            {
              ServerSideEncryptionByDefault: { SSEAlgorithm: expect.stringMatching(/^(aws:kms|AES256)$/) },
            },
          ],
        },
        VersioningConfiguration: { Status: 'Enabled' },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        LifecycleConfiguration: expect.anything(),
      });
      expect(Properties).not.toHaveProperty('BucketName');
    },
  );

  test.each(buckets)('bucket %s refuses whoever comes without TLS', (id) => {
    const [policy] = policiesOf(template, 'AWS::S3::BucketPolicy', 'Bucket', id);

    expect(refusalsWithoutTls(policy)).toEqual([
      expect.objectContaining({
        Action: 's3:*',
        Resource: [arnOf(id), { 'Fn::Join': ['', [arnOf(id), '/*']] }],
      }),
    ]);
  });

  test.each(buckets)(
    'bucket %s is kept for the teardown to decide about, and its policy with it',
    (id, bucket) => {
      const kept = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };
      const [policy] = policiesOf(template, 'AWS::S3::BucketPolicy', 'Bucket', id);

      expect(bucket).toMatchObject(kept);
      expect(policy).toMatchObject(kept);
      expect([...referencesIn(property(template.Resources.TrailBucketTeardown, 'BucketNames'))]).toContain(
        id,
      );
    },
  );

  test('the trail’s bucket tells EventBridge, logs access, and is encrypted with the trail’s key', () => {
    const { Resources } = deploy(template, { CreateNewTrail: 'true' });

    expect(Resources.NewTrailBucket430112D1?.Properties).toMatchObject({
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      LoggingConfiguration: { DestinationBucketName: { Ref: 'NewTrailAccessLogs95DA51B1' } },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { KMSMasterKeyID: arnOf('NewTrailKey642A02B0') },
          },
        ],
      },
    });
  });

  test('the document of notifications is the vendor’s client’s where that forwards', () => {
    const { Resources } = deploy(template, { CreateNewTrail: 'true', ForwardingDestination: 'VendorClient' });

    expect(Resources.NewTrailBucket430112D1?.Properties).not.toHaveProperty('NotificationConfiguration');
  });

  test('the trail covers all regions and is validated', () => {
    const [[, trail] = []] = resourcesOf(template, 'AWS::CloudTrail::Trail');

    expect(trail?.Properties).toMatchObject({
      IsLogging: true,
      IsMultiRegionTrail: true,
      IncludeGlobalServiceEvents: true,
      EnableLogFileValidation: true,
      KMSKeyId: arnOf('NewTrailKey642A02B0'),
    });
  });

  test('keys are rotated; the stack’s own goes with it, the trail’s is for the teardown', () => {
    const keys = resourcesOf(template, 'AWS::KMS::Key');

    expect(keys.map(([id, { DeletionPolicy }]) => [id, DeletionPolicy])).toEqual([
      ['Key961B73FD', 'Delete'],
      ['NewTrailKey642A02B0', 'RetainExceptOnCreate'],
    ]);
    for (const [, key] of keys) {
      expect(property(key, 'EnableKeyRotation')).toBe(true);
    }
  });
}

function policiesOf(template: Template, type: string, subject: string, id: string): Resource[] {
  return resourcesOf(template, type)
    .filter(([, policy]) => referencesIn(property(policy, subject)).has(id))
    .map(([, policy]) => policy);
}

function refusalsWithoutTls(policy: Resource | undefined): unknown[] {
  const statements = policy === undefined ? [] : statementsOf(policy);
  return statements.filter(
    ({ Effect, Condition }) => Effect === 'Deny' && Condition?.Bool?.['aws:SecureTransport'] === 'false',
  );
}

function arnOf(id: string) {
  return { 'Fn::GetAtt': [id, 'Arn'] };
}
