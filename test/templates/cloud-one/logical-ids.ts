import { expect, test } from 'vitest';
import { resourcesOf, type Template } from '../template.ts';

/**
 * A changed logical id makes CloudFormation create the resource anew and delete the old one: a bucket with
 * its logs, a queue with its messages, a registration at a vendor.
 */
const PINNED: Readonly<Record<string, readonly string[]>> = {
  'AWS::S3::Bucket': ['NewTrailAccessLogs95DA51B1', 'NewTrailBucket430112D1'],
  'AWS::S3::BucketPolicy': ['NewTrailAccessLogsPolicyC612056A', 'NewTrailBucketPolicy0B4177F1'],
  'AWS::KMS::Key': ['Key961B73FD', 'NewTrailKey642A02B0'],
  'AWS::CloudTrail::Trail': ['NewTrailA1A3CF3C'],
  'AWS::SecretsManager::Secret': [
    'CloudOneApiKeySecret',
    'ServiceToken',
    'VisionOneApiKeySecret',
    'VisionOneEnrolmentTokenSecret',
    'VisionOneIngestTokenSecret',
    'VisionOneServiceTokenSecret',
  ],
  // Others have subscribed to it, and confirmed.
  'AWS::SNS::Topic': ['AlarmsTopic3A2DFEBA'],
  'AWS::SNS::Subscription': ['AlarmsEmail53B271E6'],
  // The mark says whose the Vision One connection is.
  'AWS::SSM::Parameter': ['VisionOneConnectionMark'],
  'AWS::DynamoDB::Table': ['ForwardingLedger40669501'],
  'AWS::SQS::Queue': [
    'ExistingBucketLateObjectsDeadLetterQueue039B2C0B',
    'ExistingBucketLateObjectsQueue2B370D4E',
    'ForwardingDeadLetterQueue0A02553D',
    'ForwardingEventRuleDeadLetterQueueC63C9BC6',
    'ForwardingQueue5829C9CD',
  ],
  // The vendor's templates may build names of these ids, which must fit into 64 characters.
  'AWS::CloudFormation::Stack': ['C1', 'CTrl'],
  'Custom::Backfill': ['Backfill'],
  'Custom::BucketNotification': ['BucketNotification'],
  'Custom::BucketNotificationGuard': ['BucketNotificationGuard'],
  'Custom::CloudAccount': ['CloudAccount'],
  'Custom::CloudOneAccount': ['CloudOneAccount'],
  'Custom::CloudTrailBucket': ['CloudTrailBucket'],
  'Custom::CloudTrailSample': ['CloudTrailSample'],
  'Custom::CloudTrailLifecycle': ['CloudTrailLifecycle'],
  'Custom::CloudTrailToken': ['CloudTrailToken'],
  'Custom::Draining': ['Draining'],
  'Custom::ForwardingDestination': ['DestinationProbe'],
  'Custom::TrailBucketTeardown': ['TrailBucketTeardown'],
  'Custom::VisionOneConnection': ['VisionOneConnection'],
  'Custom::VisionOneEnrolmentToken': ['VisionOneEnrolmentToken'],
  'Custom::WorkloadSecurityConnector': ['WorkloadSecurityConnector'],
  'Custom::WorkloadSecurityExternalId': ['WorkloadSecurityExternalId'],
};

/** What holds nothing that is lost with it. */
const STATELESS = [
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Events::EventBusPolicy',
  'AWS::Events::Rule',
  'AWS::IAM::Role',
  'AWS::IAM::RolePolicy',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::SecretsManager::RotationSchedule',
];

export function logicalIdTests(template: Template): void {
  test.each(Object.entries(PINNED))('%s: %j', (type, ids) => {
    const found = resourcesOf(template, type).map(([id]) => id);

    expect(found.toSorted()).toEqual(ids);
  });

  test('a type that is new here is either pinned or stateless', () => {
    const types = new Set(Object.values(template.Resources).map(({ Type }) => Type));

    expect([...types].toSorted()).toEqual([...Object.keys(PINNED), ...STATELESS].toSorted());
  });
}
