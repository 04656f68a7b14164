import { describe, expect, test } from 'vitest';
import type { Values } from '../../../rehearsal/template.ts';
import { deploy } from '../deployment.ts';
import { violations } from '../rule-violations.ts';
import { pathOf, referencesIn, type Template } from '../template.ts';

const secret = (name: string) => `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}-AbCdEf`;
export const VISION_ONE_KEY = secret('vision-one');
const COLLECTOR = {
  ForwardingDestination: 'VisionOne',
  VisionOneIngestUrl: 'https://xlogr.xdr.trendmicro.com/ingest',
};
const BUCKET = { CreateNewTrail: 'false', ExistingCloudtrailBucketName: 'logs' };

/** The parameters that decide what exists, in all their forms: one of each row. */
const CHOICES: readonly (readonly Values[])[] = [
  [
    { CreateNewTrail: 'true' },
    { ...BUCKET, CloudOneAccountTemplateUrl: 'https://example.com/template' },
    { ...BUCKET, TrailKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/theirs' },
    { ...BUCKET, CloudtrailBucketRegion: 'eu-west-1', CloudtrailBucketAccountId: '444455556666' },
    // Not used beside a new trail.
    { CreateNewTrail: 'true', CloudtrailBucketAccountId: '444455556666' },
  ],
  [
    { ForwardingDestination: 'CloudOne' },
    { ...COLLECTOR, VisionOneIngestToken: 'token' },
    { ...COLLECTOR, VisionOneIngestTokenSecretArn: secret('ingest') },
    { ForwardingDestination: 'VendorClient' },
  ],
  [
    { CloudOneApiKey: 'id:secret' },
    { CloudOneApiKeySecretArn: secret('api-key') },
    {
      CloudOneApiKeySecretArn: secret('api-key'),
      SecretsKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/ours',
    },
  ],
  [
    {},
    { VisionOneServiceToken: 'token' },
    { VisionOneServiceTokenSecretArn: secret('enrolment') },
    { VisionOneApiKey: 'key' },
    { VisionOneApiKeySecretArn: VISION_ONE_KEY },
  ],
  [{}, { AlarmEmail: 'security@example.com' }],
];

/** Every combination of them. */
export const DEPLOYMENTS: readonly Values[] = CHOICES.reduce<Values[]>(
  (combinations, choices) =>
    combinations.flatMap((combination) => choices.map((choice) => ({ ...combination, ...choice }))),
  [{}],
).filter(
  // A rule refuses that.
  ({ ForwardingDestination, TrailKeyArn, CloudtrailBucketRegion }) =>
    ForwardingDestination !== 'VendorClient' ||
    (TrailKeyArn === undefined && CloudtrailBucketRegion === undefined),
);

const isOurs = ({ ForwardingDestination }: Values) => ForwardingDestination !== 'VendorClient';

/** What exists besides what always does, by its construct's path. */
const CONDITIONAL: readonly [when: string, choice: (given: Values) => boolean, paths: readonly RegExp[]][] = [
  ['a new trail', ({ CreateNewTrail }) => CreateNewTrail === 'true', [/^NewTrail\//]],
  ['an existing bucket', ({ CreateNewTrail }) => CreateNewTrail === 'false', [/^BucketLookUp\//]],
  [
    'our own forwarder',
    isOurs,
    [
      /^Completeness\//,
      /^Forwarding\/(?!CloudTrailLifecycle(\/|$))/,
      /^Listing\//,
      /^Health\/(?!NotificationMissingAlarm$)/,
    ],
  ],
  [
    'our own forwarder on a new trail',
    (given) => isOurs(given) && given.CreateNewTrail === 'true',
    [/^Health\/NotificationMissingAlarm$/],
  ],
  [
    'our own forwarder on an existing bucket',
    (given) => isOurs(given) && given.CreateNewTrail === 'false',
    [/^ExistingBucket\//],
  ],
  [
    'our own forwarder on a bucket of another account',
    (given) =>
      isOurs(given) && given.CreateNewTrail === 'false' && given.CloudtrailBucketAccountId !== undefined,
    [/^BucketHome\/LetEventsIn$/],
  ],
  [
    'a token of the CloudTrail service',
    ({ ForwardingDestination }) => ForwardingDestination !== 'VisionOne',
    [/^Onboarding\/CloudTrailToken(\/|$)/, /^Onboarding\/ServiceToken$/],
  ],
  [
    'forwarding to Cloud One',
    ({ ForwardingDestination }) => ForwardingDestination === 'CloudOne',
    [/^Onboarding\/TokenRotation\//, /^Forwarding\/CloudTrailLifecycle(\/|$)/],
  ],
  ["the vendor's client", (given) => !isOurs(given), [/^VendorClient\//]],
  [
    "the vendor's client on an existing bucket",
    (given) => !isOurs(given) && given.CreateNewTrail === 'false',
    [/^BucketNotificationGuard(\/|$)/],
  ],
  ['an address for alarms', ({ AlarmEmail }) => AlarmEmail !== undefined, [/^Alarms\/Email$/]],
  [
    'an ingestion token',
    ({ VisionOneIngestToken }) => VisionOneIngestToken !== undefined,
    [/^VisionOneIngestTokenSecret$/],
  ],
  ['an API key', ({ CloudOneApiKey }) => CloudOneApiKey !== undefined, [/^CloudOneApiKeySecret$/]],
  [
    'an enrolment token',
    ({ VisionOneServiceToken }) => VisionOneServiceToken !== undefined,
    [/^VisionOneServiceTokenSecret$/],
  ],
  [
    'the value of a Vision One API key',
    ({ VisionOneApiKey }) => VisionOneApiKey !== undefined,
    [/^VisionOneApiKeySecret$/],
  ],
  [
    'a Vision One API key in either form',
    ({ VisionOneApiKey, VisionOneApiKeySecretArn }) =>
      (VisionOneApiKey ?? VisionOneApiKeySecretArn) !== undefined,
    [/^Onboarding\/VisionOneEnrolment\//],
  ],
];

export function conditionTests(template: Template): void {
  test.each(CONDITIONAL)('%s decides about what belongs to it, and nothing else', (_when, choice, paths) => {
    const decidedHere = (path: string) => paths.some((pattern) => pattern.test(path));
    const everything = Object.values(template.Resources).map(pathOf);

    expect(everything.filter(decidedHere)).not.toEqual([]);
    for (const parameters of DEPLOYMENTS) {
      const existing = Object.values(deploy(template, parameters).Resources).map(pathOf);
      expect(existing.filter(decidedHere)).toEqual(choice(parameters) ? everything.filter(decidedHere) : []);
    }
  });

  test('no rule refuses one of the combinations that are tried', () => {
    for (const parameters of DEPLOYMENTS) {
      expect(violations(template, parameters)).toEqual([]);
    }
  });

  test('everything else always exists', () => {
    const decided = CONDITIONAL.flatMap(([, , paths]) => paths);
    const conditional = Object.values(template.Resources).filter(({ Condition }) => Condition !== undefined);

    const undecided = conditional
      .map(pathOf)
      .filter((path) => !decided.some((pattern) => pattern.test(path)));
    expect(undecided).toEqual([]);
  });

  describe.each(DEPLOYMENTS.map((parameters) => [JSON.stringify(parameters), parameters] as const))(
    '%s',
    (_name, parameters) => {
      test('what exists refers to nothing that does not', () => {
        const { Resources, Outputs } = deploy(template, parameters);
        const known = (name: string) =>
          name.startsWith('AWS::') ||
          Object.hasOwn(Resources, name) ||
          Object.hasOwn(template.Parameters, name);

        for (const [id, value] of [...Object.entries(Resources), ...Object.entries(Outputs)]) {
          const dangling = [...referencesIn(value)].filter((name) => !known(name));
          expect({ [id]: dangling }).toEqual({ [id]: [] });
        }
      });
    },
  );
}
