/** Whatever a vendor answers, nothing is left over, nothing is doubled, and the message helps. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../../rehearsal/vendors/simulator.ts';
import { type Fixture, PROPERTIES, type ResourceName, registrations, startFixture } from './fixture.ts';

const FAULTS: Readonly<Record<string, Fault>> = {
  '400': { status: 400 },
  '401': { status: 401 },
  '403 in plain text': { status: 403, body: 'Forbidden' },
  '403 with a nested error': { status: 403, body: { error: { code: 'denied', message: 'Not you.' } } },
  '404': { status: 404 },
  '405': { status: 405 },
  '409': { status: 409 },
  '413': { status: 413 },
  '429 without Retry-After': { status: 429, headers: {} },
  '429 with Retry-After': { status: 429, headers: { 'retry-after': '0' } },
  '429 with a Retry-After of an hour': { status: 429, headers: { 'retry-after': '3600' } },
  '500': { status: 500 },
  '503 with Retry-After': { status: 503, headers: { 'retry-after': '0' } },
  'an HTML page with 200': { action: 'html' },
  'an HTML page with 502': { action: 'html', status: 502 },
  'truncated JSON': { action: 'truncate' },
  'an empty answer': { status: 200, body: '' },
  'wrong types': {
    status: 200,
    body: {
      urn: 7,
      registration: 'x',
      externalId: {},
      ID: '1',
      awsConnectors: {},
      id: 5,
      deploymentURL: false,
    },
  },
  'other JSON': { status: 200, body: ['unexpected'] },
  'a redirect': { action: 'redirect' },
  'a connection reset': { action: 'reset' },
  'a connection reset in the middle of the answer': { action: 'reset-mid-body' },
  'a lost answer': { action: 'reset', afterEffect: true },
  'an effect, then 500': { status: 500, afterEffect: true },
  'an effect, then truncated JSON': { action: 'truncate', afterEffect: true },
  'an effect, then an HTML page': { action: 'html', afterEffect: true },
};

interface Step {
  readonly resource: ResourceName;
  readonly method: string;
  readonly path: string;
  /** Which of the calls: the look before, or the looks after. */
  readonly skip: number;
}

/** Every vendor call of a creation. */
const STEPS: readonly Step[] = [
  { resource: 'account', method: 'GET', path: '/api/apikeys/*', skip: 0 },
  { resource: 'connection', method: 'GET', path: '/api/connectors', skip: 0 },
  { resource: 'connection', method: 'POST', path: '/api/connectors', skip: 0 },
  { resource: 'connection', method: 'GET', path: '/api/connectors', skip: 1 },
  { resource: 'externalId', method: 'GET', path: '/api/awsconnectorsettings', skip: 0 },
  { resource: 'connector', method: 'POST', path: '/api/awsconnectors/search', skip: 0 },
  { resource: 'connector', method: 'POST', path: '/api/awsconnectors', skip: 0 },
  { resource: 'cloudAccount', method: 'POST', path: '/api/cloudaccounts/aws', skip: 0 },
  { resource: 'cloudTrailToken', method: 'POST', path: '/api/stacks', skip: 0 },
];

const CASES = STEPS.flatMap(({ resource, ...call }) =>
  Object.entries(FAULTS).map(([name, fault]) => ({ resource, name, fault: { ...fault, ...call } })),
);

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());
beforeEach(() => fixture.reset());

function assertNoSecretIn(text: string): void {
  for (const secret of fixture.secrets()) {
    expect(text).not.toContain(secret);
  }
}

describe.each([
  ['for good', {}],
  ['once', { times: 1 }],
])('a fault %s', (_when, times) => {
  test.each(CASES)(
    '$resource, $fault.method $fault.path (after $fault.skip): $name',
    async ({ resource, fault }) => {
      const { vendors, sink, handlers } = fixture;
      vendors.setFaults([{ ...fault, ...times }]);
      const before = registrations(fixture);
      const properties = PROPERTIES[resource];

      const created = await sink.send(handlers[resource], { type: 'Create', properties });
      const physicalId = created.PhysicalResourceId;
      const registered = registrations(fixture);
      const deleted = await sink.send(handlers[resource], { type: 'Delete', properties, physicalId });

      if (created.Status === 'FAILED' || physicalId.startsWith('adopted:')) {
        expect(registered).toEqual(before);
      }
      expect(registered.connectors.length).toBeLessThanOrEqual(1);
      expect(deleted.Status).toBe('SUCCESS');
      expect(registrations(fixture)).toEqual(before);
      assertNoSecretIn(fixture.output() + JSON.stringify([created, deleted]));
      if (created.Status === 'FAILED') {
        expect(created.Reason).toMatch(/^[A-Z][\w -]+: .*Trend Cloud One.*\./);
        expect(created.Reason).toContain(fault.path.replace('*', ''));
      }
    },
  );
});

test.each(STEPS)('$resource, $method $path (after $skip): a hang is cut off and undone', async (step) => {
  const { resource, ...call } = step;
  const { vendors, sink, handlers } = fixture;
  vendors.setFaults([{ action: 'hang', afterEffect: true, ...call }]);
  const before = registrations(fixture);
  const properties = PROPERTIES[resource];

  const created = await sink.send(handlers[resource], { type: 'Create', properties }, 1200);
  const deletion = { type: 'Delete', properties, physicalId: created.PhysicalResourceId } as const;
  const deleted = await sink.send(handlers[resource], deletion, 1200);

  expect(created.Status).toBe('FAILED');
  expect(created.Reason).toContain('ran out of time');
  expect(deleted.Status).toBe('SUCCESS');
  expect(registrations(fixture)).toEqual(before);
});
