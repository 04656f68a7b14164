import { expect, test } from 'vitest';
import { pathOf, property, type Resource, resourcesOf, type Template } from '../template.ts';

const DAY_SECONDS = 24 * 60 * 60;
/** Trend Cloud One documentation, "Forward AWS CloudTrail logs to Trend Vision One". */
const TOKEN_LIFETIME_DAYS = 30;
const TOKEN = { Ref: 'ServiceToken' };

export function rotationTests(template: Template): void {
  const schedule = only(template, 'AWS::SecretsManager::RotationSchedule');
  const rotatorId = idOfFunctionAt(template, 'Onboarding/TokenRotation/Rotator/Function');

  test('the CloudTrail token is renewed every week, and not as soon as it is there', () => {
    expect(schedule.Properties).toEqual({
      SecretId: TOKEN,
      RotationLambdaARN: { 'Fn::GetAtt': [rotatorId, 'Arn'] },
      RotationRules: { ScheduleExpression: 'rate(7 days)' },
      RotateImmediatelyOnUpdate: false,
    });
  });

  test('Secrets Manager may call the function for that secret of this account, and nobody else may', () => {
    const permissions = resourcesOf(template, 'AWS::Lambda::Permission')
      .map(([, { Properties }]) => Properties)
      .filter((each) => JSON.stringify(each?.FunctionName).includes(rotatorId));

    expect(permissions).toHaveLength(1);
    expect(permissions[0]).toEqual({
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [rotatorId, 'Arn'] },
      Principal: 'secretsmanager.amazonaws.com',
      SourceAccount: { Ref: 'AWS::AccountId' },
      SourceArn: TOKEN,
    });
  });

  test('the renewed token may only be for the address that the forwarder sends to', () => {
    const rotator = variablesOf(template.Resources[rotatorId]);
    const forwarderId = idOfFunctionAt(template, 'Forwarding/Forwarder/Function');
    const forwarder = JSON.stringify(variablesOf(template.Resources[forwarderId]));

    expect(rotator.SERVICE_URL).toEqual({ 'Fn::GetAtt': ['CloudTrailToken', 'ServiceUrl'] });
    for (const name of ['SERVICE_URL', 'SERVICE_API_VERSION']) {
      expect(forwarder).toContain(JSON.stringify(rotator[name]));
    }
  });

  test('the alarm goes off after a renewal should have been, and while there is time to mend it', () => {
    const [, alarm] = resourcesOf(template, 'AWS::CloudWatch::Alarm').find(
      ([, each]) => each.Properties?.MetricName === 'TokenAge',
    ) ?? [undefined, undefined];
    const days = property<number>(alarm, 'Threshold') / DAY_SECONDS;

    expect(days).toBeGreaterThanOrEqual(2 * 7);
    expect(days).toBeLessThanOrEqual(TOKEN_LIFETIME_DAYS - 2 * 7);
    expect(alarm?.Properties).toMatchObject({
      Namespace: 'Trailbridge',
      Dimensions: [{ Name: 'Stack', Value: { Ref: 'AWS::StackName' } }],
      ComparisonOperator: 'GreaterThanThreshold',
      Statistic: 'Maximum',
    });
  });
}

function only(template: Template, type: string): Resource {
  const [[, resource] = [], ...others] = resourcesOf(template, type);
  if (resource === undefined || others.length > 0) {
    throw new Error(`There is not one resource of type ${type}.`);
  }
  return resource;
}

function idOfFunctionAt(template: Template, path: string): string {
  const [id] = resourcesOf(template, 'AWS::Lambda::Function').find(([, each]) => pathOf(each) === path) ?? [];
  if (id === undefined) {
    throw new Error(`There is no function at ${path}.`);
  }
  return id;
}

function variablesOf(resource: Resource | undefined): Record<string, unknown> {
  return property<{ Variables: Record<string, unknown> }>(resource, 'Environment').Variables;
}
