/**
 * The course of a rehearsal: bootstrap, deploy, forward, destroy; and what is compared on the way.
 *
 * It sees the product as a user does: the CDK command line tool, the templates that `npm run synth` writes,
 * the stack's parameters and outputs.
 */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PARAMETERS } from '../contract/parameters.ts';
import { type Before, checkWhatIsLeft, lookAround } from './aftermath.ts';
import { createExistingBucket, EXISTING_BUCKET, notificationOf, publishAccountTemplate } from './buckets.ts';
import { CdkError, cdk } from './cdk.ts';
import { type Deployer, hireDeployer, printedPolicy } from './deployer.ts';
import { type Found, nothingFound, reportOf } from './findings.ts';
import { forward } from './forward.ts';
import { type Corpus, isForwarded } from './input/corpus.ts';
import { findLeaks } from './leaks.ts';
import type { RehearsalOptions } from './options.ts';
import { deployedResources, proveDeployer, SOURCE } from './permissions/deployer-proof.ts';
import { collectPolicies, type PolicySet, provePermissions } from './permissions/proof.ts';
import type { Progress } from './progress.ts';
import type { RehearsalReport } from './report.ts';
import { failureReason, outputsOf, stacksOf, type WatchOptions, watchStack } from './stack-watch.ts';
import type { Stage } from './stage.ts';
import { NAMED_CAUSE, type Step } from './steps.ts';
import { holdingsOf } from './vendor-holdings.ts';

const STACK = 'CloudOne';

export interface RehearsalInput {
  readonly options: RehearsalOptions;
  readonly corpus: Corpus;
  /** The step of the deployment that must fail. */
  readonly failingStep?: Step;
  readonly startedAt: Date;
  /** With `--keep`: waits, with everything up, until the user has seen enough. */
  readonly intermission: (outputs: Readonly<Record<string, string>>) => Promise<void>;
}

/** Plays the course on a stage that is set, and reports. The caller strikes the stage. */
export async function rehearse(
  stage: Stage,
  progress: Progress,
  input: RehearsalInput,
): Promise<RehearsalReport> {
  const found = nothingFound();
  found.input = inputOf(input.corpus);
  await noting(found, async () => {
    const accountTemplateUrl = await bootstrap(stage, progress, input.options);
    const before = await lookAround(stage, input.options);
    const deployer = await hireDeployer(stage);
    const deploying = { ...stage, cdkCredentials: deployer.credentials };
    const parameters = parametersOf(stage, input.options, accountTemplateUrl, deployer);
    let policies: PolicySet | undefined;
    await noting(found, async () => {
      if (input.failingStep === undefined) {
        policies = await deployAndForward(deploying, progress, input, parameters, before, found);
      } else {
        await deployInVain(deploying, progress, input.failingStep, parameters, found);
      }
    });
    // Whatever happened: what is left afterwards is what matters.
    await noting(found, () => destroy(deploying, progress));
    await noting(found, () => deployer.dismiss());
    await noting(found, () => checkWhatIsLeft(stage, input.options, before, found));
    // An AWS that was given hands its own environment to the functions, without our recorder.
    if (policies !== undefined && !stage.aws.provider.external) {
      await prove(stage, policies, found);
    }
  });
  return reportOf(found, stage, input, progress.seconds());
}

/** Runs a part of the course. What stops it is its result, and belongs into the report. */
async function noting(found: Found, part: () => Promise<void>): Promise<void> {
  try {
    await part();
  } catch (error) {
    found.problems.push((error as Error).message);
  }
}

function inputOf(corpus: Corpus): RehearsalReport['input'] {
  return {
    files: corpus.files.length,
    notLogFiles: corpus.files.filter((file) => !isForwarded(file)).length,
    events: [...corpus.expected.values()].reduce((sum, count) => sum + count, 0),
    bytes: corpus.files.reduce((sum, { body }) => sum + body.length, 0),
  };
}

