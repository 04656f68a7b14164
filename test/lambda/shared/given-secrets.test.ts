/** Secrets given by ARN that cannot be used are found by the first custom resource, and nothing is registered. */
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { callsOf, type Fixture, startFixture } from '../onboarding/fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());
beforeEach(() => fixture.reset());

const arnOf = (name: string, { region = 'us-east-1', account = '123456789012' } = {}) =>
  `arn:aws:secretsmanager:${region}:${account}:secret:${name}-AbCdEf`;
const ARN = arnOf('token');
const VALUE = 'aSecretToken';

const PARAMETERS = [
  'CloudOneApiKeySecretArn',
  'VisionOneServiceTokenSecretArn',
  'VisionOneApiKeySecretArn',
  'VisionOneIngestTokenSecretArn',
];

function refuse(name: string, message: string): void {
  fixture.secretsManager.on(GetSecretValueCommand).rejects(Object.assign(new Error(message), { name }));
}

test('what can be read is not shown, and is no obstacle', async () => {
  fixture.secretsManager.on(GetSecretValueCommand).resolves({ SecretString: VALUE });

  const given = Object.fromEntries(PARAMETERS.map((parameter) => [parameter, arnOf(parameter)]));
  const created = await fixture.create('account', given);

  const read = fixture.secretsManager.commandCalls(GetSecretValueCommand).map(({ args }) => args[0].input);
  expect(created.Status).toBe('SUCCESS');
  expect(read.map(({ SecretId }) => SecretId)).toEqual(PARAMETERS.map((parameter) => arnOf(parameter)));
  expect(fixture.output() + JSON.stringify(created)).not.toContain(VALUE);
});

test('an empty parameter is none', async () => {
  const created = await fixture.create('account', { VisionOneApiKeySecretArn: '' });

  expect(created.Status).toBe('SUCCESS');
  expect(fixture.secretsManager.commandCalls(GetSecretValueCommand)).toEqual([]);
});

interface Case {
  readonly what: string;
  readonly arn?: string;
  readonly arrange: () => void;
  readonly says: readonly string[];
}

const unread = () => {};
const holding = (SecretString: string) => () => {
  fixture.secretsManager.on(GetSecretValueCommand).resolves({ SecretString });
};
const CASES: readonly Case[] = [
  {
    what: 'in another region',
    arn: arnOf('token', { region: 'eu-west-1' }),
    arrange: unread,
    says: ['eu-west-1', 'us-east-1', "give the replica's ARN"],
  },
  {
    what: 'missing',
    arrange: () => refuse('ResourceNotFoundException', "Secrets Manager can't find the specified secret."),
    says: [ARN, "can't find", 'create it, or give the ARN of another'],
  },
  {
    what: 'being deleted',
    arrange: () => refuse('InvalidRequestException', 'marked for deletion'),
    says: [ARN, 'restore it'],
  },
  {
    what: 'denied',
    arrange: () => refuse('AccessDeniedException', 'not authorized'),
    says: [ARN, 'secretsmanager:GetSecretValue', 'last six characters', 'permissions boundary'],
  },
  {
    what: "denied, and another account's",
    arn: arnOf('token', { account: '210987654321' }),
    arrange: () => refuse('AccessDeniedException', 'not authorized'),
    says: [
      '{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"secretsmanager:GetSecretValue","Resource":"*"}',
    ],
  },
  {
    what: 'under a key that refuses',
    arrange: () => refuse('AccessDeniedException', 'Access to KMS is not allowed'),
    says: [
      'SecretsKeyArn',
      '{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"kms:Decrypt","Resource":"*",' +
        '"Condition":{"StringEquals":{"kms:ViaService":"secretsmanager.us-east-1.amazonaws.com"}}}',
    ],
  },
  { what: 'empty', arrange: holding(' \n'), says: [ARN, 'holds no text', 'plain text'] },
  {
    what: 'JSON',
    arrange: holding(JSON.stringify({ token: VALUE })),
    says: [ARN, 'key/value', '"Plaintext"'],
  },
  { what: 'broken into lines', arrange: holding(`${VALUE}\n${VALUE}`), says: ['in one piece'] },
];

test.each(PARAMETERS.flatMap((parameter) => CASES.map((each) => ({ ...each, parameter }))))(
  '$parameter: a secret that is $what',
  async ({ parameter, arn = ARN, arrange, says }) => {
    arrange();

    const created = await fixture.create('account', { [parameter]: arn });

    expect(created.Status).toBe('FAILED');
    for (const words of ['Cloud One account look-up: ', parameter, ...says]) {
      expect(created.Reason).toContain(words);
    }
    expect(callsOf(fixture)).toEqual([]);
    expect(fixture.output() + JSON.stringify(created)).not.toContain(VALUE);
  },
);

test('tells of all that are at fault, at once', async () => {
  const elsewhere = arnOf('token', { region: 'eu-west-1' });
  fixture.secretsManager.on(GetSecretValueCommand).resolves({ SecretString: '{"key":"value"}' });

  const created = await fixture.create('account', {
    CloudOneApiKeySecretArn: ARN,
    VisionOneServiceTokenSecretArn: elsewhere,
  });

  expect(created.Reason).toMatch(/CloudOneApiKeySecretArn.*JSON.*VisionOneServiceTokenSecretArn.*eu-west-1/s);
});

test('an update to a secret that cannot be used is refused, and changes nothing', async () => {
  const { PhysicalResourceId } = await fixture.create('account');
  refuse('ResourceNotFoundException', 'gone');

  const updated = await fixture.update('account', PhysicalResourceId, { CloudOneApiKeySecretArn: ARN });

  expect(updated).toMatchObject({ Status: 'FAILED', PhysicalResourceId });
});

test('another error is no fault of a secret, and told as it is', async () => {
  refuse('InternalServiceError', 'the service is down');

  const created = await fixture.create('account', { CloudOneApiKeySecretArn: ARN });

  expect(created.Reason).toContain('the service is down');
});
