import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Fault, Seed } from '../../../rehearsal/vendors/simulator.ts';
import { callsOf, type Fixture, startFixture } from './fixture.ts';
import { CONNECTION_PROPERTIES, held, TOKEN_PROPERTIES, VisionOneStack } from './vision-one-fixture.ts';

const GENERATE = { method: 'POST', path: '/v1.0/preview/uic/instances/enrollment' };
const LOOK = { method: 'GET', path: '/api/connectors' };
const TAKE_BACK = { method: 'DELETE', path: '/v2.0/xdr/portal/connectors/onpremise/*' };

let fixture: Fixture;
let stack: VisionOneStack;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());
beforeEach(() => {
  fixture.reset();
  stack = new VisionOneStack(fixture);
});

const create = { type: 'Create', properties: TOKEN_PROPERTIES } as const;
const createConnection = { type: 'Create', properties: CONNECTION_PROPERTIES } as const;
const remove = (physicalId: string) =>
  ({ type: 'Delete', properties: TOKEN_PROPERTIES, physicalId }) as const;
const removeConnection = (physicalId: string) =>
  ({ type: 'Delete', properties: CONNECTION_PROPERTIES, physicalId }) as const;
const update = (physicalId: string, changed: object) =>
  ({
    type: 'Update',
    properties: { ...TOKEN_PROPERTIES, ...changed },
    oldProperties: TOKEN_PROPERTIES,
    physicalId,
  }) as const;

describe('Vision One enrolment token', () => {
  test('generates a token, which connects, and deletes its connector after the connection', async () => {
    const token = await stack.token(create);
    const connection = await stack.connection(createConnection);
    const whileThere = held(fixture);
    await stack.connection(removeConnection(connection.PhysicalResourceId));
    const deleted = await stack.token(remove(token.PhysicalResourceId));

    expect(whileThere).toEqual({
      connected: true,
      connectors: [stack.secret.value?.connectorId ?? expect.any(String)],
    });
    expect(token.PhysicalResourceId).toBe(`created:us-1/us/${whileThere.connectors[0]}`);
    expect(deleted.Status).toBe('SUCCESS');
    expect(held(fixture)).toEqual({ connected: false, connectors: [] });
  });

  test('the token is in its secret, and nowhere else', async () => {
    const token = await stack.token(create);

    const secret = stack.secret.value?.token ?? '';
    expect(secret).not.toBe('');
    expect(token.Data).toEqual({});
    expect(fixture.output() + JSON.stringify(token)).not.toContain(secret);
  });

  test('generates nothing where the account is connected, and deletes nothing then', async () => {
    fixture.vendors.reset({}, { visionOneConnection: { status: 'connected' } });

    const token = await stack.token(create);
    await stack.token(remove(token.PhysicalResourceId));

    expect(token).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'adopted:us-1/us/none' });
    expect(callsOf(fixture)).toEqual(['GET /api/connectors']);
    expect(held(fixture).connected).toBe(true);
  });

  test('calls Vision One in its own region', async () => {
    fixture.vendors.reset({ visionOneRegion: 'jp' });
    const properties = { ...TOKEN_PROPERTIES, VisionOneRegion: 'jp' };

    const token = await stack.token({ type: 'Create', properties });

    expect(token.PhysicalResourceId).toMatch(/^created:us-1\/jp\//);
    expect(fixture.vendors.state().calls.at(-1)?.host).toBe('api.xdr.trendmicro.co.jp');
  });

  test.each(['xx', '', 'US'])('refuses the region %j', async (VisionOneRegion) => {
    const token = await stack.token({ type: 'Create', properties: { ...TOKEN_PROPERTIES, VisionOneRegion } });

    expect(token.Status).toBe('FAILED');
    expect(token.Reason).toContain('VisionOneRegion');
  });

  test('deletes a connector that is gone already', async () => {
    const token = await stack.token(create);
    fixture.vendors.reset();

    expect(await stack.token(remove(token.PhysicalResourceId))).toMatchObject({ Status: 'SUCCESS' });
  });

  test('replaces a token that has lapsed before it was used', async () => {
    await stack.token(create);
    const [lapsed] = held(fixture).connectors;
    const value = stack.secret.value;
    stack.secret.value = value && { ...value, expiresAt: Date.now() };

    const repeated = await stack.token(create);

    expect(held(fixture).connectors).not.toContain(lapsed);
    expect(held(fixture).connectors.map((id) => `created:us-1/us/${id}`)).toEqual([
      repeated.PhysicalResourceId,
    ]);
  });

  test('two processes that carry out the same creation leave nothing in the end', async () => {
    const first = await stack.token(create);
    const written = stack.secret.value;
    stack.secret.value = undefined;
    await stack.token(create);

    expect(held(fixture).connectors).toHaveLength(2);
    expect(written).toBeDefined();
    await stack.token(remove(first.PhysicalResourceId));
    expect(held(fixture).connectors).toEqual([]);
  });

  test('undoes the generation where the secret cannot be written', async () => {
    stack.secret.write = async () => {
      throw new Error('Secrets Manager is down');
    };

    const token = await stack.token(create);

    expect(token).toMatchObject({ Status: 'FAILED', PhysicalResourceId: expect.stringMatching(/^failed:/) });
    expect(token.Reason).toContain('Secrets Manager is down');
    expect(held(fixture).connectors).toEqual([]);
  });

  test('names the connector for CloudFormation’s own Delete where undoing fails too', async () => {
    stack.secret.write = async () => {
      throw new Error('Secrets Manager is down');
    };
    fixture.vendors.setFaults([{ ...TAKE_BACK, status: 403 }]);

    const token = await stack.token(create);
    const [connector] = held(fixture).connectors;
    fixture.vendors.setFaults([]);
    await stack.token(remove(token.PhysicalResourceId));

    expect(token.PhysicalResourceId).toBe(`created:us-1/us/${connector}`);
    expect(held(fixture).connectors).toEqual([]);
  });
});

