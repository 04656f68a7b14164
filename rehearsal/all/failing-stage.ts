/** One local AWS, bootstrapped once, for many deployments that fail and leave nothing. */
import { join } from 'node:path';
import { bootstrap, parametersOf } from '../acts/bootstrap.ts';
import { createStack, deleteStack } from '../acts/create-stack.ts';
import { failToDeploy } from '../acts/deploy.ts';
import { publishAssets } from '../acts/publish-assets.ts';
import { assembly, STACK } from '../acts/stack.ts';
import { type Before, checkWhatIsLeft, lookAround } from '../aftermath.ts';
import { nothingFound } from '../findings.ts';
import type { RehearsalOptions } from '../options.ts';
import { Progress } from '../progress.ts';
import { scenarioNamed } from '../scenarios/scenarios.ts';
import { type Stage, setStage } from '../stage.ts';
import { synthesize } from '../synthesis.ts';
import type { FailingDeployment } from './plan.ts';
import type { Result } from './result.ts';

/** Rehearses failing deployments one after the other, on the same local AWS for as long as nothing is left in it. */
export class FailingStage {
  readonly #folder: string;
  #set: SetStage | undefined;
  /** Of the templates that the stage's AWS has, by stack. */
  readonly #templateUrls = new Map<string, string>();

  /** @param folder for logs. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param options of the deployments; an existing bucket is there in any case. */
  async rehearse({ name, options, step, kind }: FailingDeployment): Promise<Result> {
    const startedAt = performance.now();
    const { stage, before, accountTemplateUrl } = await this.#stage(options);
    const own = scenarioNamed(options.scenario).stack;
    const stack = own?.name ?? STACK;
    const templateUrl = await this.#published(stage, stack);
    const found = nothingFound();
    // What the vendors were told in the deployments before is no part of this one.
    stage.simulator.reset();
    const parameters =
      own?.parametersOf(stage.simulator.tenant) ?? parametersOf(stage, options, accountTemplateUrl);
    const create = async () =>
      (await createStack(stage.clients, { name: stack, templateUrl, parameters })) === 'CREATE_COMPLETE';
    await failToDeploy({ stage, parameters, found }, step, { stack, create });
    const status = await deleteStack(stage.clients, stack);
    if (status !== 'DELETE_COMPLETE') {
      found.problems.push(`The stack cannot be deleted: it is ${status}.`);
    }
    await checkWhatIsLeft(stage, { ...options, existingBucket: true }, before, found);
    if (found.problems.length > 0) {
      // Whatever is left must not be held against the next one.
      await this.strike();
    }
    const { aws, vendors } = found.residue;
    return {
      name,
      kind,
      ok: found.problems.length === 0,
      seconds: (performance.now() - startedAt) / 1000,
      problems: found.problems,
      residue: { aws, vendors },
      failure: found.failure && { stackStatus: found.failure.stackStatus, message: found.failure.message },
    };
  }

  /** Ends everything that was started. May be called more than once. */
  async strike(): Promise<void> {
    const set = this.#set;
    this.#set = undefined;
    this.#templateUrls.clear();
    await set?.stage.strike();
  }

  /** Once for all of its failing deployments. */
  async #published(stage: Stage, stack: string): Promise<string> {
    const url = this.#templateUrls.get(stack) ?? (await publishAssets(stage, stack));
    this.#templateUrls.set(stack, url);
    return url;
  }

  async #stage(options: RehearsalOptions): Promise<SetStage> {
    this.#set ??= await setUp(this.#folder, options);
    return this.#set;
  }
}

interface SetStage {
  readonly stage: Stage;
  readonly accountTemplateUrl: string;
  /** How things stood before the first deployment: what is left counts until the last. */
  readonly before: Before;
}

async function setUp(folder: string, given: RehearsalOptions): Promise<SetStage> {
  const options = { ...given, existingBucket: true };
  const progress = new Progress();
  progress.silence();
  const stage = await setStage(folder, () => {});
  try {
    await synthesize(assembly(stage), join(stage.folder, 'cdk-synth.log'));
    const accountTemplateUrl = await bootstrap(stage, progress, options, {});
    return { stage, accountTemplateUrl, before: await lookAround(stage, options) };
  } catch (error) {
    await stage.strike();
    throw error;
  }
}
