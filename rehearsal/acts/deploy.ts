import { CdkError } from '../cdk.ts';
import { stateOf } from '../permissions/proof.ts';
import type { Rehearsal } from '../scenarios/scenario.ts';
import { firstFailure, stacksOf, type WatchOptions, watchStack } from '../stack-watch.ts';
import type { Stage } from '../stage.ts';
import type { Step } from '../step.ts';
import { holdingsOf } from '../vendor-holdings.ts';
import { proveDeployersPolicy } from './prove-deployer.ts';
import { cdkDeploy, STACK } from './stack.ts';

/**
 * Creates the stack.
 *
 * @throws CdkError with CloudFormation's reason.
 */
export async function deploy(rehearsal: Rehearsal): Promise<void> {
  const { stage, progress, parameters } = rehearsal;
  await progress.phase(
    'deploy',
    'deploying (cdk deploy)',
    () =>
      watched(stage, () => explained(stage, cdkDeploy(stage, parameters)), {
        onProgress: (done) =>
          progress.detail('deploy', `deploying (cdk deploy), ${done} resources created …`),
      }),
    () => 'deployed (cdk deploy)',
  );
  await noteDeployed(rehearsal);
  await proveDeployersPolicy(rehearsal);
}

/** Notes the stacks and their roles as they stand now. To be called whenever a template was deployed. */
export async function noteDeployed({ stage, found, policies }: Rehearsal): Promise<void> {
  found.stacks = await stacksOf(stage.clients);
  policies.push(await stateOf(stage.aws, STACK));
}

/** Creates the stack while one step is made to fail: it must fail, say why, and be rolled back. */
export function deployInVain(rehearsal: Rehearsal, step: Step): Promise<void> {
  return rehearsal.progress.phase(
    'deploy',
    `deploying, with ${step.id} made to fail`,
    () => failToDeploy(rehearsal, step),
    () => `failed to deploy at ${step.id}, as it should`,
  );
}

/** @param create creates the stack, and says whether it succeeded. @default `cdk deploy` */
export async function failToDeploy(
  { stage, parameters, found }: Pick<Rehearsal, 'stage' | 'parameters' | 'found'>,
  step: Step,
  create = () => succeeds(cdkDeploy(stage, parameters)),
): Promise<void> {
  step.arm(stage);
  const succeeded = await watched(stage, create, {
    onFailure: () => {
      step.disarm(stage);
      found.vendor = { ...found.vendor, registered: holdingsOf(stage.simulator) };
    },
  });
  step.disarm(stage);

  found.stacks = await stacksOf(stage.clients);
  const stackStatus = found.stacks.find(({ name }) => name === STACK)?.status ?? 'none';
  const failure = await firstFailure(stage.clients, STACK);
  const namesStepAndCause = failure !== undefined && step.isNamedBy(failure);
  const message = failure === undefined ? '' : `${failure.logicalId}: ${failure.reason}`;
  found.failure = { step: step.id, stackStatus, message, namesStepAndCause };
  if (succeeded) {
    found.problems.push(`The deployment succeeded although ${step.id} was made to fail.`);
    return;
  }
  if (!namesStepAndCause) {
    found.problems.push(`The failure's message does not name the step and the cause: "${message}"`);
  }
  if (stackStatus !== 'ROLLBACK_COMPLETE') {
    found.problems.push(`The stack was not rolled back: it is ${stackStatus}.`);
  }
}

/** Follows the stack's events while something is done to it. */
export async function watched<T>(
  stage: Stage,
  work: () => Promise<T>,
  observer: Pick<WatchOptions, 'onProgress' | 'onFailure'>,
): Promise<T> {
  const done = new AbortController();
  const [result] = await Promise.all([
    work().finally(() => done.abort()),
    watchStack(stage.clients, STACK, { ...observer, signal: done.signal }),
  ]);
  return result;
}

/** Gives the CDK's failure CloudFormation's reason, where there is one. */
async function explained(stage: Stage, deployment: Promise<string>): Promise<void> {
  try {
    await deployment;
  } catch (error) {
    const failure = await firstFailure(stage.clients, STACK);
    throw failure === undefined
      ? error
      : new CdkError(`The deployment failed at ${failure.logicalId}: ${failure.reason}`, { cause: error });
  }
}

async function succeeds(deployment: Promise<string>): Promise<boolean> {
  try {
    await deployment;
    return true;
  } catch (error) {
    if (error instanceof CdkError) {
      // What is rehearsed: the deployment fails.
      return false;
    }
    throw error;
  }
}