describe('an update', () => {
  test('generates nothing, whatever else has changed', async () => {
    const { PhysicalResourceId } = await stack.token(create);

    const updated = await stack.token(update(PhysicalResourceId, { Revision: '2' }));

    expect(updated).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId });
    expect(held(fixture).connectors).toHaveLength(1);
  });

  test('refuses another Vision One region, whose key could not take the connector back', async () => {
    const { PhysicalResourceId } = await stack.token(create);

    const updated = await stack.token(update(PhysicalResourceId, { VisionOneRegion: 'eu' }));

    expect(updated).toMatchObject({ Status: 'FAILED', PhysicalResourceId });
    expect(updated.Reason).toMatch(/region us.*now eu/s);
  });

  test('lets the region of what was adopted change: nothing was generated there', async () => {
    const updated = await stack.token(update('adopted:us-1/us/none', { VisionOneRegion: 'eu' }));

    expect(updated).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'adopted:us-1/us/none' });
  });

  test('another Cloud One region is another connection: a new token, and the old connector goes', async () => {
    const before = await stack.token(create);
    fixture.vendors.setFaults([{ ...LOOK, host: '*de-1*', status: 404 }]);

    const updated = await stack.token(update(before.PhysicalResourceId, { CloudOneRegion: 'de-1' }));
    const after = stack.secret.value;
    await stack.token(remove(before.PhysicalResourceId));

    expect(updated.PhysicalResourceId).toBe(`created:de-1/us/${after?.connectorId}`);
    expect(held(fixture).connectors).toEqual([after?.connectorId]);
    expect(stack.secret.value).toBe(after);
  });
});

