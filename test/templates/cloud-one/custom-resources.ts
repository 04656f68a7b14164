import { expect, test } from 'vitest';
import { API_KEY_ID, property, resourcesOf, type Template } from '../template.ts';

/** CloudFormation waits no longer for a custom resource, whatever the template says. */
const LONGEST_SERVICE_TIMEOUT_SECONDS = 3600;

/** Those behind which a vendor, or somebody's bucket, may refuse to take something back. */
const MAY_BE_REFUSED = [
  'BucketNotification',
  'BucketNotificationGuard',
  'CloudAccount',
  'VisionOneConnection',
  'VisionOneEnrolmentToken',
  'WorkloadSecurityConnector',
];

export function customResourceTests(template: Template): void {
  const customResources = resourcesOf(template, (type) => type.startsWith('Custom::'));

  test('there are custom resources to look at, and none of the untyped kind', () => {
    expect(customResources).toHaveLength(16);
    expect(resourcesOf(template, 'AWS::CloudFormation::CustomResource')).toEqual([]);
  });

  test.each(customResources)('%s is waited for longer than its function can run', (_id, resource) => {
    const serviceTimeout = Number(property(resource, 'ServiceTimeout'));

    expect(serviceTimeout).toBeGreaterThan(property<number>(functionBehind(template, resource), 'Timeout'));
    expect(serviceTimeout).toBeLessThanOrEqual(LONGEST_SERVICE_TIMEOUT_SECONDS);
  });

  test('a new API key or revision makes every one be looked at again, but those that only wait or delete', () => {
    const triggered = customResources.filter(([, { Properties }]) => Properties?.Revision !== undefined);
    const others = customResources.filter(([, { Properties }]) => Properties?.Revision === undefined);

    expect(others.map(([id]) => id).toSorted()).toEqual(['Draining', 'TrailBucketTeardown']);
    for (const [, resource] of triggered) {
      expect(property(resource, 'Revision')).toEqual({ Ref: 'Revision' });
      expect(property(resource, 'CloudOneApiKeyId')).toEqual(API_KEY_ID);
    }
  });

  test('each has a function of its own', () => {
    const tokens = customResources.map(([, resource]) => JSON.stringify(property(resource, 'ServiceToken')));

    expect(new Set(tokens).size).toBe(customResources.length);
  });

  test('the user decides what happens where taking back may be refused', () => {
    const deciding = customResources.filter(
      ([, { Properties }]) => Properties?.OnVendorDeleteFailure !== undefined,
    );

    expect(deciding.map(([id]) => id).toSorted()).toEqual(MAY_BE_REFUSED);
    for (const [, resource] of deciding) {
      expect(property(resource, 'OnVendorDeleteFailure')).toEqual({ Ref: 'OnVendorDeleteFailure' });
    }
  });
}

function functionBehind(template: Template, resource: Template['Resources'][string]) {
  const [id] = property<{ 'Fn::GetAtt': [string] }>(resource, 'ServiceToken')['Fn::GetAtt'];
  return template.Resources[id];
}
