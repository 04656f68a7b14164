/** The templates as `npm run synth` writes them, and the steps that their deployment has. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parametersOf } from './acts/bootstrap.ts';
import { STACK } from './acts/stack.ts';
import { cdk } from './cdk.ts';
import type { RehearsalOptions } from './options.ts';
import type { Parameters } from './scenarios/scenario.ts';
import { scenarioNamed } from './scenarios/scenarios.ts';
import { REGION } from './stage.ts';
import type { Step } from './step.ts';
import { otherStepsOf, stepsOf } from './steps.ts';
import { readTemplate, resourcesUnder } from './template.ts';
import { defaultTenant } from './vendors/tenant.ts';

/** Conditions ask only whether one was given. */
const ANY_TEMPLATE_URL = 'https://example.com/account.template';

/** @throws CdkError */
export async function synthesize(assembly: string, log: string): Promise<void> {
  await cdk(['synth', '--quiet', '--output', assembly], { log });
}

/**
 * The steps of the deployment that the options ask for, read from the synthesized template.
 *
 * @throws TemplateNotUnderstoodError
 */
export async function stepsIn(
  assembly: string,
  options: Pick<RehearsalOptions, 'scenario' | 'destination' | 'enrolment' | 'existingBucket'>,
): Promise<readonly Step[]> {
  const { stack } = scenarioNamed(options.scenario);
  const resources = async (name: string, given: Parameters) =>
    resourcesUnder(await readTemplate(assembly, name), {
      ...given,
      'AWS::Region': REGION,
      'AWS::Partition': 'aws',
    });
  if (stack !== undefined) {
    return otherStepsOf(stack, await resources(stack.name, stack.parametersOf(defaultTenant)));
  }
  const given = parametersOf({ simulator: { tenant: defaultTenant } }, options, ANY_TEMPLATE_URL);
  return stepsOf(options, await resources(STACK, given));
}

/** The same without a stage that holds an assembly: synthesizes in a temporary folder. */
export async function listSteps(options: RehearsalOptions): Promise<readonly Step[]> {
  const folder = await mkdtemp(join(tmpdir(), 'trailbridge-steps-'));
  try {
    await synthesize(join(folder, 'cdk.out'), join(folder, 'cdk-synth.log'));
    return await stepsIn(join(folder, 'cdk.out'), options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