describe('while the account is still connected', () => {
  test('the connector stays, for deleting it would cut the connection', async () => {
    const { PhysicalResourceId } = await stack.token(create);
    await stack.connection(createConnection);

    const deleted = await stack.token(remove(PhysicalResourceId));

    expect(deleted.Status).toBe('FAILED');
    expect(deleted.Reason).toContain('still connected');
    expect(held(fixture).connectors).toHaveLength(1);
  });

  test('the user may let the deletion pass', async () => {
    const { PhysicalResourceId: physicalId } = await stack.token(create);
    await stack.connection(createConnection);
    const properties = { ...TOKEN_PROPERTIES, OnVendorDeleteFailure: 'Continue' };

    expect(await stack.token({ type: 'Delete', properties, physicalId })).toMatchObject({
      Status: 'SUCCESS',
    });
  });

  test('an unused connector goes: the connection is somebody else’s', async () => {
    const { PhysicalResourceId } = await stack.token(create);
    fixture.vendors.setFaults([{ ...LOOK, body: { registration: { status: 'connected' } } }]);
    const connection = await stack.connection(createConnection);

    const deleted = await stack.token(remove(PhysicalResourceId));

    expect(connection.PhysicalResourceId).toBe('adopted:us-1');
    expect(deleted.Status).toBe('SUCCESS');
    expect(held(fixture).connectors).toEqual([]);
  });

  test('one that the user has disconnected by hand is no obstacle', async () => {
    const { PhysicalResourceId } = await stack.token(create);
    await stack.connection(createConnection);
    fixture.vendors.reset();

    expect(await stack.token(remove(PhysicalResourceId))).toMatchObject({ Status: 'SUCCESS' });
  });

  test.each([404, 405])('where that cannot be asked (%i), the connector goes', async (status) => {
    const { PhysicalResourceId } = await stack.token(create);
    await stack.connection(createConnection);
    fixture.vendors.setFaults([{ ...LOOK, status }]);

    expect(await stack.token(remove(PhysicalResourceId))).toMatchObject({ Status: 'SUCCESS' });
    expect(held(fixture).connectors).toEqual([]);
  });
});

/** The vendor did nothing. */
const REFUSALS: Readonly<Record<string, Fault>> = {
  '400': { status: 400 },
  '401': { status: 401, body: { error: { code: 'InvalidCredentials', message: 'Not you.' } } },
  '403': { status: 403 },
  '404': { status: 404 },
  '405': { status: 405 },
  '409': { status: 409 },
  '413': { status: 413 },
  '429': { status: 429, headers: { 'retry-after': '0' } },
  '429 for an hour': { status: 429, headers: { 'retry-after': '3600' } },
  '491, of the vendor’s own making': { status: 491 },
  '500': { status: 500 },
  '503': { status: 503, headers: {} },
  'an HTML page': { action: 'html' },
  'an empty answer': { status: 200, body: '' },
  'wrong types': { status: 200, body: { token: 1, connectorId: {}, registration: 'x' } },
  'a redirect': { action: 'redirect' },
  'a reset': { action: 'reset' },
};

/** The vendor acted, and the answer does not tell. */
const LOST: Readonly<Record<string, Fault>> = {
  'a reset': { action: 'reset', afterEffect: true },
  'a cut answer': { action: 'reset-mid-body' },
  'half an answer': { action: 'truncate' },
  '500': { status: 500, afterEffect: true },
  'an HTML page': { action: 'html', afterEffect: true },
};

describe('Vision One does not generate', () => {
  test.each(Object.entries(REFUSALS))('%s: the message helps, and nothing is left', async (_name, fault) => {
    fixture.vendors.setFaults([{ ...fault, ...GENERATE }]);

    const token = await stack.token(create);
    const deleted = await stack.token(remove(token.PhysicalResourceId));

    expect(token.Status).toBe('FAILED');
    expect(token.Reason).toMatch(/^Vision One enrolment token: .*Trend Vision One.*\./);
    expect(token.Reason).toContain(GENERATE.path);
    expect(deleted.Status).toBe('SUCCESS');
    expect(held(fixture)).toEqual({ connected: false, connectors: [] });
    expect(fixture.output() + JSON.stringify(token)).not.toContain(fixture.vendors.tenant.visionOneApiKey);
  });

  test.each([401, 403])('%i: the cure names the key and its region', async (status) => {
    fixture.vendors.setFaults([{ ...GENERATE, status }]);

    expect((await stack.token(create)).Reason).toMatch(/API Keys.*VisionOneRegion/s);
  });
});

