import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { VISION_ONE_REGIONS } from '../../../contract/regions.ts';
import {
  deleteConnector,
  generateEnrolmentToken,
  type VisionOneAccess,
} from '../../../lambda/vendors/visionone-enrolment.ts';
import { type Simulator, startSimulator } from '../../../rehearsal/vendors/simulator.ts';

let vendors: Simulator;
beforeAll(async () => {
  vendors = await startSimulator();
});
afterAll(() => vendors.close());
beforeEach(() => {
  vendors.reset();
  vi.stubEnv('VENDOR_ENDPOINT_OVERRIDE', vendors.url);
});
afterEach(() => vi.unstubAllEnvs());

const access = (changed: Partial<VisionOneAccess> = {}): VisionOneAccess => ({
  apiKey: vendors.tenant.visionOneApiKey,
  region: 'us',
  step: 'Vision One enrolment token',
  signal: new AbortController().signal,
  ...changed,
});
const connectors = () => vendors.state().registered.visionOneConnectors;

describe('generating a token', () => {
  test('gives the token, the connector and when the token lapses', async () => {
    const generated = await generateEnrolmentToken(access());

    const [connector] = connectors();
    expect(generated).toEqual({
      token: expect.stringContaining('.'),
      connectorId: connector?.connectorId,
      expiresAt: Date.parse(connector?.tokenExpireTime ?? ''),
    });
  });

  test.each(VISION_ONE_REGIONS)('reaches Vision One in %s', async (region) => {
    vendors.reset({ visionOneRegion: region });

    await expect(generateEnrolmentToken(access({ region }))).resolves.toHaveProperty('connectorId');
  });

  test.each([
    ['2027-01-15T08:00:00Z', 1_800_000_000_000],
    [1_800_000_000_000, 1_800_000_000_000],
    [1_800_000_000, 1_800_000_000_000],
    ['1800000000', 1_800_000_000_000],
    ['tomorrow', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('understands %j as the time when it lapses', async (tokenExpireTime, expiresAt) => {
    vendors.setFaults([
      {
        body: { token: 't', connectorId: 'c', ...(tokenExpireTime === undefined ? {} : { tokenExpireTime }) },
      },
    ]);

    expect((await generateEnrolmentToken(access())).expiresAt).toBe(expiresAt);
  });

  test('is not tried again where the vendor may have acted', async () => {
    vendors.setFaults([{ status: 500, afterEffect: true }]);

    await expect(generateEnrolmentToken(access())).rejects.toMatchObject({ status: 500, mayHaveActed: true });
    expect(connectors()).toHaveLength(1);
  });
});

describe('deleting a connector', () => {
  test('deletes it', async () => {
    const { connectorId } = await generateEnrolmentToken(access());

    await deleteConnector(access(), connectorId);

    expect(connectors()).toEqual([]);
  });

  test('takes one that is absent for deleted', async () => {
    await expect(deleteConnector(access(), 'gone')).resolves.toBeUndefined();
  });

  test('never leaves its path, whatever the id', async () => {
    await deleteConnector(access(), '../../../beta/cam/awsAccounts/1?x=');

    expect(vendors.state().calls.map(({ path }) => path)).toEqual([
      '/v2.0/xdr/portal/connectors/onpremise/..%2F..%2F..%2Fbeta%2Fcam%2FawsAccounts%2F1%3Fx%3D',
    ]);
  });

  test('names the key and its region where it is refused', async () => {
    await expect(deleteConnector(access({ apiKey: 'wrong' }), 'x')).rejects.toThrow(/401.*VisionOneRegion/s);
  });
});