/** @returns the URL of the account template that stands in for the vendor's. */
function bootstrap(stage: Stage, progress: Progress, options: RehearsalOptions): Promise<string> {
  return progress.phase(
    'bootstrap',
    'bootstrapping (cdk bootstrap)',
    async () => {
      const url = await publishAccountTemplate(stage.clients, stage.aws.endpoint);
      if (options.existingBucket) {
        await createExistingBucket(stage.clients);
      }
      await runCdk(stage, ['bootstrap', `aws://${stage.aws.accountId}/${stage.aws.region}`]);
      return url;
    },
    () => 'bootstrapped (cdk bootstrap)',
  );
}

async function deployAndForward(
  stage: Stage,
  progress: Progress,
  input: RehearsalInput,
  parameters: Record<string, string>,
  before: Before,
  found: Found,
): Promise<PolicySet> {
  const { options, corpus } = input;
  await progress.phase(
    'deploy',
    'deploying (cdk deploy)',
    () => deploy(stage, progress, parameters),
    () => 'deployed (cdk deploy)',
  );
  const policies = await collectPolicies(stage.aws, STACK);
  await proveDeployersPolicy(stage, parameters, policies, found);
  found.stacks = await stacksOf(stage.clients);
  const outputs = await outputsOf(stage.clients, STACK);
  await progress.phase(
    'forward',
    `forwarding ${corpus.files.length} files`,
    () =>
      forward(
        stage,
        progress,
        {
          corpus,
          stackName: STACK,
          outputs,
          listToo: options.existingBucket,
          // An AWS that was given may keep secrets without rotating them.
          rotateMidway: options.destination === 'cloudone' && !stage.aws.provider.external,
        },
        found,
      ),
    () => `forwarded ${corpus.files.length} files, ${found.delivered.events} events arrived`,
  );
  if (options.existingBucket) {
    const during = await notificationOf(stage.clients, EXISTING_BUCKET);
    found.bucketNotification = { before: before.notification, during, after: null };
  }
  found.vendor = { ...found.vendor, registered: holdingsOf(stage.simulator) };
  for (const where of new Set(await findLeaks(stage, STACK))) {
    found.problems.push(`A secret stands in ${where}.`);
  }
  if (options.keep) {
    await input.intermission(outputs);
  }
  return policies;
}

function deployInVain(
  stage: Stage,
  progress: Progress,
  step: Step,
  parameters: Record<string, string>,
  found: Found,
): Promise<void> {
  return progress.phase(
    'deploy',
    `deploying, with ${step.id} made to fail`,
    () => failToDeploy(stage, step, parameters, found),
    () => `failed to deploy at ${step.id}, as it should`,
  );
}

async function destroy(stage: Stage, progress: Progress): Promise<void> {
  await progress.phase(
    'destroy',
    'destroying (cdk destroy)',
    () => runCdk(stage, ['destroy', STACK, '--app', assembly(stage), '--force']),
    () => 'destroyed (cdk destroy)',
  );
}

async function prove(stage: Stage, policies: PolicySet, found: Found): Promise<void> {
  const proof = await provePermissions({ callLog: stage.callLog, policies });
  found.permissions = proof;
  found.problems.push(...proof.denied.map((denied) => `Permission missing: ${denied}`));
}

