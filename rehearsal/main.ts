/** `npm start`: rehearses the whole product on this machine. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { AUDIT_COPIES } from './acts/archive-report.ts';
import { assembly } from './acts/stack.ts';
import { LocalAwsFailure, MissingPrerequisite } from './aws/errors.ts';
import { stopCdk } from './cdk.ts';
import { inExistingBucket } from './existing-bucket.ts';
import { type Corpus, corpusOf, InputError, readCorpus } from './input/corpus.ts';
import { generatedCorpus } from './input/generated.ts';
import { parseOptions, type RehearsalOptions, wantsList } from './options.ts';
import { Progress } from './progress.ts';
import { rehearse } from './rehearsal.ts';
import { renderReportPage } from './report-page/page.ts';
import { failedDeployment } from './scenarios/failed-deployment.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { scenarioNamed } from './scenarios/scenarios.ts';
import { type Stage, StageError, setStage } from './stage.ts';
import { stepNamed, UnknownStepError } from './steps.ts';
import { summaryOf } from './summary.ts';
import { listSteps, stepsIn, synthesize } from './synthesis.ts';
import { assertFits, fittingPart } from './vendor-client/input.ts';

const OUTPUT_FOLDER = fileURLToPath(new URL('../.rehearsal', import.meta.url));
const REPORT_JSON = join(OUTPUT_FOLDER, 'report.json');
const REPORT_PAGE = join(OUTPUT_FOLDER, 'report.html');

const LOOK_AT_CLOUD_ONE = [
  'npx trailbridge status',
  'aws cloudformation describe-stacks --stack-name CloudOne   # with the AWS CLI, if you have it',
];

/** The command line tool's exit statuses, and the shell's for what Ctrl-C has ended. */
const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Resolves when the user has seen enough of what `--keep` keeps up; set while it waits. */
let endIntermission: (() => void) | undefined;

const options = parseOptions(process.argv.slice(2), OUTPUT_FOLDER);
if (wantsList(options)) {
  const steps = await listSteps(options);
  console.log(steps.map(({ id }) => id).join('\n'));
} else {
  // What was interrupted may still be under way: it must not speak, nor keep the process up.
  process.exit(await main(options));
}

async function main(options: RehearsalOptions): Promise<number> {
  let stage: Stage | undefined;
  const progress = new Progress();
  const interruption = new Promise<number>((resolve) => {
    const onSignal = () => {
      if (endIntermission === undefined) {
        progress.silence();
        console.error('\nInterrupted: stopping the local AWS and everything else that was started.');
        resolve(EXIT.interrupted);
      } else {
        endIntermission();
      }
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  });
  try {
    const course = rehearseAndReport(options, progress, (set) => {
      stage = set;
    });
    return await Promise.race([course, interruption]);
  } catch (error) {
    console.error(`\n${styleText('red', explain(error))}`);
    return error instanceof UnknownStepError || error instanceof InputError ? EXIT.usage : EXIT.failed;
  } finally {
    // Also where the stage is not set yet: set-up synthesizes with the CDK.
    stopCdk();
    await stage?.strike();
  }
}

async function rehearseAndReport(
  options: RehearsalOptions,
  progress: Progress,
  onStage: (stage: Stage) => void,
): Promise<number> {
  const startedAt = new Date();
  const chosen = scenarioNamed(options.scenario);
  const corpus = await corpusFor(options);
  await mkdir(OUTPUT_FOLDER, { recursive: true });
  // A report that is there tells of the rehearsal before, and must not pass for this one's.
  await Promise.all(
    [REPORT_JSON, REPORT_PAGE, join(OUTPUT_FOLDER, AUDIT_COPIES)].map((file) =>
      rm(file, { recursive: true, force: true }),
    ),
  );
  const stage = await progress.phase(
    'setup',
    'setting up',
    async () => {
      const set = await setStage(OUTPUT_FOLDER, (message) => progress.detail('setup', message));
      onStage(set);
      if (chosen.withoutCdk !== true) {
        await synthesize(assembly(set), join(set.folder, 'cdk-synth.log'));
      }
      return set;
    },
    ({ aws }) => `${aws.provider.name} ${aws.provider.version} at ${aws.endpoint}, vendors simulated`,
  );
  const scenario = options.failAt === undefined ? chosen : await failing(stage, options, options.failAt);
  const report = await rehearse(stage, progress, {
    options,
    scenario,
    corpus,
    startedAt,
    intermission: (outputs) => keepUp(stage, scenario.stack?.lookWith ?? LOOK_AT_CLOUD_ONE, outputs),
  });
  if (progress.isSilent) {
    // Cut short: what it found tells nothing of the product.
    return EXIT.interrupted;
  }
  await writeFile(REPORT_JSON, `${JSON.stringify(report, undefined, 2)}\n`);
  await writeFile(REPORT_PAGE, renderReportPage(report));
  console.log(summaryOf(report));
  return report.ok ? EXIT.ok : EXIT.failed;
}

async function failing(stage: Stage, options: RehearsalOptions, failAt: string): Promise<Scenario> {
  const step = stepNamed(failAt, await stepsIn(assembly(stage), options));
  return failedDeployment(step, scenarioNamed(options.scenario).stack);
}

async function corpusFor({ input, destination, existingBucket, filter }: RehearsalOptions): Promise<Corpus> {
  const given = input === undefined ? generatedCorpus() : await readCorpus(input);
  const corpus = existingBucket ? inExistingBucket(given) : given;
  if (destination !== 'vendorclient') {
    return corpusOf(corpus.name, corpus.files, () => filter);
  }
  if (input === undefined) {
    return fittingPart(corpus);
  }
  assertFits(corpus);
  return corpus;
}

/** Tells how to look at what is up, and waits for Ctrl-C. */
async function keepUp(
  stage: Stage,
  lookWith: readonly string[],
  outputs: Readonly<Record<string, string>>,
): Promise<void> {
  const exports = Object.entries(stage.aws.clientEnvironment).map(
    ([name, value]) => `  export ${name}=${value}`,
  );
  console.log(
    [
      '',
      'Everything stays up. To look at it, in another terminal and this folder:',
      ...exports,
      ...lookWith.map((command) => `  ${command}`),
      `  curl ${stage.simulator.url}/_sim/state`,
      '',
      'Outputs of the stack:',
      ...Object.entries(outputs).map(([name, value]) => `  ${name} = ${value}`),
      '',
      'Ctrl-C tears everything down.',
    ].join('\n'),
  );
  await new Promise<void>((resolve) => {
    endIntermission = resolve;
  });
  endIntermission = undefined;
}

/** A mistake or a lack needs its message only; anything else is a defect, and its stack helps to find it. */
function explain(error: unknown): string {
  const isExpected =
    error instanceof MissingPrerequisite ||
    error instanceof LocalAwsFailure ||
    error instanceof InputError ||
    error instanceof StageError ||
    error instanceof UnknownStepError;
  return isExpected ? error.message : ((error as Error).stack ?? String(error));
}
