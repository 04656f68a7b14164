import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventsIn } from '../../stand-ins/uploads.ts';
import { type AnswerSink, captureOutput, startAnswerSink } from '../shared/custom-resource-harness.ts';
import { AwsDoubles } from './aws-doubles.ts';
import { DestinationServer } from './destination-server.ts';

// Not a target: only so that a busy machine fails nothing.
vi.setConfig({ testTimeout: 60_000 });

const server = new DestinationServer();
const COLLECTOR = 'https://xlogr-ec1.xdr.trendmicro.com/ingest/api/v1/third_party_log/raw';
let sink: AnswerSink;
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
  };
}

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
  new AwsDoubles();
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

  it('a creation uploads an empty document', async () => {
    const answer = await sink.send(await coldStart('CloudOne'), { type: 'Create', properties });

    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'created:CloudOne' });
    expect(server.requests).toHaveLength(1);
    expect(eventsIn(server.requests[0]?.body as Buffer)).toEqual([]);
  });

  it.each([400, 401, 413, 404])(
    'a creation fails where the upload is refused with %i, and names the step and the way out',
    async (status) => {
      server.behaviour = () => ({ status });

      const answer = await sink.send(await coldStart('CloudOne'), { type: 'Create', properties });

      expect(answer).toMatchObject({
        Status: 'FAILED',
        Reason: expect.stringMatching(
          /Proving that.*smallest upload|Sending a first, empty upload.*Deploy with ForwardingDestination=VisionOne instead/,
        ),
      });
      expect(answer.Reason).toContain('Deploy with ForwardingDestination=VisionOne instead');
      expect(answer.PhysicalResourceId).toMatch(/^failed:/);
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

  it('an update proves the destination again', async () => {
    const answer = await sink.send(await coldStart('CloudOne'), {
      type: 'Update',
      ...ours,
      oldProperties: properties,
    });

    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'created:CloudOne' });
    expect(server.accepted).toHaveLength(1);
  });

  it('a deletion asks nothing of the destination', async () => {
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

  it('a change of the destination replaces the resource, and deleting the old one asks for nothing', async () => {
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
