/** Deploying and destroying the audit archive, and calling its functions as their schedules do. */
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { ARCHIVE_STACK } from '../audit/archive-stack.ts';
import type { Outputs } from '../operator.ts';
import type { Rehearsal } from '../scenarios/scenario.ts';
import { physicalIdsRetained } from '../stack-resources.ts';
import { outputsOf } from '../stack-watch.ts';
import type { Stage } from '../stage.ts';
import { readTemplate } from '../template.ts';
import { deploy } from './deploy.ts';
import { destroy } from './destroy.ts';
import { assembly } from './stack.ts';

/** @throws CdkError with CloudFormation's reason. */
export async function deployArchive(rehearsal: Rehearsal): Promise<Outputs> {
  await deploy(rehearsal, ARCHIVE_STACK);
  return outputsOf(rehearsal.stage.clients, ARCHIVE_STACK);
}

/** The raw records and what belongs to them must stay; everything else must go. */
export async function destroyArchive({ stage, progress, retained }: Rehearsal): Promise<void> {
  const template = await readTemplate(assembly(stage), ARCHIVE_STACK);
  for (const id of await physicalIdsRetained(stage.clients, ARCHIVE_STACK, template)) {
    retained.add(id);
  }
  await destroy({ stage, progress }, ARCHIVE_STACK);
}

/**
 * @param output which of the stack's outputs names the function.
 * @returns its error, as it tells it; undefined where it succeeded.
 */
export async function callFunction(
  { clients }: Stage,
  outputs: Outputs,
  output: string,
): Promise<string | undefined> {
  const { FunctionError, Payload } = await clients.lambda.send(
    new InvokeCommand({ FunctionName: outputs[output] ?? '' }),
  );
  return FunctionError === undefined ? undefined : `${FunctionError}: ${Payload?.transformToString()}`;
}
