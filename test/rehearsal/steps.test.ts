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

describe.each(['cloudone', 'visionone', 'vendorclient'] as const)(
  'the steps of a deployment to %s',
  (destination) => {
    const steps = stepsOf(destination);

    test('have ids of their own, fit for a command line', () => {
      const ids = steps.map(({ id }) => id);

      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.filter((id) => !/^[a-z]+(-[a-z]+)*$/.test(id))).toEqual([]);
    });

    test('begin with the account look-up and end with the first word to the destination', () => {
      expect(steps[0]?.id).toBe('cloud-one-account');
      expect(steps.at(-1)?.id).toBe(LAST[destination]);
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
        expect(stepNamed(step.id, destination)).toBe(step);
      }
    });

    test('an unknown one is refused, and the known ones listed', () => {
      const find = () => stepNamed('toString', destination);

      expect(find).toThrow(UnknownStepError);
      expect(find).toThrow(
        `There is no step "toString". The steps are: ${steps.map(({ id }) => id).join(', ')}.`,
      );
    });
  },
);

test('only Cloud One has a token and a lifecycle', () => {
  const ids = (destination: 'cloudone' | 'visionone') => stepsOf(destination).map(({ id }) => id);

  expect(ids('cloudone').filter((id) => !ids('visionone').includes(id))).toEqual([
    'cloudtrail-token',
    'forwarding-lifecycle',
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
