import { expect, test } from 'vitest';
import { deploy } from '../deployment.ts';
import {
  API_KEY_ID,
  listOf,
  pathOf,
  permissionsOf,
  property,
  referencesIn,
  resourcesOf,
  type Template,
} from '../template.ts';
import { DEPLOYMENTS } from './conditions.ts';

/** Each given by its value or by the ARN of a secret that exists already. */
const API_KEY = ['CloudOneApiKeySecret', 'CloudOneApiKeySecretArn'];
const ENROLMENT_TOKEN = ['VisionOneServiceTokenSecret', 'VisionOneServiceTokenSecretArn'];
const VISION_ONE_API_KEY = ['VisionOneApiKeySecret', 'VisionOneApiKeySecretArn'];
const GENERATED_TOKEN = 'VisionOneEnrolmentTokenSecret';
const DESTINATION_TOKENS = ['ServiceToken', 'VisionOneIngestTokenSecret', 'VisionOneIngestTokenSecretArn'];

/** Which secrets each function can read, in one deployment or another. What is not listed can read none. */
const READABLE: Readonly<Record<string, readonly string[]>> = {
  // It tries what was given by ARN, before anything is registered.
  'Onboarding/CloudOneAccount/Handler': [
    ...API_KEY,
    'VisionOneApiKeySecretArn',
    'VisionOneIngestTokenSecretArn',
    'VisionOneServiceTokenSecretArn',
  ],
  'Onboarding/VisionOneEnrolment/VisionOneEnrolmentToken/Handler': [
    ...API_KEY,
    ...VISION_ONE_API_KEY,
    GENERATED_TOKEN,
  ],
  'Onboarding/VisionOneConnection/Handler': [...API_KEY, GENERATED_TOKEN, ...ENROLMENT_TOKEN],
  'Onboarding/WorkloadSecurityExternalId/Handler': API_KEY,
  'Onboarding/WorkloadSecurityConnector/Handler': API_KEY,
  'Onboarding/CloudAccount/Handler': API_KEY,
  'Onboarding/CloudTrailToken/Handler': API_KEY,
  'Onboarding/TokenRotation/Rotator': [...API_KEY, 'ServiceToken'],
  'Forwarding/CloudTrailLifecycle/Handler': ['ServiceToken'],
  'Forwarding/DestinationProbe/Handler': DESTINATION_TOKENS,
  'Forwarding/Forwarder': DESTINATION_TOKENS,
  'Health/Check': DESTINATION_TOKENS,
};

const WRITABLE: Readonly<Record<string, readonly string[]>> = {
  'Onboarding/VisionOneEnrolment/VisionOneEnrolmentToken/Handler': [GENERATED_TOKEN],
  'Onboarding/CloudTrailToken/Handler': ['ServiceToken'],
  'Onboarding/TokenRotation/Rotator': ['ServiceToken'],
};

/** What the four steps of a rotation need besides. */
const ROTATABLE: Readonly<Record<string, readonly string[]>> = {
  'Onboarding/TokenRotation/Rotator': ['ServiceToken'],
};

