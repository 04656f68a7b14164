import { CdkError } from '../cdk.ts';
import { stateOf } from '../permissions/proof.ts';
import type { Parameters, Rehearsal } from '../scenarios/scenario.ts';
import { firstFailure, stacksOf, type WatchOptions, watchStack } from '../stack-watch.ts';
import type { Stage } from '../stage.ts';
import type { Step } from '../step.ts';
import { holdingsOf } from '../vendor-holdings.ts';
import { proveDeployersPolicy } from './prove-deployer.ts';
import { assembly, cdkDeploy, STACK } from './stack.ts';

/**
 * Creates the stack.
 *
 * @param stack its name, which is its template's, too.
 * @throws CdkError with CloudFormation's reason.
 */
export async function deploy(rehearsal: Rehearsal, stack = STACK): Promise<void> {
  const { stage, progress, parameters } = rehearsal;
  await progress.phase(
    'deploy',
    'deploying (cdk deploy)',
    () =>
      watched(stage, stack, () => explained(stage, stack, parameters), {
        onProgress: (done) =>
          progress.detail('deploy', `deploying (cdk deploy), ${done} resources created …`),
      }),
    () => 'deployed (cdk deploy)',
  );
  await noteDeployed(rehearsal, stack);
  await proveDeployersPolicy(rehearsal, stack);
}

/** Notes the stacks and their roles as they stand now. To be called whenever a template was deployed. */
export async function noteDeployed({ stage, found, policies }: Rehearsal, stack = STACK): Promise<void> {
  found.stacks = await stacksOf(stage.clients);
  policies.push(await stateOf(stage.aws, stack));
}

/** Creates the stack while one step is made to fail: it must fail, say why, and be rolled back. */
export function deployInVain(rehearsal: Rehearsal, step: Step, stack = STACK): Promise<void> {
  return rehearsal.progress.phase(
    'deploy',
    `deploying, with ${step.id} made to fail`,
    () => failToDeploy(rehearsal, step, { stack }),
    () => `failed to deploy at ${step.id}, as it should`,
  );
}

interface InVain {
  /** @default that of Cloud One */
  readonly stack?: string;
  /** Creates the stack, and says whether it succeeded. @default `cdk deploy` */
  readonly create?: () => Promise<boolean>;
}

export async function failToDeploy(
  { stage, parameters, found }: Pick<Rehearsal, 'stage' | 'parameters' | 'found'>,
  step: Step,
  {
    stack = STACK,
    create = () => succeeds(cdkDeploy(stage, parameters, assembly(stage), stack)),
  }: InVain = {},
): Promise<void> {
  step.arm(stage);
  const succeeded = await watched(stage, stack, create, {
    onFailure: () => {
      step.disarm(stage);
      found.vendor = { ...found.vendor, registered: holdingsOf(stage.simulator) };
    },
  });
  step.disarm(stage);

  found.stacks = await stacksOf(stage.clients);
  const stackStatus = found.stacks.find(({ name }) => name === stack)?.status ?? 'none';
  const failure = await firstFailure(stage.clients, stack);
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
  stack: string,
  work: () => Promise<T>,
  observer: Pick<WatchOptions, 'onProgress' | 'onFailure'>,
): Promise<T> {
  const done = new AbortController();
  const [result] = await Promise.all([
    work().finally(() => done.abort()),
    watchStack(stage.clients, stack, { ...observer, signal: done.signal }),
  ]);
  return result;
}

/** Has the CDK deploy it; its failure is given CloudFormation's reason, where there is one. */
async function explained(stage: Stage, stack: string, parameters: Parameters): Promise<void> {
  try {
    await cdkDeploy(stage, parameters, assembly(stage), stack);
  } catch (error) {
    const failure = await firstFailure(stage.clients, stack);
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
