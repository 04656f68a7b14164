/** Each handler as Lambda loads it: its environment, its secrets, its definition. */
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CustomResourceHandler } from '../../../lambda/shared/custom-resource.ts';
import { type Simulator, startSimulator } from '../../../rehearsal/vendors/simulator.ts';
import { type AnswerSink, captureOutput, startAnswerSink } from '../shared/custom-resource-harness.ts';
import { PROPERTIES, type ResourceName, SERVICE_TOKEN_SECRET } from './fixture.ts';

const KEY_SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:key';
const ENROLMENT_SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:enrolment';
const HANDLERS: readonly (readonly [ResourceName, string])[] = [
  ['account', 'cloud-one-account'],
  ['connection', 'vision-one-connection'],
  ['externalId', 'workload-security-external-id'],
  ['connector', 'workload-security-connector'],
  ['cloudAccount', 'cloud-account'],
  ['cloudTrailToken', 'cloudtrail-token'],
];

const MARK = 'CFN-VisionOneConnectionMark-x';

const secretsManager = mockClient(SecretsManagerClient);
const systemsManager = mockClient(SSMClient);
let vendors: Simulator;
let sink: AnswerSink;

beforeAll(async () => {
  vendors = await startSimulator();
  sink = await startAnswerSink();
});
afterAll(() => Promise.all([vendors.close(), sink.close()]));
beforeEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.resetModules();
  captureOutput();
  vendors.reset({}, { visionOneConnection: { status: 'connected' } });
  vi.stubEnv('VENDOR_ENDPOINT_OVERRIDE', vendors.url);
  vi.stubEnv('CLOUD_ONE_API_KEY_SECRET_ARN', KEY_SECRET);
  vi.stubEnv('VISION_ONE_SERVICE_TOKEN_SECRET_ARN', ENROLMENT_SECRET);
  vi.stubEnv('SERVICE_TOKEN_SECRET_ARN', SERVICE_TOKEN_SECRET);
  vi.stubEnv('VISION_ONE_ENROLMENT_SECRET_ARN', '');
  vi.stubEnv('CONNECTION_MARK_PARAMETER', MARK);
  systemsManager.reset();
  systemsManager.onAnyCommand().rejects(new Error('not expected'));
  systemsManager.on(GetParameterCommand, { Name: MARK }).resolves({ Parameter: { Value: 'none' } });
  systemsManager.on(PutParameterCommand, { Name: MARK }).resolves({});
  secretsManager.reset();
  secretsManager.onAnyCommand().rejects(new Error('not expected'));
  secretsManager
    .on(GetSecretValueCommand, { SecretId: KEY_SECRET })
    .resolves({ SecretString: vendors.tenant.cloudOneApiKey });
  secretsManager
    .on(GetSecretValueCommand, { SecretId: ENROLMENT_SECRET })
    .resolves({ SecretString: vendors.tenant.visionOneEnrollmentToken });
  secretsManager.on(PutSecretValueCommand, { SecretId: SERVICE_TOKEN_SECRET }).resolves({});
});

async function load(file: string): Promise<CustomResourceHandler> {
  const module = await import(`../../../lambda/onboarding/${file}-handler.ts`);
  return module.handler;
}

describe.each(HANDLERS)('%s', (resource, file) => {
  const properties = PROPERTIES[resource];

  test('creates', async () => {
    const answer = await sink.send(await load(file), { type: 'Create', properties });

    expect(answer.Status).toBe('SUCCESS');
  });

  test('tells CloudFormation where its environment is not whole', async () => {
    vi.stubEnv('CLOUD_ONE_API_KEY_SECRET_ARN', '');

    const answer = await sink.send(await load(file), { type: 'Create', properties });

    expect(answer).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('CLOUD_ONE_API_KEY_SECRET_ARN'),
    });
  });

  test('says so where the secret is no API key, and does not show it', async () => {
    secretsManager
      .on(GetSecretValueCommand, { SecretId: KEY_SECRET })
      .resolves({ SecretString: 'not-an-api-key-but-secret' });

    const answer = await sink.send(await load(file), { type: 'Create', properties });

    expect(answer.Reason).toContain('The Cloud One API key does not look like one');
    expect(JSON.stringify(answer)).not.toContain('not-an-api-key-but-secret');
  });
});

test('a rotated key is read anew by a function that is still warm', async () => {
  const handler = await load('cloud-one-account');
  const properties = PROPERTIES.account;
  const { PhysicalResourceId: physicalId } = await sink.send(handler, { type: 'Create', properties });
  const rotated = 'rotatedId:rotatedSecretOfTheSameAccount';
  vendors.reset({ cloudOneApiKey: rotated });
  secretsManager.on(GetSecretValueCommand, { SecretId: KEY_SECRET }).resolves({ SecretString: rotated });

  const update = { type: 'Update', properties, oldProperties: properties, physicalId } as const;
  const answer = await sink.send(handler, update);

  expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: physicalId });
});

test('an empty variable means that the user gave no enrolment token', async () => {
  vendors.reset();
  vi.stubEnv('VISION_ONE_SERVICE_TOKEN_SECRET_ARN', '');

  const answer = await sink.send(await load('vision-one-connection'), {
    type: 'Create',
    properties: PROPERTIES.connection,
  });

  expect(answer.Reason).toContain('VisionOneServiceToken');
});

describe('with an API key of Vision One', () => {
  const VISION_ONE_KEY = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:vision-one-key';
  const GENERATED = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:generated';
  const tokenProperties = { CloudOneRegion: 'us-1', VisionOneRegion: 'us' };

  test('one function generates a token into a secret, the other connects with it', async () => {
    vendors.reset();
    vi.stubEnv('VISION_ONE_SERVICE_TOKEN_SECRET_ARN', '');
    vi.stubEnv('VISION_ONE_API_KEY_SECRET_ARN', VISION_ONE_KEY);
    vi.stubEnv('VISION_ONE_ENROLMENT_SECRET_ARN', GENERATED);
    secretsManager
      .on(GetSecretValueCommand, { SecretId: VISION_ONE_KEY })
      .resolves({ SecretString: vendors.tenant.visionOneApiKey });
    let generated = '{}';
    secretsManager.on(PutSecretValueCommand, { SecretId: GENERATED }).callsFake(({ SecretString }) => {
      generated = SecretString;
      return {};
    });
    secretsManager
      .on(GetSecretValueCommand, { SecretId: GENERATED })
      .callsFake(() => ({ SecretString: generated }));

    const token = await sink.send(await load('vision-one-enrolment-token'), {
      type: 'Create',
      properties: tokenProperties,
    });
    const connection = await sink.send(await load('vision-one-connection'), {
      type: 'Create',
      properties: PROPERTIES.connection,
    });

    expect([token.Status, connection.Status]).toEqual(['SUCCESS', 'SUCCESS']);
    expect(connection.PhysicalResourceId).toBe('created:us-1');
    expect(vendors.state().registered.visionOneConnection?.status).toBe('connected');
    const marks = systemsManager.commandCalls(PutParameterCommand).map(({ args }) => args[0].input.Value);
    expect(marks).toEqual(['begun:us-1', 'made:us-1']);
  });

  test('tells CloudFormation where its environment is not whole', async () => {
    vi.stubEnv('VISION_ONE_API_KEY_SECRET_ARN', '');
    vi.stubEnv('VISION_ONE_ENROLMENT_SECRET_ARN', GENERATED);

    const answer = await sink.send(await load('vision-one-enrolment-token'), {
      type: 'Create',
      properties: tokenProperties,
    });

    expect(answer.Reason).toContain('VISION_ONE_API_KEY_SECRET_ARN');
  });
});
