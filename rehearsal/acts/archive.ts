/** Deploying and destroying the audit archive, and calling its functions as their schedules do. */
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { ARCHIVE_STACK, archiveParametersOf } from '../audit/archive-stack.ts';
import { CdkError } from '../cdk.ts';
import type { Outputs } from '../operator.ts';
import { stateOf } from '../permissions/proof.ts';
import type { Rehearsal } from '../scenarios/scenario.ts';
import { physicalIdsRetained } from '../stack-resources.ts';
import { firstFailure, outputsOf, stacksOf } from '../stack-watch.ts';
import type { Stage } from '../stage.ts';
import { readTemplate } from '../template.ts';
import { assembly, cdkDeploy, cdkDestroy } from './stack.ts';

/** @throws CdkError with CloudFormation's reason. */
export async function deployArchive({ stage, progress, found, policies }: Rehearsal): Promise<Outputs> {
  await progress.phase(
    'deploy',
    'deploying the audit archive (cdk deploy)',
    async () => {
      const parameters = archiveParametersOf(stage.simulator.tenant);
      await explained(stage, cdkDeploy(stage, parameters, assembly(stage), ARCHIVE_STACK));
    },
    () => 'deployed the audit archive (cdk deploy)',
  );
  found.stacks = await stacksOf(stage.clients);
  policies.push(await stateOf(stage.aws, ARCHIVE_STACK));
  return outputsOf(stage.clients, ARCHIVE_STACK);
}

/** The raw records and what belongs to them must stay; everything else must go. */
export async function destroyArchive({ stage, progress, retained }: Rehearsal): Promise<void> {
  const template = await readTemplate(assembly(stage), ARCHIVE_STACK);
  for (const id of await physicalIdsRetained(stage.clients, ARCHIVE_STACK, template)) {
    retained.add(id);
  }
  await progress.phase(
    'destroy',
    'destroying the audit archive (cdk destroy)',
    () => cdkDestroy(stage, ARCHIVE_STACK),
    () => 'destroyed the audit archive (cdk destroy)',
  );
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

/** Gives the CDK's failure CloudFormation's reason, where there is one. */
async function explained(stage: Stage, deployment: Promise<string>): Promise<void> {
  try {
    await deployment;
  } catch (error) {
    const failure = await firstFailure(stage.clients, ARCHIVE_STACK);
    throw failure === undefined
      ? error
      : new CdkError(`The deployment failed at ${failure.logicalId}: ${failure.reason}`, { cause: error });
  }
}
