/**
 * Whatever goes wrong in whatever order: what the vendor holds at the end is what it held at the start, plus
 * exactly what CloudFormation believes that we created.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { registrationOf } from '../../../lambda/shared/custom-resource.ts';
import type { Fault, Seed } from '../../../rehearsal/vendors/simulator.ts';
import { LifecycleDriver, type LiveResource } from '../shared/lifecycle-driver.ts';
import { AWS_ACCOUNT, type Fixture, OTHER_ROLE, PROPERTIES, registrations, startFixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());
beforeEach(() => fixture.reset());

/** The vendor did nothing, and says so, or it does not get that far. */
const refusals: readonly Fault[] = [
  { status: 400 },
  { status: 401 },
  { status: 403 },
  { status: 405 },
  { status: 429, headers: { 'retry-after': '0' } },
  { status: 500 },
  { status: 503, headers: {} },
  { action: 'html' },
  { action: 'redirect' },
  { action: 'reset' },
];
/** The vendor did it, and the answer does not tell. */
const lostAnswers: readonly Fault[] = [
  { action: 'reset', afterEffect: true },
  { action: 'reset-mid-body' },
  { action: 'truncate' },
  { status: 500, afterEffect: true },
  { status: 503, headers: {}, afterEffect: true },
  { action: 'html', afterEffect: true },
  { action: 'hang', afterEffect: true },
];

const fault = fc
  .record({
    kind: fc.constantFrom(...refusals, ...lostAnswers),
    method: fc.constantFrom('*', 'GET', 'POST', 'DELETE'),
    skip: fc.nat(3),
    times: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
  })
  .map(
    ({ kind, method, skip, times }): Fault => ({
      ...kind,
      skip,
      ...(method === '*' ? {} : { method }),
      times,
    }),
  );

/** One fault, or none, for each request in turn. */
const faults = fc.array(fc.option(fault, { nil: undefined, freq: 3 }), { minLength: 8, maxLength: 8 });

interface Scenario {
  readonly resource: 'connection' | 'connector' | 'cloudAccount';
  readonly variants: readonly Readonly<Record<string, string>>[];
  readonly seeds: readonly Seed[];
  /** What the vendor must hold on top of its seed for a resource that we created. */
  readonly held: (live: LiveResource) => object;
}

const role = (name: string) => `arn:aws:iam::${AWS_ACCOUNT}:role/${name}`;
const scenarios: readonly Scenario[] = [
  {
    resource: 'connection',
    variants: [{ Revision: '1' }, { Revision: '2' }],
    seeds: [{}, { visionOneConnection: { status: 'connected' } }],
    held: () => ({ connection: 1 }),
  },
  {
    resource: 'connector',
    variants: [{ RoleArn: role('A') }, { RoleArn: role('B') }, { RoleArn: role('A'), DisplayName: 'other' }],
    seeds: [
      {},
      {
        workloadConnectors: [
          { displayName: 'theirs', accountId: AWS_ACCOUNT, crossAccountRoleArn: OTHER_ROLE },
        ],
      },
    ],
    held: ({ properties }) => ({
      connectors: [{ crossAccountRoleArn: properties.RoleArn, displayName: properties.DisplayName }],
    }),
  },
  {
    resource: 'cloudAccount',
    variants: [{ RoleArn: role('A') }, { RoleArn: role('B') }, { RoleArn: role('A'), Alias: 'other' }],
    seeds: [{}, { cloudAccounts: [{ roleARN: OTHER_ROLE, alias: 'theirs' }] }],
    held: ({ properties }) => ({
      cloudAccounts: [{ roleARN: properties.RoleArn, alias: properties.Alias }],
    }),
  },
];

test.each(scenarios)('$resource', { timeout: 120_000 }, async ({ resource, variants, seeds, held }) => {
  const { vendors, sink, handlers } = fixture;
  const steps = fc.array(fc.constantFrom(...variants), { minLength: 1, maxLength: 3 });

  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom(...seeds), faults, async (changes, seed, troubles) => {
      vendors.reset({}, seed);
      const atStart = registrations(fixture);
      const remaining = [...troubles];
      const disturb = () => {
        const trouble = remaining.shift();
        vendors.setFaults(trouble === undefined ? [] : [trouble]);
        return { remainingMs: trouble?.action === 'hang' ? 400 : 300_000 };
      };
      const driver = new LifecycleDriver(sink, handlers[resource], disturb, () => vendors.setFaults([]));

      for (const change of changes) {
        await driver.update({ ...PROPERTIES[resource], ...change });
        const { live } = driver;
        const ours = live !== undefined && registrationOf(live.physicalId)?.origin === 'created';
        expect(registrations(fixture)).toEqual({ ...atStart, ...(ours ? held(live) : {}) });
      }
      await driver.delete();

      expect(registrations(fixture)).toEqual(atStart);
    }),
    { numRuns: 100 },
  );
});