export function secretTests(template: Template): void {
  const secretParameters = Object.entries(template.Parameters)
    .filter(([, { NoEcho }]) => NoEcho === true)
    .map(([name]) => name);
  const secretsIn = (value: unknown) =>
    [...referencesIn(withoutApiKeyId(value))].filter((name) => secretParameters.includes(name));

  test('a secret parameter is read by the value of one secret, and by nothing else', () => {
    const readers = Object.entries(template.Resources).flatMap(([id, { Type, Properties = {} }]) =>
      Object.entries(Properties).flatMap(([name, value]) =>
        secretsIn(value).map((parameter) => [parameter, `${Type} ${id} ${name}`]),
      ),
    );

    expect(readers).toHaveLength(secretParameters.length);
    expect(Object.fromEntries(readers)).toEqual({
      CloudOneApiKey: 'AWS::SecretsManager::Secret CloudOneApiKeySecret SecretString',
      VisionOneServiceToken: 'AWS::SecretsManager::Secret VisionOneServiceTokenSecret SecretString',
      VisionOneApiKey: 'AWS::SecretsManager::Secret VisionOneApiKeySecret SecretString',
      VisionOneIngestToken: 'AWS::SecretsManager::Secret VisionOneIngestTokenSecret SecretString',
    });
  });

  test('no output, no metadata and no environment variable shows one', () => {
    expect(secretsIn(template.Outputs)).toEqual([]);
    expect(Object.values(template.Resources).flatMap(({ Metadata }) => secretsIn(Metadata))).toEqual([]);
    for (const [, resource] of resourcesOf(template, 'AWS::Lambda::Function')) {
      expect(secretsIn(property(resource, 'Environment'))).toEqual([]);
    }
  });

  test("CloudFormation itself reads one secret: the token that the vendor's client is given, in this very version", () => {
    const { ServiceToken } = property<{ ServiceToken: object }>(template.Resources.CTrl, 'Parameters');

    expect(ServiceToken).toEqual({
      'Fn::Join': [
        '',
        [
          '{{resolve:secretsmanager:',
          { Ref: 'ServiceToken' },
          ':SecretString:::',
          { 'Fn::GetAtt': ['CloudTrailToken', 'TokenVersionId'] },
          '}}',
        ],
      ],
    });
    expect(JSON.stringify(template).split('{{resolve:')).toHaveLength(2);
  });

  test('every secret is encrypted with the stack’s own key', () => {
    for (const [, secret] of resourcesOf(template, 'AWS::SecretsManager::Secret')) {
      expect(property(secret, 'KmsKeyId')).toEqual({ 'Fn::GetAtt': ['Key961B73FD', 'Arn'] });
    }
  });

  test('a secret that is given by ARN stays where it is: the stack keeps no copy', () => {
    const arns = Object.keys(template.Parameters).filter((name) => name.endsWith('SecretArn'));
    expect(arns).toHaveLength(4);
    for (const arn of arns) {
      const [byArn = {}] = DEPLOYMENTS.filter((parameters) => parameters[arn] !== undefined);
      const { Resources } = deploy(template, byArn);
      expect(Object.keys(Resources)).not.toContain(arn.replace(/Arn$/, ''));
      expect(Object.values(Resources).filter((resource) => referencesIn(resource).has(arn))).not.toEqual([]);
    }
  });

  test('whoever reads a secret decrypts with the stack’s key and, where it is given, with that of the user’s', () => {
    for (const parameters of DEPLOYMENTS) {
      const theirs = parameters.SecretsKeyArn === undefined ? [] : ['SecretsKeyArn'];
      for (const [, role] of resourcesOf(deploy(template, parameters), 'AWS::IAM::Role')) {
        const permissions = permissionsOf(role);
        const reads = permissions.some(({ Action }) =>
          listOf(Action).includes('secretsmanager:GetSecretValue'),
        );
        // Its token is the stack's own, however the user gives theirs.
        const readsOursOnly = pathOf(role) === 'Forwarding/CloudTrailLifecycle/Handler/Role';
        const keys = ['Key961B73FD', ...(readsOursOnly ? [] : theirs)];
        const decrypting = permissions.filter(
          ({ Action, Condition }) =>
            Action === 'kms:Decrypt' &&
            JSON.stringify(Condition?.StringEquals?.['kms:ViaService'] ?? '').includes('secretsmanager.'),
        );
        expect(decrypting.map(({ Resource }) => [...referencesIn(Resource)])).toEqual(reads ? [keys] : []);
      }
    }
  });

  test('who can read which secret', () => {
    expect(accessTo(template, 'secretsmanager:GetSecretValue')).toEqual(READABLE);
  });

  test('who can write which secret', () => {
    expect(accessTo(template, 'secretsmanager:PutSecretValue')).toEqual(WRITABLE);
  });

  test.each(['secretsmanager:DescribeSecret', 'secretsmanager:UpdateSecretVersionStage'])(
    'who is granted %s',
    (action) => {
      expect(accessTo(template, action)).toEqual(ROTATABLE);
    },
  );

  test('nothing else is done to secrets', () => {
    const actions = resourcesOf(template, 'AWS::IAM::Role')
      .flatMap(([, role]) => permissionsOf(role).flatMap(({ Action }) => listOf(Action)))
      .filter((action) => action.startsWith('secretsmanager:'));

    expect(new Set(actions)).toEqual(
      new Set([
        'secretsmanager:DescribeSecret',
        'secretsmanager:GetSecretValue',
        'secretsmanager:PutSecretValue',
        'secretsmanager:UpdateSecretVersionStage',
      ]),
    );
  });

  test('a deployment’s forwarder reads the token of its own destination only', () => {
    for (const parameters of DEPLOYMENTS) {
      const readable = accessTo(template, 'secretsmanager:GetSecretValue', [parameters]);
      const ours = parameters.VisionOneIngestTokenSecretArn === undefined;
      const tokens: Readonly<Record<string, readonly string[] | undefined>> = {
        CloudOne: ['ServiceToken'],
        VisionOne: [ours ? 'VisionOneIngestTokenSecret' : 'VisionOneIngestTokenSecretArn'],
        // There is no forwarder of ours.
        VendorClient: undefined,
      };
      expect(readable['Forwarding/Forwarder']).toEqual(tokens[parameters.ForwardingDestination ?? '']);
    }
  });
}

function withoutApiKeyId(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null).replaceAll(JSON.stringify(API_KEY_ID), '"the id"'));
}

/** The resources that each role may do something to, by the path of the function whose role it is. */
function accessTo(
  template: Template,
  action: string,
  deployments = DEPLOYMENTS,
): Record<string, readonly string[]> {
  const access = new Map<string, Set<string>>();
  for (const parameters of deployments) {
    for (const [, role] of resourcesOf(deploy(template, parameters), 'AWS::IAM::Role')) {
      const resources = permissionsOf(role)
        .filter(({ Action }) => listOf(Action).includes(action))
        .flatMap(({ Resource }) => [...referencesIn(Resource)]);
      if (resources.length > 0) {
        const path = pathOf(role).replace(/\/Role$/, '');
        access.set(path, new Set([...(access.get(path) ?? []), ...resources]));
      }
    }
  }
  return Object.fromEntries([...access].map(([path, ids]) => [path, [...ids].toSorted()]));
}
