import { afterAll, afterEach, describe, expect, test } from 'vitest';
import {
  NAMED_CAUSE,
  stepGaps,
  stepNamed,
  stepsOf,
  UnknownStepError,
  vendorStepsOf,
} from '../../rehearsal/steps.ts';
import { parseFaults } from '../../rehearsal/vendors/faults.ts';
import { startSimulator } from '../../rehearsal/vendors/simulator.ts';

const simulator = await startSimulator();
afterAll(() => simulator.close());

/** A host and a path that a step's patterns stand for. */
const place = (pattern = '*', example = 'x') => pattern.replaceAll('*', example);

const LAST = {
  cloudone: 'forwarding-probe',
  visionone: 'forwarding-probe',
  vendorclient: 'vendor-client-lifecycle',
} as const;

const WAYS = (['cloudone', 'visionone', 'vendorclient'] as const).flatMap((destination) =>
  (['token', 'api-key'] as const).map((enrolment) => ({ destination, enrolment })),
);
const CLOUD_ONE = { destination: 'cloudone', enrolment: 'token' } as const;

describe.each(WAYS)('the vendor’s steps of a deployment to $destination, with $enrolment', (way) => {
  const steps = vendorStepsOf(way);

  test('have ids of their own, fit for a command line', () => {
    const ids = steps.map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z]+(-[a-z]+)*$/.test(id))).toEqual([]);
  });

  test('begin with the account look-up and end with the first word to the destination', () => {
    expect(steps[0]?.id).toBe('cloud-one-account');
    expect(steps.at(-1)?.id).toBe(LAST[way.destination]);
  });

  test.each(steps)('$id has a fault that the simulated vendors take', ({ fault }) => {
    expect(parseFaults([fault])).toEqual([fault]);
  });

  test.each(steps)('$id is refused, and the refusal is what a failure must name', async ({ fault }) => {
    simulator.setFaults([{ ...fault, skip: 0 }]);

    const response = await fetch(
      `${simulator.url}/${place(fault.host, 'us-1.cloudone.trendmicro.com')}${place(fault.path)}`,
      { method: fault.method ?? 'GET' },
    );

    expect(`answered ${response.status}: ${await response.text()}`).toMatch(NAMED_CAUSE);
  });

  test('come before those of AWS, and are found by their id like them', () => {
    const all = stepsOf(way, [{ logicalId: 'Queue', type: 'AWS::SQS::Queue' }]);

    expect(all.map(({ id }) => id)).toEqual([...steps.map(({ id }) => id), 'aws:Queue']);
    for (const step of all) {
      expect(stepNamed(step.id, all)).toBe(step);
    }
  });
});

describe('a vendor’s step', () => {
  const [step] = stepsOf(CLOUD_ONE, []);
  const stage = { simulator } as Parameters<NonNullable<typeof step>['arm']>[0];
  afterEach(() => simulator.setFaults([]));

  test('fails from when it is armed until it is disarmed', () => {
    step?.arm(stage);
    expect(simulator.state().faults).toMatchObject([{ status: 403, path: '/api/apikeys/*' }]);

    step?.disarm(stage);
    expect(simulator.state().faults).toEqual([]);
  });

  test.each([
    ['Cloud One account look-up: Cloud One answered 403: Simulated refusal of GET', true],
    ['Vision One connection: Cloud One answered 403: Simulated refusal of GET', false],
    ['Cloud One account look-up: something is wrong', false],
  ])('is named by %j: %j', (reason, expected) => {
    expect(step?.isNamedBy({ logicalId: 'Any', reason, rollBackReason: '' })).toBe(expected);
  });
});

test('an unknown step is refused, and the known ones listed', () => {
  const find = () => stepNamed('toString', stepsOf(CLOUD_ONE, []));

  expect(find).toThrow(UnknownStepError);
  expect(find).toThrow(/^There is no step "toString". The steps are:\n {2}cloud-one-account\n {2}vision-one/);
});

describe('the steps and the calls of a creation that succeeded', () => {
  const call = (method: string, path: string) => ({ at: 0, method, host: 'a.example', path, status: 200 });
  const step = (id: string, method: string, path: string, skip = 0) => ({
    id,
    named: /x/,
    fault: { method, path, skip, status: 403 },
  });

  test('agree where every call has a step and every step a call', () => {
    const calls = [call('GET', '/a'), call('POST', '/b'), call('GET', '/a')];

    expect(
      stepGaps(calls, [step('a', 'GET', '/a'), step('a2', 'GET', '/a', 1), step('b', 'POST', '/*')]),
    ).toEqual([]);
  });

  test('do not where a call is new: it is named once, however often it was made', () => {
    const calls = [call('GET', '/a'), call('PUT', '/new'), call('PUT', '/new')];

    expect(stepGaps(calls, [step('a', 'GET', '/a')])).toEqual([
      'The creation calls PUT a.example/new, and no step of rehearsal/steps.ts fails at it.',
    ]);
  });

  test('do not where a step is never got to', () => {
    expect(stepGaps([call('GET', '/a')], [step('a', 'GET', '/a'), step('again', 'GET', '/a', 1)])).toEqual([
      'The creation never gets to the step again of rehearsal/steps.ts.',
    ]);
  });
});

test('only Cloud One has a token and a lifecycle', () => {
  const ids = (destination: 'cloudone' | 'visionone') =>
    vendorStepsOf({ destination, enrolment: 'token' }).map(({ id }) => id);

  expect(ids('cloudone').filter((id) => !ids('visionone').includes(id))).toEqual([
    'cloudtrail-token',
    'forwarding-lifecycle',
  ]);
});

test('an API key generates a token first, and so each look at the connection comes one later', () => {
  const steps = (enrolment: 'token' | 'api-key') => vendorStepsOf({ destination: 'cloudone', enrolment });
  const looks = (enrolment: 'token' | 'api-key') =>
    steps(enrolment)
      .filter(({ fault }) => fault.path === '/api/connectors' && fault.method === 'GET')
      .map(({ id, fault }) => `${id} ${fault.skip}`);

  expect(looks('token')).toEqual(['vision-one-connection-look-up 0', 'vision-one-connection-poll 1']);
  expect(looks('api-key')).toEqual([
    'vision-one-token-look-up 0',
    'vision-one-connection-look-up 1',
    'vision-one-connection-poll 2',
  ]);
});

test.each([
  ['Vision One answered 403: Simulated refusal of GET /api/connectors', true],
  ['Vision One answered 403.\nIt says: Simulated refusal', true],
  ['Vision One answered 500: Simulated refusal', false],
  ['Vision One answered 403: no', false],
  ['Simulated refusal', false],
])('%j names the cause: %j', (message, expected) => {
  expect(NAMED_CAUSE.test(message)).toBe(expected);
});
