/** Everything that there is to rehearse, each by the arguments that `npm start -- …` rehearses it with. */
import { tmpdir } from 'node:os';
import { parseOptions, type RehearsalOptions } from '../options.ts';
import { DEFAULT_SCENARIO, SCENARIOS } from '../scenarios/scenarios.ts';
import type { Step } from '../step.ts';

/** What is rehearsed by itself, from an empty AWS to an empty AWS. */
export interface Course {
  readonly kind: 'course';
  /** The arguments, as one types them. */
  readonly name: string;
  readonly args: readonly string[];
}

/** A deployment that fails at one step and is rolled back. */
export interface FailingDeployment {
  readonly kind: 'failing deployment';
  readonly name: string;
  readonly options: RehearsalOptions;
  readonly step: Step;
}

export type Planned = Course | FailingDeployment;

/** Rules that drop some records of the generated files, and whole files of none. */
const FILTER = 'rehearsal/input/filter.json';

const OPTIONS: readonly (readonly string[])[] = [
  [],
  ['--destination', 'visionone'],
  ['--existing-bucket'],
  ['--existing-bucket', '--destination', 'visionone'],
  ['--enrolment', 'api-key'],
  ['--filter', FILTER],
];

/**
 * The options that failing deployments are rehearsed with: together they have every resource of the template. Where
 * they share a step, it fails with the first, where most is at stake: somebody else's notifications.
 */
const FAILING_OPTIONS: readonly (readonly string[])[] = [
  ['--existing-bucket'],
  ['--destination', 'visionone', '--enrolment', 'api-key'],
  // The other stacks, each by the scenario that is of it.
  ...SCENARIOS.filter(({ stack }) => stack !== undefined).map(({ name }) => ['--scenario', name]),
];

/** Vendor calls differ with the destination although their names do not, so they fail with each. */
const isSharedStep = ({ id }: Step) => id.includes(':');

/** Every combination of options, and every scenario. */
export function courses(): Course[] {
  const scenarios = SCENARIOS.filter(({ name }) => name !== DEFAULT_SCENARIO);
  return [...OPTIONS, ...scenarios.map(({ name }) => ['--scenario', name])].map((args) => ({
    kind: 'course',
    name: args.length === 0 ? 'without options' : args.join(' '),
    args,
  }));
}

/**
 * Every step, with options under which there is one.
 *
 * @param stepsUnder the steps that a deployment with given options has.
 */
export async function failingDeployments(
  stepsUnder: (options: RehearsalOptions) => Promise<readonly Step[]>,
): Promise<FailingDeployment[]> {
  const planned: FailingDeployment[] = [];
  for (const args of FAILING_OPTIONS) {
    const options = parseOptions(args, tmpdir());
    const known = new Set(
      planned
        .filter((other) => other.options.scenario === options.scenario)
        .map(({ step }) => step)
        .filter(isSharedStep)
        .map(({ id }) => id),
    );
    const steps = (await stepsUnder(options)).filter(({ id }) => !known.has(id));
    planned.push(
      ...steps.map((step) => ({
        kind: 'failing deployment' as const,
        name: [...args, '--fail-at', step.id].join(' '),
        options,
        step,
      })),
    );
  }
  return planned;
}

/** A pattern that was given matches no name: what it is meant for has another by now, or never was. */
export class NothingMatchesError extends Error {
  override readonly name = 'NothingMatchesError';
}

/**
 * What one of the patterns matches; everything where there are none.
 *
 * @throws NothingMatchesError for a pattern that matches nothing.
 */
export function chosen<P extends Pick<Planned, 'name'>>(
  everything: readonly P[],
  only: readonly RegExp[],
): readonly P[] {
  for (const pattern of only) {
    if (!everything.some(({ name }) => pattern.test(name))) {
      throw new NothingMatchesError(
        `Nothing is called like ${pattern}. See npm run rehearse:all -- --list for what there is.`,
      );
    }
  }
  return only.length === 0
    ? everything
    : everything.filter(({ name }) => only.some((pattern) => pattern.test(name)));
}
