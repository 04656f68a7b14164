/** Every resource, every operation, every fault at every call: the right kind of answer, and nothing left or doubled. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../../rehearsal/vendors/simulator.ts';
import { LifecycleDriver } from '../shared/lifecycle-driver.ts';
import { type Operation, operationsOf } from './operations.ts';
import { isOurs, type Subject } from './subject.ts';
import { SUBJECTS } from './subjects.ts';
import { startWorld, type World } from './world.ts';

interface Row {
  readonly name: string;
  readonly fault: Fault;
  /** What comes of it where it strikes once: another try helps, or the answer depends on the call. */
  readonly once: 'succeeds' | 'depends';
  /** What comes of it where it strikes at every call from then on. */
  readonly forGood: 'fails' | 'depends';
  /** What the message says then. */
  readonly says?: RegExp;
}

/** What the fault's answer holds, and nobody may repeat. */
const OPAQUE_TOKEN = 'opaqueTokenOfNoKnownShape';
const CREDENTIAL = /401|403/;
const TRY_AGAIN = /try again in some minutes/;

const passes = (name: string, fault: Fault, says = TRY_AGAIN): Row => {
  return { name, fault, once: 'succeeds', forGood: 'fails', says };
};
const stays = (name: string, fault: Fault, says?: RegExp): Row => {
  return { name, fault, once: 'depends', forGood: 'fails', says };
};
const depends = (name: string, fault: Fault): Row => {
  return { name, fault, once: 'depends', forGood: 'depends' };
};
/** Of a vendor. AWS is spoken to with its own client, which takes some of these for an empty answer. */
const garbled = (name: string, fault: Fault): Row => depends(name, { ...fault, host: '*.trendmicro.com' });

const ROWS: readonly Row[] = [
  stays('400', { status: 400 }, /400/),
  stays('401', { status: 401 }, CREDENTIAL),
  stays('403', { status: 403 }, CREDENTIAL),
  stays('403 in plain text', { status: 403, body: 'Forbidden' }, CREDENTIAL),
  depends('404', { status: 404 }),
  depends('405', { status: 405 }),
  depends('409', { status: 409 }),
  stays('413', { status: 413 }),
  stays('491', { status: 491 }, /491/),
  passes('429', { status: 429, headers: {} }),
  passes('429 with Retry-After in seconds', { status: 429, headers: { 'retry-after': '0' } }),
  passes('429 with a date in Retry-After', {
    status: 429,
    headers: { 'retry-after': 'Thu, 01 Jan 2026 00:00:00 GMT' },
  }),
  stays('429 with an hour in Retry-After', {
    host: '*.trendmicro.com',
    status: 429,
    headers: { 'retry-after': '3600' },
  }),
  passes('500', { status: 500 }),
  passes('502', { status: 502 }),
  passes('503 with Retry-After', { status: 503, headers: { 'retry-after': '0' } }),
  passes('504', { status: 504 }),
  passes('an effect, then 500', { status: 500, afterEffect: true }),
  garbled('an HTML page with 200', { action: 'html' }),
  garbled('an HTML page with 200, after the effect', { action: 'html', afterEffect: true }),
  passes('an HTML page with 502', { action: 'html', status: 502 }, /proxies|UnknownError|try again/),
  garbled('truncated JSON', { action: 'truncate' }),
  garbled('wrong types', {
    status: 200,
    body: { urn: 7, registration: 'x', externalId: {}, ID: '1', id: 5, deploymentURL: false },
    afterEffect: true,
  }),
  garbled('other JSON', { status: 200, body: ['unexpected'], afterEffect: true }),
  garbled('an empty answer', { status: 200, body: '', afterEffect: true }),
  stays('a redirect', { action: 'redirect' }),
  passes('a connection reset before anything was done', { action: 'reset' }, /ECONNRESET|socket|failed/),
  passes(
    'a connection reset after it was done',
    { action: 'reset', afterEffect: true },
    /ECONNRESET|socket|failed/,
  ),
  garbled('a connection reset in the middle of the answer', { action: 'reset-mid-body' }),
  stays('500 with a link that carries a token', {
    status: 500,
    body: { deploymentURL: `https://console.aws.amazon.com/#/?param_ServiceToken=${OPAQUE_TOKEN}&x=1` },
  }),
];

