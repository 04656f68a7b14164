/** The collectors' handlers, from the vendors' HTTP to the bucket's. */
import { gunzipSync } from 'node:zlib';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { archivedLine } from '../../../contract/archive.ts';
import { mockDynamoDb } from '../../stand-ins/dynamodb/mocked-table.ts';
import { Table } from '../../stand-ins/dynamodb/table.ts';
import { type S3BucketStandIn, startS3Bucket } from '../../stand-ins/s3-bucket.ts';
import { type ControllerServer, startControllerServer } from '../vendors/appdynamics/controller-server.ts';
import { answer, type ScriptedServer, startScriptedServer } from '../vendors/scripted-server.ts';

type Handler = (event: unknown, context: Context) => Promise<void>;

const context = { awsRequestId: 'request', getRemainingTimeInMillis: () => 900_000 } as Context;
const RECORDS = ['{"timeStamp":1,"id":"1"}', '{ "timeStamp": 1, "id":"2"}'];

let bucket: S3BucketStandIn;
let cloudOne: ScriptedServer;
let controller: ControllerServer;
beforeEach(async () => {
  [bucket, cloudOne, controller] = await Promise.all([
    startS3Bucket(),
    startScriptedServer(),
    startControllerServer(),
  ]);
  mockDynamoDb(new Table(['pk', 'sk']));
  mockClient(SecretsManagerClient)
    .on(GetSecretValueCommand)
    .callsFake(({ SecretId }) => ({
      SecretString: SecretId === 'api-key' ? 'id:secret' : controller.password,
    }));
  const environment = {
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'key',
    AWS_ENDPOINT_URL_S3: bucket.url,
    STACK_NAME: 'AuditArchive',
    RAW_BUCKET: bucket.name,
    ARCHIVE_TABLE: 'table',
  };
  for (const [name, value] of Object.entries(environment)) {
    vi.stubEnv(name, value);
  }
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.resetModules();
  await Promise.all([bucket.close(), cloudOne.close(), controller.close()]);
});

function stored(): string[] {
  return [...bucket.objects]
    .filter(([key]) => key.startsWith('raw/'))
    .flatMap(([, { body }]) => gunzipSync(body).toString('utf8').trim().split('\n'))
    .map((line) => archivedLine.parse(JSON.parse(line)).record)
    .sort();
}

test('Cloud One’s audit log gets into the bucket, once', async () => {
  vi.stubEnv('VENDOR_ENDPOINT_OVERRIDE', cloudOne.url.origin);
  vi.stubEnv('API_KEY_SECRET_ARN', 'api-key');
  vi.stubEnv('CLOUD_ONE_REGION', 'us-1');
  const logs = RECORDS.map((record) => record.replace('timeStamp', 'time').replace('1', '1772366400'));
  // The account is looked up once.
  cloudOne.play(
    answer(200, '{"urn":"urn:cloudone:identity:us-1:123456789012:apikey/id"}'),
    answer(200, `{"logs":[${logs}]}`),
  );
  const { handler } = (await import('../../../lambda/archive/cloudone-collector-handler.ts')) as {
    handler: Handler;
  };

  await handler({}, context);
  await handler({}, context);

  expect(stored()).toEqual([...logs].sort());
  expect(cloudOne.requests).toHaveLength(3);
});

test.each(['basic', 'oauth'])(
  'AppDynamics’ audit history gets into the bucket, once (%s)',
  async (authentication) => {
    vi.stubEnv('VENDOR_ENDPOINT_OVERRIDE', controller.url);
    vi.stubEnv('CONTROLLER_URL', 'https://acme.saas.appdynamics.com');
    vi.stubEnv('AUTHENTICATION', authentication);
    vi.stubEnv('PRINCIPAL', 'user1@customer1');
    vi.stubEnv('CREDENTIAL_SECRET_ARN', 'credential');
    vi.stubEnv('INCLUDE', '["action:LOGIN"]');
    vi.stubEnv('EXCLUDE', '');
    const yesterday = Date.now() - 86_400_000;
    const records = RECORDS.map((record) => record.replace('1', String(yesterday)));
    controller.answer = (response) => response.end(`[${records}]`);
    const { handler } = (await import('../../../lambda/archive/appdynamics-collector-handler.ts')) as {
      handler: Handler;
    };

    await handler({}, context);
    await handler({}, context);

    expect(stored()).toEqual([...records].sort());
    expect(controller.requests.every((request) => request.includes('&include=action%3ALOGIN'))).toBe(true);
    expect(controller.tokens).toHaveLength(authentication === 'oauth' ? 1 : 0);
  },
);
