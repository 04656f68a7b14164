import { describe, expect, test } from 'vitest';
import { deploy, type ParameterValues } from '../deployment.ts';
import { pathOf, referencesIn, type Template } from '../template.ts';

const CHOICES = {
  CreateNewTrail: ['true', 'false'],
  ForwardingDestination: ['CloudOne', 'VisionOne'],
  VisionOneServiceToken: ['', 'token'],
  TrailKeyArn: ['', 'arn:aws:kms:us-east-1:111122223333:key/theirs'],
  CloudOneAccountTemplateUrl: ['', 'https://example.com/template'],
};

/** Every combination of the parameters that decide what exists. */
export const DEPLOYMENTS: readonly ParameterValues[] = Object.entries(CHOICES).reduce<ParameterValues[]>(
  (combinations, [name, values]) =>
    combinations.flatMap((combination) => values.map((value) => ({ ...combination, [name]: value }))),
  [{}],
);

/** What exists besides what always does, by its construct's path. */
const CONDITIONAL: readonly [when: string, ParameterValues, paths: readonly RegExp[]][] = [
  ['a new trail', { CreateNewTrail: 'true' }, [/^NewTrail\//]],
  ['an existing bucket', { CreateNewTrail: 'false' }, [/^ExistingBucket\//]],
  [
    'forwarding to Cloud One',
    { ForwardingDestination: 'CloudOne' },
    [
      /^Onboarding\/CloudTrailToken(\/|$)/,
      /^Onboarding\/ServiceToken$/,
      /^Onboarding\/TokenRotation\//,
      /^Forwarding\/CloudTrailLifecycle(\/|$)/,
    ],
  ],
  ['forwarding to Vision One', { ForwardingDestination: 'VisionOne' }, [/^VisionOneIngestTokenSecret$/]],
  ['an enrolment token', { VisionOneServiceToken: 'token' }, [/^VisionOneServiceTokenSecret$/]],
];

export function conditionTests(template: Template): void {
  test.each(CONDITIONAL)('%s decides about what belongs to it, and nothing else', (_when, choice, paths) => {
    const decidedHere = (path: string) => paths.some((pattern) => pattern.test(path));
    const everything = Object.values(template.Resources).map(pathOf);

    expect(everything.filter(decidedHere)).not.toEqual([]);
    for (const parameters of DEPLOYMENTS) {
      const isChosen = Object.entries(choice).every(([name, value]) => parameters[name] === value);
      const existing = Object.values(deploy(template, parameters).Resources).map(pathOf);
      expect(existing.filter(decidedHere)).toEqual(isChosen ? everything.filter(decidedHere) : []);
    }
  });

  test('everything else always exists', () => {
    const decided = CONDITIONAL.flatMap(([, , paths]) => paths);
    const conditional = Object.values(template.Resources).filter(({ Condition }) => Condition !== undefined);

    const undecided = conditional
      .map(pathOf)
      .filter((path) => !decided.some((pattern) => pattern.test(path)));
    expect(undecided).toEqual([]);
  });

  describe.each(DEPLOYMENTS.map((parameters) => [JSON.stringify(parameters), parameters] as const))(
    '%s',
    (_name, parameters) => {
      test('what exists refers to nothing that does not', () => {
        const { Resources, Outputs } = deploy(template, parameters);
        const known = (name: string) =>
          name.startsWith('AWS::') ||
          Object.hasOwn(Resources, name) ||
          Object.hasOwn(template.Parameters, name);

        for (const [id, value] of [...Object.entries(Resources), ...Object.entries(Outputs)]) {
          const dangling = [...referencesIn(value)].filter((name) => !known(name));
          expect({ [id]: dangling }).toEqual({ [id]: [] });
        }
      });
    },
  );
}
