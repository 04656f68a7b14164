import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type AnswerSink,
  captureOutput,
  STACK_ID,
  startAnswerSink,
} from '../shared/custom-resource-harness.ts';
import { AwsDoubles } from './aws-doubles.ts';
import { type Behaviour, DestinationServer, eventsIn } from './destination-server.ts';

// Not a target: only so that a busy machine fails nothing.
vi.setConfig({ testTimeout: 60_000 });

const server = new DestinationServer();
const COLLECTOR = 'https://xlogr-ec1.xdr.trendmicro.com/ingest/api/v1/third_party_log/raw';
let sink: AnswerSink;
let aws: AwsDoubles;
let output: () => string;

async function coldStart(destination: 'CloudOne' | 'VisionOne') {
  vi.resetModules();
  vi.stubEnv('DESTINATION', destination);
  vi.stubEnv('DESTINATION_URL', propertiesFor(destination).DestinationUrl);
  const { handler } = await import('../../../lambda/forwarding/destination-probe-handler.ts');
  return handler;
}

function propertiesFor(destination: 'CloudOne' | 'VisionOne') {
  return {
    Destination: destination,
    DestinationUrl:
      destination === 'CloudOne' ? 'https://cloudtrail.de-1.cloudone.trendmicro.com' : COLLECTOR,
    AwsAccountId: '123456789012',
    AwsRegion: 'eu-central-1',
    StackId: STACK_ID,
  };
}

/** What arrived, in the order in which it did: lifecycle events, and `upload`. */
function arrived(requests = server.accepted): string[] {
  return requests.map(({ path, body }) =>
    path.endsWith('/lifecycle') ? JSON.parse(String(body)).event : 'upload',
  );
}

const refuse =
  (what: string, status: number): Behaviour =>
  ({ path, body }) => ({ status: path.includes(what) || String(body).includes(what) ? status : 202 });

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
  vi.stubEnv('DESTINATION_API_VERSION', 'v1');
  vi.stubEnv('DESTINATION_TOKEN_SECRET_ARN', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:token');
});
afterEach(() => {
  expect(output()).not.toContain('first-token');
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('with Cloud One as the destination', () => {
  const properties = propertiesFor('CloudOne');
  const ours = { properties, physicalId: 'created:CloudOne' };

  it('a creation tells of the stack and uploads an empty document', async () => {
    const answer = await sink.send(await coldStart('CloudOne'), { type: 'Create', properties });

    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'created:CloudOne' });
    expect(arrived()).toEqual(['created', 'upload']);
    expect(JSON.parse(String(server.requests[0]?.body))).toEqual({
      accountId: '123456789012',
      region: 'eu-central-1',
      stackId: STACK_ID,
      event: 'created',
    });
    expect(eventsIn(server.requests[1]?.body as Buffer)).toEqual([]);
  });

  it.each([
    ['the note', 'created', 403],
    ['the upload', '/api/logs', 400],
    ['the upload', '/api/logs', 401],
    ['the upload', '/api/logs', 413],
    ['the upload', '/api/logs', 404],
  ])(
    'a creation fails where %s is refused (%s, %i), names the way out and leaves nothing',
    async (_n, what, status) => {
      server.behaviour = refuse(what, status);

      const answer = await sink.send(await coldStart('CloudOne'), { type: 'Create', properties });

      expect(answer).toMatchObject({
        Status: 'FAILED',
        Reason: expect.stringContaining('Deploy with ForwardingDestination=VisionOne instead'),
      });
      expect(answer.PhysicalResourceId).toMatch(/^failed:/);
      expect(arrived().at(-1)).toBe('deleted');
    },
  );

  it('a creation fails where a proxy answers', async () => {
    server.behaviour = ({ path }) =>
      path.endsWith('/api/logs')
        ? { status: 200, headers: { 'content-type': 'text/html' }, body: '<html/>' }
        : { status: 202 };

    const answer = await sink.send(await coldStart('CloudOne'), { type: 'Create', properties });

    expect(answer).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('A proxy seems to answer'),
    });
  });

  it('an update tells of it and proves the destination again', async () => {
    const answer = await sink.send(await coldStart('CloudOne'), {
      type: 'Update',
      ...ours,
      oldProperties: properties,
    });

    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'created:CloudOne' });
    expect(arrived()).toEqual(['updated', 'upload']);
  });

  it('a deletion says goodbye', async () => {
    const answer = await sink.send(await coldStart('CloudOne'), { type: 'Delete', ...ours });

    expect(answer.Status).toBe('SUCCESS');
    expect(arrived()).toEqual(['deleted']);
  });

  it.each([401, 404, 400])('a deletion goes on where the goodbye is answered with %i', async (status) => {
    server.behaviour = () => ({ status });

    const answer = await sink.send(await coldStart('CloudOne'), { type: 'Delete', ...ours });

    expect(answer.Status).toBe('SUCCESS');
    expect(output()).toContain('did not take note of the deletion');
  });

  it('a deletion goes on where the token is gone', async () => {
    aws.tokens = [''];

    const answer = await sink.send(await coldStart('CloudOne'), { type: 'Delete', ...ours });

    expect(answer.Status).toBe('SUCCESS');
    expect(server.requests).toEqual([]);
  });
});

describe('with Vision One as the destination', () => {
  const properties = propertiesFor('VisionOne');

  it('a creation sends one line that says what it is', async () => {
    const answer = await sink.send(await coldStart('VisionOne'), { type: 'Create', properties });

    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'created:VisionOne' });
    expect(server.requests).toHaveLength(1);
    expect(JSON.parse(String(server.requests[0]?.body))).toMatchObject({ trailbridge: 'connection check' });
  });

  it('a refusal fails the deployment and names the way out', async () => {
    server.behaviour = () => ({ status: 401 });

    const answer = await sink.send(await coldStart('VisionOne'), { type: 'Create', properties });

    expect(answer).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(/VisionOneIngestToken.*ForwardingDestination=CloudOne/),
    });
  });

  it('a change of the destination replaces the resource, and the farewell to the old one needs no token', async () => {
    const handler = await coldStart('VisionOne');
    const old = propertiesFor('CloudOne');
    const answer = await sink.send(handler, {
      type: 'Update',
      properties,
      oldProperties: old,
      physicalId: 'created:CloudOne',
    });
    const farewell = await sink.send(handler, {
      type: 'Delete',
      properties: old,
      physicalId: 'created:CloudOne',
    });

    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'created:VisionOne' });
    expect(farewell.Status).toBe('SUCCESS');
    expect(server.requests).toHaveLength(1);
  });
});
