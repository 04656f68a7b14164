/**
 * The forwarder's handler and the rotation's, as Lambda loads them, on one secret and the simulated vendors:
 * files are forwarded without a pause while the token is rotated again and again, and each former one is
 * revoked.
 */
import type { Context, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { objectMessageOf } from '../../../contract/object-message.ts';
import { type Simulator, startSimulator } from '../../../rehearsal/vendors/simulator.ts';
import { AwsDoubles } from '../forwarding/aws-doubles.ts';
import { gzipDocumentOf, noise } from '../forwarding/factories.ts';
import { captureOutput, contextWith } from '../shared/custom-resource-harness.ts';
import { AWS_ACCOUNT, SERVICE_TOKEN_SECRET } from './fixture.ts';
import { RotatedSecret } from './secrets-manager-double.ts';

const API_KEY_SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:key';
const SERVICE_URL = 'https://cloudtrail.us-1.cloudone.trendmicro.com';
const ROTATIONS = 4;
const FORWARDERS = 2;
const FILES_A_BATCH = 2;
/**
 * Batches of each forwarder between two rotations: the one under way, and a whole one. A refused upload is
 * tried once more, which is enough for rotations that are days apart, not for two during one upload.
 */
const BATCHES_A_ROTATION = 2;
/** Several parts each, so that a token changes in the middle of a file too. */
const RECORDS_A_FILE = 8;
const FILLINGS = Array.from({ length: RECORDS_A_FILE }, (_, i) => noise(150_000, i + 1));
const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

let vendors: Simulator;
let aws: AwsDoubles;
let secret: RotatedSecret;

beforeAll(async () => {
  vendors = await startSimulator();
});
afterAll(() => vendors.close());
beforeEach(() => {
  vendors.reset();
  captureOutput();
  for (const level of ['log', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockReturnValue();
  }
  aws = new AwsDoubles();
  // After the other doubles: the last one takes the calls to Secrets Manager.
  secret = new RotatedSecret(SERVICE_TOKEN_SECRET, 'a-token-that-the-service-never-issued');
  secret.otherSecrets.set(API_KEY_SECRET, vendors.tenant.cloudOneApiKey);
  const environment = {
    VENDOR_ENDPOINT_OVERRIDE: vendors.url,
    AWS_REGION: 'us-east-1',
    DESTINATION: 'CloudOne',
    DESTINATION_URL: SERVICE_URL,
    DESTINATION_API_VERSION: 'v1',
    DESTINATION_TOKEN_SECRET_ARN: SERVICE_TOKEN_SECRET,
    STACK_NAME: 'trail',
    LEDGER_TABLE: 'ledger',
    BUCKET_REGION: 'us-east-1',
    QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/queue',
    DEAD_LETTER_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/dead',
    MAXIMUM_TRIES: '5',
    CLOUD_ONE_API_KEY_SECRET_ARN: API_KEY_SECRET,
    SERVICE_TOKEN_SECRET_ARN: SERVICE_TOKEN_SECRET,
    CLOUD_ONE_REGION: 'us-1',
    STACK_ACCOUNT_ID: AWS_ACCOUNT,
    STACK_REGION: 'us-east-1',
    SERVICE_URL,
    SERVICE_API_VERSION: 'v1',
  };
  for (const [name, value] of Object.entries(environment)) {
    vi.stubEnv(name, value);
  }
});

/** Loads the forwarder as at a cold start: each has a cached token of its own. */
async function coldForwarder() {
  vi.resetModules();
  const { handler } = await import('../../../lambda/forwarding/forwarder-handler.ts');
  return handler;
}

async function rotate(): Promise<void> {
  const { handler } = await import('../../../lambda/onboarding/token-rotation-handler.ts');
  const version = secret.begin();
  for (const Step of STEPS) {
    const request = { Step, SecretId: SERVICE_TOKEN_SECRET, ClientRequestToken: version };
    await handler(request, contextWith(60_000));
  }
}

let files = 0;
/** A batch of new files, and the ids of their events. */
function newBatch(): { event: SQSEvent; ids: string[] } {
  const ids: string[] = [];
  const Records = Array.from({ length: FILES_A_BATCH }, () => {
    files += 1;
    const name = `${AWS_ACCOUNT}_CloudTrail_us-east-1_20261120T0700Z_file${files}.json.gz`;
    const key = `AWSLogs/${AWS_ACCOUNT}/CloudTrail/us-east-1/2026/11/20/${name}`;
    const records = Array.from({ length: RECORDS_A_FILE }, (_, i) => {
      ids.push(`event-${files}-${i}`);
      return `{"eventID":"event-${files}-${i}","n":"${FILLINGS[i]}"}`;
    });
    aws.objects.set(key, gzipDocumentOf(records));
    const object = { bucket: 'trail-bucket', key, versionId: '1', createdAt: '2026-11-20T07:00:00Z' };
    return {
      messageId: `message-${files}`,
      body: JSON.stringify(objectMessageOf(object)),
      attributes: { ApproximateReceiveCount: '1' },
    };
  });
  return { event: { Records } as unknown as SQSEvent, ids };
}

test('no event is lost, refused or sent twice while tokens are rotated and revoked', async () => {
  await rotate();
  const forwarders: Awaited<ReturnType<typeof coldForwarder>>[] = [];
  for (let i = 0; i < FORWARDERS; i += 1) {
    forwarders.push(await coldForwarder());
  }
  const expected: string[] = [];
  const failures: unknown[] = [];
  const batches = forwarders.map(() => 0);
  let rotating = true;
  const forwardMeanwhile = async (forward: (typeof forwarders)[number], each: number) => {
    // Once more at the end: with a token that has been revoked since.
    for (let last = false; !last; ) {
      last = !rotating;
      const { event, ids } = newBatch();
      expected.push(...ids);
      const { batchItemFailures } = await forward(event, contextWith(60_000) as Context);
      failures.push(...batchItemFailures);
      batches[each] = (batches[each] ?? 0) + 1;
    }
  };
  const rotateAndRevoke = async () => {
    for (let i = 0; i < ROTATIONS; i += 1) {
      const before = [...batches];
      await vi.waitUntil(
        () => batches.every((count, each) => count >= (before[each] ?? 0) + BATCHES_A_ROTATION),
        { timeout: 40_000 },
      );
      await rotate();
      vendors.revokeServiceTokens('former');
    }
    rotating = false;
  };

  await Promise.all([rotateAndRevoke(), ...forwarders.map(forwardMeanwhile)]);

  expect(failures).toEqual([]);
  expect(aws.deadLetters).toEqual([]);
  expect(aws.redeliveries.size).toBe(0);
  const { events, distinctEvents, conflictingParts } = vendors.state().received.cloudone;
  expect({ events, distinctEvents, conflictingParts }).toEqual({
    events: expected.length,
    distinctEvents: expected.length,
    conflictingParts: 0,
  });
  // It was not for nothing: revoked tokens were refused.
  const uploads = vendors.state().calls.filter(({ path }) => path === '/api/logs');
  expect(uploads.map(({ status }) => status)).toContain(401);
  expect(vendors.state().registered.cloudTrailStackTokens).toHaveLength(ROTATIONS + 1);
});

test.each(['CLOUD_ONE_REGION', 'SERVICE_URL', 'SERVICE_TOKEN_SECRET_ARN', 'CLOUD_ONE_API_KEY_SECRET_ARN'])(
  'the rotation does not start where its environment lacks %s',
  async (name) => {
    vi.resetModules();
    vi.stubEnv(name, '');

    await expect(rotate()).rejects.toThrow(name);
  },
);
