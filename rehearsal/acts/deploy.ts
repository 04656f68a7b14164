import { CdkError } from '../cdk.ts';
import { stateOf } from '../permissions/proof.ts';
import type { Rehearsal } from '../scenarios/scenario.ts';
import { failureReason, stacksOf, type WatchOptions, watchStack } from '../stack-watch.ts';
import type { Stage } from '../stage.ts';
import { NAMED_CAUSE, type Step } from '../steps.ts';
import { holdingsOf } from '../vendor-holdings.ts';
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
}

/** Notes the stacks and their roles as they stand now. To be called whenever a template was deployed. */
export async function noteDeployed({ stage, found, policies }: Rehearsal): Promise<void> {
  found.stacks = await stacksOf(stage.clients);
  policies.push(await stateOf(stage.aws, STACK));
}

/** Creates the stack while the vendor refuses one step: it must fail, say why, and be rolled back. */
export function deployInVain(rehearsal: Rehearsal, step: Step): Promise<void> {
  return rehearsal.progress.phase(
    'deploy',
    `deploying, with ${step.id} made to fail`,
    () => failToDeploy(rehearsal, step),
    () => `failed to deploy at ${step.id}, as it should`,
  );
}

async function failToDeploy({ stage, parameters, found }: Rehearsal, step: Step): Promise<void> {
  stage.simulator.setFaults([step.fault]);
  const succeeded = await watched(stage, () => succeeds(cdkDeploy(stage, parameters)), {
    onFailure: () => {
      stage.simulator.setFaults([]);
      found.vendor = { ...found.vendor, registered: holdingsOf(stage.simulator) };
    },
  });
  stage.simulator.setFaults([]);

  found.stacks = await stacksOf(stage.clients);
  const message = (await failureReason(stage.clients, STACK)) ?? '';
  const namesStepAndCause = step.named.test(message) && NAMED_CAUSE.test(message);
  found.failure = {
    step: step.id,
    stackStatus: found.stacks.find(({ name }) => name === STACK)?.status ?? 'none',
    message,
    namesStepAndCause,
  };
  if (succeeded) {
    found.problems.push(`The deployment succeeded although ${step.id} was made to fail.`);
  } else if (!namesStepAndCause) {
    found.problems.push(`The failure's message does not name the step and the cause: "${message}"`);
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
    const reason = await failureReason(stage.clients, STACK);
    throw reason === undefined ? error : new CdkError(`The deployment failed: ${reason}`, { cause: error });
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
