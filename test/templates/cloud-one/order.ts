import { expect, test } from 'vitest';
import type { ParameterValues } from '../boolean-expressions.ts';
import { deploy } from '../deployment.ts';
import { listOf, pathOf, property, referencesIn, resourcesOf, type Template } from '../template.ts';
import { DEPLOYMENTS, VISION_ONE_KEY } from './conditions.ts';

/** What is registered at a vendor, or changes something that was there before, or costs. */
const TOUCHING = [
  'VisionOneEnrolmentToken',
  'VisionOneConnection',
  'WorkloadSecurityExternalId',
  'WorkloadSecurityConnector',
  'CloudAccount',
  'CloudTrailToken',
  'CloudTrailLifecycle',
  'C1',
  'DestinationProbe',
  'BucketNotification',
  'NewTrailBucket430112D1',
  'NewTrailA1A3CF3C',
];

export function orderTests(template: Template): void {
  test.each(TOUCHING)('%s waits for the account look-up, which refuses a wrong region', (id) => {
    expect(template.Resources).toHaveProperty(id);
    eachDeployment(template, (deployed) => {
      if (Object.hasOwn(deployed.Resources, id)) {
        expect(dependenciesOf(deployed, id)).toContain('CloudOneAccount');
      }
    });
  });

  test('the connection is made after its token is there, and gone before the token’s connector is deleted', () => {
    const forms: ParameterValues[] = [
      { VisionOneApiKey: 'key' },
      { VisionOneApiKeySecretArn: VISION_ONE_KEY },
    ];
    for (const given of forms) {
      eachDeployment(
        template,
        (deployed) => {
          const before = dependenciesOf(deployed, 'VisionOneConnection');
          expect(before).toContain('VisionOneEnrolmentToken');
          expect(before).toContain('VisionOneEnrolmentTokenSecret');
        },
        given,
      );
    }
  });

  test('the first file is taken from the queue after the destination is known to accept it', () => {
    eachDeployment(template, (deployed) => {
      const mapping = idAt(deployed, 'Forwarding/Forwarder/Function/Queue');
      expect(dependenciesOf(deployed, mapping)).toContain('DestinationProbe');
    });
  });

  test('an updated forwarder goes to work when the destination is proven, and when it may read what it needs', () => {
    eachDeployment(template, (deployed) => {
      for (const path of ['Forwarding/Forwarder/Function', 'Forwarding/Forwarder/Function/Queue']) {
        const before = dependenciesOf(deployed, idAt(deployed, path));
        expect(before).toContain('DestinationProbe');
        expect(before).toContain(idAt(deployed, 'Forwarding/ForwarderGrant/Policy'));
      }
    });
  });

  test('Cloud One is told of the stack before a file is sent, and goodbye before the token goes', () => {
    eachDeployment(
      template,
      (deployed) => {
        expect(dependenciesOf(deployed, 'DestinationProbe')).toContain('CloudTrailLifecycle');
        expect(dependenciesOf(deployed, 'CloudTrailLifecycle')).toContain('ServiceToken');
      },
      { ForwardingDestination: 'CloudOne' },
    );
  });

  test('another bucket’s files flow when the former one’s are forwarded, which may be read until then', () => {
    eachDeployment(template, (deployed) => {
      expect(dependenciesOf(deployed, 'Draining')).toContain(
        idAt(deployed, 'Forwarding/ForwarderGrant/Policy'),
      );
      const opening = [
        idAt(deployed, 'Forwarding/ObjectCreated'),
        ...['BucketNotification', 'NewTrailA1A3CF3C'].filter((id) => Object.hasOwn(deployed.Resources, id)),
      ];
      expect(opening).toHaveLength(2);
      for (const id of opening) {
        expect(dependenciesOf(deployed, id)).toContain('Draining');
      }
    });
  });

  test('a grant that follows a parameter is named after it, so that another value replaces it', () => {
    const grants = resourcesOf(template, 'AWS::IAM::RolePolicy');
    expect(grants).toHaveLength(3);
    for (const [, grant] of grants) {
      const named = referencesIn(property(grant, 'PolicyName'));
      expect([...named]).toContain('ExistingCloudtrailBucketName');
      expect([...referencesIn(property(grant, 'PolicyDocument'))]).toEqual(
        expect.arrayContaining([...named].filter((name) => name !== 'ForwardingDestination')),
      );
    }
  });

  test('a grant is there before what uses it, and outlives it', () => {
    eachDeployment(
      template,
      (deployed) => {
        const uses = {
          'ExistingBucket/BucketNotificationGrant/Policy': 'BucketNotification',
          'ExistingBucket/LateObjectsGrant/Policy': idAt(
            deployed,
            'ExistingBucket/LateObjects/Function/Queue',
          ),
        };
        for (const [grant, user] of Object.entries(uses)) {
          expect(dependenciesOf(deployed, user)).toContain(idAt(deployed, grant));
        }
      },
      { CreateNewTrail: 'false' },
    );
  });

  test('a rotation begins after the first token is proven, and everything that it needs outlives its schedule', () => {
    eachDeployment(
      template,
      (deployed) => {
        const before = dependenciesOf(deployed, idAt(deployed, 'Onboarding/TokenRotation/Schedule'));
        const needed = resourcesOf(deployed, (type) => type !== 'AWS::CloudWatch::Alarm')
          .filter(([, each]) => pathOf(each).startsWith('Onboarding/TokenRotation/Rotator/'))
          .map(([id]) => id);
        expect(needed.map((id) => deployed.Resources[id]?.Type).toSorted()).toEqual([
          'AWS::IAM::Role',
          'AWS::Lambda::EventInvokeConfig',
          'AWS::Lambda::Function',
          'AWS::Lambda::Permission',
          'AWS::Logs::LogGroup',
        ]);
        for (const id of [...needed, 'CloudTrailToken', 'ServiceToken', 'DestinationProbe']) {
          expect(before).toContain(id);
        }
      },
      { ForwardingDestination: 'CloudOne' },
    );
  });

  test('an existing bucket sends events after there is a rule and a queue for them', () => {
    eachDeployment(
      template,
      (deployed) => {
        const before = dependenciesOf(deployed, 'BucketNotification');
        expect(before).toContain(idAt(deployed, 'Forwarding/ObjectCreated'));
        expect(before).toContain(idAt(deployed, 'Forwarding/Queue'));
      },
      { CreateNewTrail: 'false' },
    );
  });

  test('a new trail is there after its bucket’s policy, and gone before the bucket is emptied', () => {
    eachDeployment(
      template,
      (deployed) => {
        const before = dependenciesOf(deployed, idAt(deployed, 'NewTrail/Trail'));
        expect(before).toContain(idAt(deployed, 'NewTrail/Bucket/Policy'));
        expect(before).toContain('TrailBucketTeardown');
      },
      { CreateNewTrail: 'true' },
    );
  });

  test('what a function needs is there before the custom resource that calls it, and outlives it', () => {
    for (const [id] of resourcesOf(template, (type) => type.startsWith('Custom::'))) {
      const types = [...dependenciesOf(template, id)].map((each) => template.Resources[each]?.Type);
      expect(types).toEqual(
        expect.arrayContaining(['AWS::IAM::Role', 'AWS::Logs::LogGroup', 'AWS::Lambda::EventInvokeConfig']),
      );
    }
    // A policy of its own could be gone before the function is called for the last time.
    expect(resourcesOf(template, 'AWS::IAM::Policy')).toEqual([]);
  });

  test('nothing waits for itself', () => {
    for (const id of Object.keys(template.Resources)) {
      expect(dependenciesOf(template, id)).not.toContain(id);
    }
  });
}

function eachDeployment(
  template: Template,
  check: (deployed: Template) => void,
  only: ParameterValues = {},
): void {
  const chosen = DEPLOYMENTS.filter((parameters) =>
    Object.entries(only).every(([name, value]) => parameters[name] === value),
  );
  expect(chosen).not.toEqual([]);
  for (const parameters of chosen) {
    check(deploy(template, parameters));
  }
}

/** All that CloudFormation creates before a resource and deletes after it. */
function dependenciesOf(template: Template, id: string): Set<string> {
  const found = new Set<string>();
  const visit = (current: string) => {
    const { DependsOn, Properties } = template.Resources[current] ?? { Type: '' };
    for (const next of [...listOf<string>(DependsOn), ...referencesIn(Properties)]) {
      if (Object.hasOwn(template.Resources, next) && !found.has(next)) {
        found.add(next);
        visit(next);
      }
    }
  };
  visit(id);
  return found;
}

function idAt(template: Template, path: string): string {
  const [id] = Object.entries(template.Resources).find(([, resource]) => pathOf(resource) === path) ?? [];
  if (id === undefined) {
    throw new Error(`There is no resource at ${path}.`);
  }
  return id;
}