let world: World;
let elsewhere: ReturnType<typeof createServer>;
let visits = 0;
beforeAll(async () => {
  world = await startWorld();
  elsewhere = createServer((_request, response) => {
    visits += 1;
    response.end();
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  elsewhere.close();
  await world.close();
});
beforeEach(() => {
  visits = 0;
});

interface Run {
  readonly driver: LifecycleDriver;
  readonly atStart: readonly string[];
  /** Calls of the request in question. */
  readonly calls: readonly { readonly host: string; readonly path: string; readonly fault?: string }[];
}

/** Puts the resource through the operation, with faults in its first request only. */
async function run(subject: Subject, operation: Operation, faults: readonly Fault[]): Promise<Run> {
  const [scene] = subject.scenes;
  world.reset(scene?.vendors);
  await scene?.aws?.(world);
  const atStart = subject.held(world).sort();
  let armed = false;
  let callsBefore = 0;
  let callsAfter: number | undefined;
  const driver = new LifecycleDriver(
    world.sink,
    subject.coldStart(world, subject.properties),
    () => {
      world.vendors.setFaults(armed ? faults : []);
      armed = false;
      return { remainingMs: 300_000 };
    },
    () => {
      callsAfter ??= world.vendors.state().calls.length;
      world.vendors.setFaults([]);
    },
    { instance: (deployed) => subject.coldStart(world, deployed) },
  );
  await operation.prepare(driver);
  callsBefore = world.vendors.state().calls.length;
  callsAfter = undefined;
  armed = true;
  const before = driver.exchanges.length;
  await operation.perform(driver);
  const calls = world.vendors.state().calls.slice(callsBefore, callsAfter);
  driver.exchanges.splice(0, before);
  return { driver, atStart, calls };
}

/** Every call of a creation; of the others the first and the last, for they are largely the same calls. */
function struckCalls({ name }: Operation, calls: Run['calls']): number[] {
  const all = [...calls.keys()];
  return name === 'create' ? all : all.filter((index) => index === 0 || index === calls.length - 1);
}

/** Calls whose failure the resource gets over: a look for doubles, a look after a failure, a farewell. */
function isOptional(
  { name }: Subject,
  { name: operation }: Operation,
  index: number,
  calls: Run['calls'],
): boolean {
  return (
    (name === 'WorkloadSecurityConnector' &&
      calls[index]?.path.endsWith('/search') === true &&
      calls.slice(0, index).some(({ path }) => path.endsWith('/awsconnectors'))) ||
    (name === 'CloudTrailLifecycle' && operation === 'delete')
  );
}

function assertOrder(subject: Subject, { driver, atStart }: Run): void {
  const { live } = driver;
  expect(subject.held(world).sort()).toEqual(
    [...atStart, ...(isOurs(live) ? subject.madeFor(live) : [])].sort(),
  );
  subject.assertMore?.(world, live);
  for (const { puts } of driver.exchanges) {
    expect(puts).toHaveLength(1);
  }
  const shown = world.output() + JSON.stringify(driver.exchanges.map(({ puts }) => puts));
  for (const secret of [...world.secrets(), OPAQUE_TOKEN]) {
    expect(shown).not.toContain(secret);
  }
}

describe.each(SUBJECTS)('$name', (subject) => {
  describe.each(operationsOf(subject))('$name', (operation) => {
    test('in peace', async () => {
      const quiet = await run(subject, operation, []);

      assertOrder(subject, quiet);
    });

    test.each(operation.thorough ? ROWS : [])('$name', async ({ fault, once, forGood, says }) => {
      const quiet = await run(subject, operation, []);
      const inPeace = quiet.driver.exchanges[0]?.answer?.Status;
      for (const index of struckCalls(operation, quiet.calls)) {
        const isVendors = quiet.calls[index]?.host.endsWith('.trendmicro.com') === true;
        if (fault.host !== undefined && !isVendors) {
          continue;
        }
        const skip = quiet.calls
          .slice(0, index)
          .filter(({ host }) => fault.host === undefined || host.endsWith('.trendmicro.com')).length;
        if (once === 'succeeds') {
          const struckOnce = await run(subject, operation, [{ ...fault, skip, times: 1 }]);
          assertOrder(subject, struckOnce);
          expect(struckOnce.driver.exchanges[0]?.answer?.Status).toBe(inPeace);
        }

        const struck = await run(subject, operation, [{ ...fault, skip }]);
        const saysGone = fault.status === 404 && operation.name === 'delete';
        // Whoever says that it is gone is believed, as anybody who deletes it by hand must be.
        if (!saysGone) {
          assertOrder(subject, struck);
        }
        const answer = struck.driver.exchanges[0]?.answer;
        // A call more or less, after a connection that a run before has broken, shifts what the fault strikes.
        const strikes = struck.calls.some(({ fault: label }) => label !== undefined);
        expect(strikes || index > 0).toBe(true);
        if (forGood === 'fails' && strikes && !isOptional(subject, operation, index, quiet.calls)) {
          expect(answer?.Status).toBe('FAILED');
          if (isVendors) {
            expect(answer?.Reason).toMatch(says ?? /./);
          }
        }
        if (answer?.Status === 'FAILED') {
          expect(answer.Reason).toMatch(subject.step);
        }
        expect(world.vendors.state().calls.map(({ host }) => host)).not.toContain('redirected.invalid');
      }
    });

    test('a redirect to another host takes no credential there', async () => {
      const { port } = elsewhere.address() as AddressInfo;
      const location = `http://127.0.0.1:${port}/`;
      const fault = { action: 'redirect', headers: { location } } as const;

      const struck = await run(subject, operation, [fault]);

      assertOrder(subject, struck);
      expect(visits).toBe(0);
    });

    // A destination is sent a token of its own, which other tests have echoed.
    test.skipIf(['DestinationProbe', 'CloudTrailLifecycle'].includes(subject.name))(
      'a refusal that echoes the credential does not show it',
      async () => {
        const { cloudOneApiKey, visionOneApiKey } = world.vendors.tenant;
        const echo = (host: string, key: string) => {
          return { host, status: 400, body: { message: `Not accepted: ${key}` } };
        };

        const struck = await run(subject, operation, [
          echo('api.xdr.trendmicro.com', visionOneApiKey),
          echo('*.trendmicro.com', cloudOneApiKey),
        ]);

        assertOrder(subject, struck);
      },
    );
  });
});
