import { expect, test } from 'vitest';
import { vendorClientNamePrefix } from '../../../contract/vendor-client.ts';
import { deploy } from '../deployment.ts';
import { pathOf, property, resourcesOf, type Template } from '../template.ts';

const VENDOR_CLIENT = { ForwardingDestination: 'VendorClient' };

export function vendorClientTests(template: Template): void {
  test('the client’s stack gets the parameters that the vendor’s template has, and no other', () => {
    const parameters = property<object>(template.Resources.CTrl, 'Parameters');

    expect(Object.keys(parameters).toSorted()).toEqual([
      'APIVersion',
      'ExistingCloudtrailBucketName',
      'S3BucketName',
      'ServiceToken',
      'ServiceURL',
    ]);
  });

  test('template, service and code are those that the link named', () => {
    const stack = template.Resources.CTrl;

    expect(property(stack, 'TemplateURL')).toEqual({ 'Fn::GetAtt': ['CloudTrailToken', 'TemplateUrl'] });
    expect(property(stack, 'Parameters')).toMatchObject({
      ServiceURL: { 'Fn::GetAtt': ['CloudTrailToken', 'ServiceUrl'] },
      S3BucketName: { 'Fn::GetAtt': ['CloudTrailToken', 'S3BucketName'] },
      APIVersion: { 'Fn::GetAtt': ['CloudTrailToken', 'ApiVersion'] },
    });
  });

  test.each([
    ['true', { 'Fn::GetAtt': ['TrailBucketTeardown', 'TrailBucketName'] }],
    ['false', { 'Fn::GetAtt': ['BucketNotificationGuard', 'BucketName'] }],
  ])('with CreateNewTrail %s the bucket is %j', (CreateNewTrail, bucket) => {
    const { Resources } = deploy(template, { ...VENDOR_CLIENT, CreateNewTrail });

    expect(property(Resources.CTrl, 'Parameters')).toMatchObject({ ExistingCloudtrailBucketName: bucket });
  });

  test('nothing of our own forwards, waits or rings', () => {
    const { Resources, Outputs } = deploy(template, VENDOR_CLIENT);
    const types = Object.values(Resources).map(({ Type }) => Type);

    for (const type of [
      'AWS::SQS::Queue',
      'AWS::Events::Rule',
      'AWS::DynamoDB::Table',
      'AWS::CloudWatch::Alarm',
      'AWS::SecretsManager::RotationSchedule',
      'AWS::Lambda::EventSourceMapping',
    ]) {
      expect(types).not.toContain(type);
    }
    expect(Object.keys(Outputs)).toEqual(expect.arrayContaining(['VendorClientStack', 'Destination']));
    expect(Object.keys(Outputs)).not.toContain('ForwardingQueueUrl');
  });

  test('with our own forwarder there is none of it', () => {
    const { Resources, Outputs } = deploy(template, {});

    expect(Object.values(Resources).map(pathOf)).not.toContain('VendorClient/Stack');
    expect(Object.keys(Outputs)).not.toContain('VendorClientStack');
    expect(Object.keys(Outputs)).toEqual(
      expect.arrayContaining(['ForwardingQueueUrl', 'DeadLetterQueueUrl', 'LedgerTableName']),
    );
  });

  test('its logical id is what the names of its functions are recognised by', () => {
    expect(resourcesOf(template, 'AWS::CloudFormation::Stack').map(([id]) => `CloudOne-${id}-`)).toContain(
      vendorClientNamePrefix('CloudOne'),
    );
  });
}