/** Whether the printed policy allows what CloudFormation calls; nothing deployed is needed for it but the names. */
async function proveDeployersPolicy(
  stage: Stage,
  parameters: Readonly<Record<string, string>>,
  policies: PolicySet,
  found: Found,
): Promise<void> {
  const { cloudOneAccountTemplateUrl } = PARAMETERS;
  const policy = await printedPolicy(stage, 'execution-role', {
    [cloudOneAccountTemplateUrl]: parameters[cloudOneAccountTemplateUrl] ?? '',
  });
  const accountTemplate = new URL(parameters[cloudOneAccountTemplateUrl] ?? '').pathname.slice(1);
  // Where the bootstrap has `cdk deploy` put the functions' code.
  const code = `cdk-hnb659fds-assets-${stage.aws.accountId}-${stage.aws.region}/code.zip`;
  const sources = [accountTemplate, code].map((physicalId) => ({ type: SOURCE, physicalId }));
  const template: unknown = JSON.parse(
    await readFile(join(assembly(stage), `${STACK}.template.json`), 'utf8'),
  );
  found.deployer = await proveDeployer({
    template,
    policy,
    deployed: [...(await deployedResources(stage.aws, STACK)), ...sources],
    surroundings: policies,
  });
  found.problems.push(
    ...found.deployer.denied.map((denied) => `Missing in the deployer's policy: ${denied}`),
  );
}

function parametersOf(
  stage: Stage,
  options: RehearsalOptions,
  accountTemplateUrl: string,
  { boundaryArn }: Deployer,
) {
  const { tenant } = stage.simulator;
  return {
    [PARAMETERS.cloudOneApiKey]: tenant.cloudOneApiKey,
    [PARAMETERS.visionOneServiceToken]: tenant.visionOneEnrollmentToken,
    [PARAMETERS.cloudOneAccountTemplateUrl]: accountTemplateUrl,
    [PARAMETERS.permissionsBoundaryArn]: boundaryArn,
    [PARAMETERS.alarmEmail]: 'operator@example.com',
    ...(options.existingBucket
      ? { [PARAMETERS.existingCloudtrailBucketName]: EXISTING_BUCKET }
      : { [PARAMETERS.createNewTrail]: 'true' }),
    ...(options.destination === 'cloudone'
      ? {}
      : {
          [PARAMETERS.forwardingDestination]: 'VisionOne',
          [PARAMETERS.visionOneIngestUrl]: tenant.ingestUrl,
          [PARAMETERS.visionOneIngestToken]: tenant.ingestToken,
        }),
  };
}

async function deploy(stage: Stage, progress: Progress, parameters: Record<string, string>): Promise<void> {
  try {
    await watched(stage, () => runDeploy(stage, parameters), {
      onProgress: (done) => progress.detail('deploy', `deploying (cdk deploy), ${done} resources created …`),
    });
  } catch (error) {
    const reason = await failureReason(stage.clients, STACK);
    throw reason === undefined ? error : new CdkError(`The deployment failed: ${reason}`, { cause: error });
  }
}

async function failToDeploy(
  stage: Stage,
  step: Step,
  parameters: Record<string, string>,
  found: Found,
): Promise<void> {
  stage.simulator.setFaults([step.fault]);
  const succeeded = await watched(stage, () => deploySucceeds(stage, parameters), {
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
async function watched<T>(
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

async function deploySucceeds(stage: Stage, parameters: Record<string, string>): Promise<boolean> {
  try {
    await runDeploy(stage, parameters);
    return true;
  } catch (error) {
    if (error instanceof CdkError) {
      // What is rehearsed: the deployment fails.
      return false;
    }
    throw error;
  }
}

function runDeploy(stage: Stage, parameters: Record<string, string>): Promise<string> {
  return runCdk(stage, [
    'deploy',
    STACK,
    '--app',
    assembly(stage),
    '--require-approval',
    'never',
    ...Object.entries(parameters).flatMap(([name, value]) => ['--parameters', `${STACK}:${name}=${value}`]),
  ]);
}

async function runCdk(stage: Stage, args: readonly string[]): Promise<string> {
  return cdk(args, { aws: actingAs(stage), log: join(stage.folder, `cdk-${args[0]}.log`) });
}

function actingAs({ aws, cdkCredentials }: Stage): Stage['aws'] {
  return { ...aws, clientEnvironment: { ...aws.clientEnvironment, ...cdkCredentials } };
}

/** Where set-up has synthesized the templates. */
export function assembly(stage: Pick<Stage, 'folder'>): string {
  return join(stage.folder, 'cdk.out');
}
