import { expect, test } from 'vitest';
import { deploy } from '../deployment.ts';
import {
  listOf,
  pathOf,
  permissionsOf,
  property,
  referencesIn,
  resourcesOf,
  type Template,
} from '../template.ts';
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
  'BucketNotificationGuard',
  'CTrl',
  'NewTrailBucket430112D1',
  'NewTrailA1A3CF3C',
];

const OWN_FORWARDER = { ForwardingDestination: ['CloudOne', 'VisionOne'] };
const VENDOR_CLIENT = { ForwardingDestination: ['VendorClient'] };

export function orderTests(template: Template): void {
  test.each(TOUCHING)('%s waits for the account look-up, which refuses a wrong region', (id) => {
    expect(template.Resources).toHaveProperty(id);
    eachDeployment(template, (deployed) => {
      if (Object.hasOwn(deployed.Resources, id)) {
        expect(dependenciesOf(deployed, id)).toContain('CloudOneAccount');
      }
    });
  });

  test.each(TOUCHING.filter((id) => !id.startsWith('NewTrail')))(
    '%s waits for the look at an existing bucket, which refuses one that cannot be used',
    (id) => {
      eachDeployment(
        template,
        (deployed) => {
          if (Object.hasOwn(deployed.Resources, id)) {
            const before = dependenciesOf(deployed, id);
            expect(before).toContain('CloudTrailBucket');
            expect(before).toContain('CloudTrailSample');
          }
        },
        { CreateNewTrail: ['false'] },
      );
    },
  );

  test('the look at an existing bucket comes right after the account look-up', () => {
    const customs = [...dependenciesOf(template, 'CloudTrailSample')].filter((id) =>
      template.Resources[id]?.Type.startsWith('Custom::'),
    );

    expect(customs.toSorted()).toEqual(['CloudOneAccount', 'CloudTrailBucket']);
  });

  test('the watch over notifications begins after they are switched on, and ends before they are switched off', () => {
    eachDeployment(
      template,
      (deployed) => {
        for (const path of ['Schedule', 'NotificationMissingAlarm']) {
          const id = idAt(deployed, `ExistingBucket/NotificationWatch/${path}`);
          expect(dependenciesOf(deployed, id)).toContain('BucketNotification');
        }
      },
      { CreateNewTrail: ['false'], ...OWN_FORWARDER },
    );
  });

  test('the role that takes a former bucket’s notifications back may reach it by then', () => {
    const role = template.Resources[idAt(template, 'ExistingBucket/BucketNotification/Handler/Role')];
    const statement =
      role && permissionsOf(role).find(({ Action }) => listOf(Action).includes('s3:PutBucketNotification'));

    expect([...referencesIn(statement?.Resource)]).toEqual(
      expect.arrayContaining(['ExistingCloudtrailBucketName', 'CloudTrailBucket']),
    );
    expect(JSON.stringify(statement?.Resource)).toContain('"FormerBucketName"');
  });

  test('the connection is made after its token is there, and gone before the token’s connector is deleted', () => {
    const forms: Readonly<Record<string, readonly string[]>>[] = [
      { VisionOneApiKey: ['key'] },
      { VisionOneApiKeySecretArn: [VISION_ONE_KEY] },
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
    eachDeployment(
      template,
      (deployed) => {
        const mapping = idAt(deployed, 'Forwarding/Forwarder/Function/Queue');
        expect(dependenciesOf(deployed, mapping)).toContain('DestinationProbe');
      },
      OWN_FORWARDER,
    );
  });

  test('the health check begins when the destination is proven, and ends before that is told goodbye', () => {
    eachDeployment(
      template,
      (deployed) => {
        const schedule = idAt(deployed, 'Health/Schedule');
        expect(dependenciesOf(deployed, schedule)).toContain('DestinationProbe');
      },
      OWN_FORWARDER,
    );
  });

  test('an updated forwarder goes to work when the destination is proven, and when it may read what it needs', () => {
    eachDeployment(
      template,
      (deployed) => {
        for (const path of ['Forwarding/Forwarder/Function', 'Forwarding/Forwarder/Function/Queue']) {
          const before = dependenciesOf(deployed, idAt(deployed, path));
          expect(before).toContain('DestinationProbe');
          expect(before).toContain(idAt(deployed, 'Forwarding/ForwarderGrant/Policy'));
        }
      },
      OWN_FORWARDER,
    );
  });

  test('Cloud One is told of the stack before a file is sent, and goodbye before the token goes', () => {
    eachDeployment(
      template,
      (deployed) => {
        expect(dependenciesOf(deployed, 'DestinationProbe')).toContain('CloudTrailLifecycle');
        expect(dependenciesOf(deployed, 'CloudTrailLifecycle')).toContain('ServiceToken');
      },
      { ForwardingDestination: ['CloudOne'] },
    );
  });

  test('another bucket’s files flow when the former one’s are forwarded, which may be read until then', () => {
    eachDeployment(
      template,
      (deployed) => {
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
      },
      OWN_FORWARDER,
    );
  });

  test('what was stored before is listed by a lister that knows the bucket', () => {
    eachDeployment(
      template,
      (deployed) => {
        const before = dependenciesOf(deployed, 'Backfill');
        for (const path of ['Function', 'Role', 'Function/Queue']) {
          expect(before).toContain(idAt(deployed, `Listing/Lister/${path}`));
        }
      },
      { CreateNewTrail: ['false'], ...OWN_FORWARDER },
    );
  });

  test('a grant that follows a parameter is named after it, so that another value replaces it', () => {
    const grants = resourcesOf(template, 'AWS::IAM::RolePolicy');
    expect(grants).toHaveLength(1);
    for (const [, grant] of grants) {
      const named = [...referencesIn(property(grant, 'PolicyName'))];
      expect(named).toContain('ExistingCloudtrailBucketName');
      expect(named).toContain('ForwardingDestination');
    }
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
      { ForwardingDestination: ['CloudOne'] },
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
      { CreateNewTrail: ['false'], ...OWN_FORWARDER },
    );
  });

  test("the vendor's client comes after the guard of an existing bucket, and goes before it", () => {
    eachDeployment(
      template,
      (deployed) => {
        expect(dependenciesOf(deployed, 'CTrl')).toContain('BucketNotificationGuard');
      },
      { CreateNewTrail: ['false'], ...VENDOR_CLIENT },
    );
  });

  test("the vendor's client is there before a new trail writes, and gone before its bucket is emptied", () => {
    eachDeployment(
      template,
      (deployed) => {
        expect(dependenciesOf(deployed, idAt(deployed, 'NewTrail/Trail'))).toContain('CTrl');
        expect(dependenciesOf(deployed, 'CTrl')).toContain('TrailBucketTeardown');
      },
      { CreateNewTrail: ['true'], ...VENDOR_CLIENT },
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
      { CreateNewTrail: ['true'] },
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
  only: Readonly<Record<string, readonly string[]>> = {},
): void {
  const chosen = DEPLOYMENTS.filter((parameters) =>
    Object.entries(only).every(([name, values]) => values.includes(parameters[name] ?? '')),
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
