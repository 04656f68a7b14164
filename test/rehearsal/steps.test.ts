import { afterAll, describe, expect, test } from 'vitest';
import { NAMED_CAUSE, stepNamed, stepsOf, UnknownStepError } from '../../rehearsal/steps.ts';
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

describe.each(WAYS)('the steps of a deployment to $destination, with $enrolment', (way) => {
  const steps = stepsOf(way);

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

  test('are found by their id', () => {
    for (const step of steps) {
      expect(stepNamed(step.id, way)).toBe(step);
    }
  });

  test('an unknown one is refused, and the known ones listed', () => {
    const find = () => stepNamed('toString', way);

    expect(find).toThrow(UnknownStepError);
    expect(find).toThrow(
      `There is no step "toString". The steps are: ${steps.map(({ id }) => id).join(', ')}.`,
    );
  });
});

test('only Cloud One has a token and a lifecycle', () => {
  const ids = (destination: 'cloudone' | 'visionone') =>
    stepsOf({ destination, enrolment: 'token' }).map(({ id }) => id);

  expect(ids('cloudone').filter((id) => !ids('visionone').includes(id))).toEqual([
    'cloudtrail-token',
    'forwarding-lifecycle',
  ]);
});

test('an API key generates a token first, and so each look at the connection comes one later', () => {
  const steps = (enrolment: 'token' | 'api-key') => stepsOf({ destination: 'cloudone', enrolment });
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
