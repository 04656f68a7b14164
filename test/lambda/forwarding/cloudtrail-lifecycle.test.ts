import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import {
  type AnswerSink,
  captureOutput,
  STACK_ID,
  startAnswerSink,
} from '../shared/custom-resource-harness.ts';
import { AwsDoubles } from './aws-doubles.ts';
import { DestinationServer } from './destination-server.ts';

// Not a target: only so that a busy machine fails nothing.
vi.setConfig({ testTimeout: 60_000 });

const SERVICE = 'https://cloudtrail.de-1.cloudone.trendmicro.com';
const properties = {
  DestinationUrl: SERVICE,
  AwsAccountId: '123456789012',
  AwsRegion: 'eu-central-1',
  StackId: STACK_ID,
};
const ours = { properties, physicalId: `created:${STACK_ID}` };

const server = new DestinationServer();
let sink: AnswerSink;
let aws: AwsDoubles;
let output: () => string;

async function coldStart() {
  vi.resetModules();
  const { handler } = await import('../../../lambda/forwarding/cloudtrail-lifecycle-handler.ts');
  return handler;
}

/** The notes that the service took, in the order in which they came. */
const notes = (requests = server.accepted): string[] =>
  requests.map(({ body }) => JSON.parse(String(body)).event);

beforeAll(async () => {
  await server.start();
  sink = await startAnswerSink();
});
afterAll(async () => {
  await sink.close();
  await server.stop();
});
beforeEach(() => {
  server.reset();
  aws = new AwsDoubles();
  output = captureOutput();
  vi.stubEnv('VENDOR_ENDPOINT_OVERRIDE', server.url);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('DESTINATION', 'CloudOne');
  vi.stubEnv('DESTINATION_URL', SERVICE);
  vi.stubEnv('DESTINATION_API_VERSION', 'v1');
  vi.stubEnv('DESTINATION_TOKEN_SECRET_ARN', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:token');
});
afterEach(() => {
  expect(output()).not.toContain('first-token');
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it('a creation tells of the stack', async () => {
  const answer = await sink.send(await coldStart(), { type: 'Create', properties });

  expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: `created:${STACK_ID}` });
  expect(JSON.parse(String(server.requests[0]?.body))).toEqual({
    accountId: '123456789012',
    region: 'eu-central-1',
    stackId: STACK_ID,
    event: 'created',
  });
});

it('a creation that is refused says the step and the way out, and takes back what may have been noted', async () => {
  server.behaviour = ({ body }) => ({ status: String(body).includes('created') ? 403 : 202 });

  const answer = await sink.send(await coldStart(), { type: 'Create', properties });

  expect(answer).toMatchObject({
    Status: 'FAILED',
    PhysicalResourceId: expect.stringMatching(/^failed:/),
    Reason: expect.stringMatching(
      /Telling Cloud One's CloudTrail service.*403.*Deploy with ForwardingDestination=VisionOne instead/,
    ),
  });
  expect(notes()).toEqual(['deleted']);
});

it('an update tells of it, and stays the same resource', async () => {
  const answer = await sink.send(await coldStart(), { type: 'Update', ...ours, oldProperties: properties });

  expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: `created:${STACK_ID}` });
  expect(notes()).toEqual(['updated']);
});

it('a deletion says goodbye', async () => {
  const answer = await sink.send(await coldStart(), { type: 'Delete', ...ours });

  expect(answer.Status).toBe('SUCCESS');
  expect(notes()).toEqual(['deleted']);
});

it.each([401, 404, 400])('a deletion goes on where the goodbye is answered with %i', async (status) => {
  server.behaviour = () => ({ status });

  const answer = await sink.send(await coldStart(), { type: 'Delete', ...ours });

  expect(answer.Status).toBe('SUCCESS');
  expect(output()).toContain('did not take note of the deletion');
});

it('a deletion goes on where the token is gone', async () => {
  aws.tokens = [''];

  const answer = await sink.send(await coldStart(), { type: 'Delete', ...ours });

  expect(answer.Status).toBe('SUCCESS');
  expect(server.requests).toEqual([]);
});
