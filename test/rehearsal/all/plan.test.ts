import { describe, expect, test } from 'vitest';
import { chosen, courses, failingDeployments, NothingMatchesError } from '../../../rehearsal/all/plan.ts';
import type { RehearsalOptions } from '../../../rehearsal/options.ts';
import { SCENARIOS } from '../../../rehearsal/scenarios/scenarios.ts';
import type { Step } from '../../../rehearsal/step.ts';

describe('the courses', () => {
  const names = courses().map(({ name }) => name);

  test('have every combination of options', () => {
    expect(names.slice(0, 4)).toEqual([
      'without options',
      '--destination visionone',
      '--existing-bucket',
      '--existing-bucket --destination visionone',
    ]);
  });

  test('have every scenario once; the default one is what options alone play', () => {
    const scenarios = names.filter((name) => name.startsWith('--scenario'));

    expect(scenarios).toEqual(SCENARIOS.slice(1).map(({ name }) => `--scenario ${name}`));
  });
});

describe('the failing deployments', () => {
  const step = (id: string): Step => ({ id, arm: () => {}, disarm: () => {}, isNamedBy: () => true });
  const stepsUnder = async ({ existingBucket, destination, scenario }: RehearsalOptions) => [
    step('look-up'),
    step(`aws:${existingBucket ? 'Existing' : 'New'}Bucket`),
    step('aws:Queue'),
    ...(destination === 'visionone' ? [step('aws:IngestSecret')] : [step('token')]),
    ...(scenario === 'audit' ? [step('aws:RawBucket')] : []),
  ];

  test('have every step, those that the template shares once, and those of vendors with each destination', async () => {
    const planned = await failingDeployments(stepsUnder);

    expect(planned.map(({ name }) => name)).toEqual([
      '--existing-bucket --fail-at look-up',
      '--existing-bucket --fail-at aws:ExistingBucket',
      '--existing-bucket --fail-at aws:Queue',
      '--existing-bucket --fail-at token',
      '--destination visionone --enrolment api-key --fail-at look-up',
      '--destination visionone --enrolment api-key --fail-at aws:NewBucket',
      '--destination visionone --enrolment api-key --fail-at aws:IngestSecret',
      // Of another stack, which shares no step however it is called.
      '--scenario audit --fail-at look-up',
      '--scenario audit --fail-at aws:NewBucket',
      '--scenario audit --fail-at aws:Queue',
      '--scenario audit --fail-at token',
      '--scenario audit --fail-at aws:RawBucket',
    ]);
  });

  test('are deployed with the options that they are named by', async () => {
    const planned = await failingDeployments(stepsUnder);

    expect(planned[0]?.options).toMatchObject({ existingBucket: true, destination: 'cloudone' });
    expect(planned[6]?.options).toMatchObject({ existingBucket: false, destination: 'visionone' });
    expect(planned.at(-1)?.options).toMatchObject({ scenario: 'audit' });
  });
});

describe('what is chosen', () => {
  const all = ['--fail-at aws:Key', '--fail-at aws:Queue', '--scenario update'].map((name) => ({ name }));

  test('is everything without a pattern', () => {
    expect(chosen(all, [])).toEqual(all);
  });

  test('is what one of the patterns matches, each once', () => {
    expect(chosen(all, [/Queue/, /aws:Q/, /^--scenario/]).map(({ name }) => name)).toEqual([
      '--fail-at aws:Queue',
      '--scenario update',
    ]);
  });

  test('is refused where one of them matches nothing', () => {
    const choose = () => chosen(all, [/Queue/, /Topic/]);

    expect(choose).toThrow(NothingMatchesError);
    expect(choose).toThrow('Nothing is called like /Topic/.');
  });
});