describe('the answer of a generation is lost', () => {
  test.each(Object.entries(LOST))('once (%s): another token is generated', async (_name, fault) => {
    fixture.vendors.setFaults([{ ...fault, ...GENERATE, times: 1 }]);

    const token = await stack.token(create);
    const [lost] = held(fixture).connectors;
    await stack.token(remove(token.PhysicalResourceId));

    expect(token.Status).toBe('SUCCESS');
    expect(held(fixture).connectors).toEqual([lost]);
    expect(fixture.output()).toContain('lapses unused');
  });

  test.each(Object.entries(LOST))(
    'for good (%s): the message tells what may be left',
    async (_name, fault) => {
      fixture.vendors.setFaults([{ ...fault, ...GENERATE }]);

      const token = await stack.token(create);

      expect(token).toMatchObject({
        Status: 'FAILED',
        PhysicalResourceId: expect.stringMatching(/^failed:/),
      });
      expect(token.Reason).toMatch(/lapses by itself.*Product Connector/s);
    },
  );
});

const everyFault = [...Object.values(REFUSALS), ...Object.values(LOST)];

/** A deletion that is answered as done, or as of something absent, counts as done. */
const isNoLie = ({ status, afterEffect }: Fault) =>
  afterEffect === true || (status !== 200 && status !== 404);

/** Everything but lost answers of the generation itself, of which nobody can know. */
const trouble = fc.oneof(
  fc.record({ call: fc.constant(GENERATE), fault: fc.constantFrom(...Object.values(REFUSALS)) }),
  fc.record({ call: fc.constant(LOOK), fault: fc.constantFrom(...everyFault) }),
  fc.record({ call: fc.constant(TAKE_BACK), fault: fc.constantFrom(...everyFault.filter(isNoLie)) }),
);

test('whatever goes wrong in whatever order, the two resources leave what there was', {
  timeout: 120_000,
}, async () => {
  const seeds = fc.constantFrom<Seed>({}, { visionOneConnection: { status: 'connected' } });
  const troubles = fc.array(
    fc.option(fc.record({ trouble, times: fc.integer({ min: 1, max: 5 }), skip: fc.nat(2) }), {
      nil: undefined,
    }),
    { minLength: 4, maxLength: 4 },
  );

  await fc.assert(
    fc.asyncProperty(seeds, troubles, async (seed, planned) => {
      fixture.vendors.reset({}, seed);
      const atStart = held(fixture);
      const fresh = new VisionOneStack(fixture);
      const remaining = [...planned];
      const disturbed = async <T>(act: () => Promise<T>): Promise<T> => {
        const next = remaining.shift();
        fixture.vendors.setFaults(
          next === undefined
            ? []
            : [{ ...next.trouble.fault, ...next.trouble.call, times: next.times, skip: next.skip }],
        );
        const result = await act();
        fixture.vendors.setFaults([]);
        return result;
      };
      /** A deletion may fail, and is repeated when nothing is in its way. */
      const deleted = async (act: () => Promise<{ Status: string; Reason?: string }>) => {
        if ((await disturbed(act)).Status === 'FAILED') {
          expect(await act()).toMatchObject({ Status: 'SUCCESS' });
        }
      };

      const token = await disturbed(() => fresh.token(create));
      if (token.Status === 'SUCCESS') {
        const connection = await disturbed(() => fresh.connection(createConnection));
        const ours = (answer: { PhysicalResourceId: string }) =>
          answer.PhysicalResourceId.startsWith('created:');
        if (connection.Status === 'SUCCESS') {
          expect(held(fixture)).toEqual({
            connected: true,
            connectors: ours(token) ? [token.PhysicalResourceId.split('/')[2]] : [],
          });
        }
        await deleted(() => fresh.connection(removeConnection(connection.PhysicalResourceId)));
      }
      await deleted(() => fresh.token(remove(token.PhysicalResourceId)));

      expect(held(fixture)).toEqual(atStart);
      expect([fresh.mark.value, fresh.secret.value]).toEqual(['none', undefined]);
    }),
    { numRuns: 150 },
  );
});
