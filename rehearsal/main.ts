/** `npm start`: rehearses the whole product on this machine. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { LocalAwsFailure, MissingPrerequisite } from './aws/errors.ts';
import { cdk } from './cdk.ts';
import { InputError, readCorpus } from './input/corpus.ts';
import { generatedCorpus } from './input/generated.ts';
import { parseOptions, type RehearsalOptions, wantsList } from './options.ts';
import { Progress } from './progress.ts';
import { assembly, rehearse } from './rehearsal.ts';
import { renderReportPage } from './report-page/page.ts';
import { type Stage, StageError, setStage } from './stage.ts';
import { stepNamed, stepsOf, UnknownStepError } from './steps.ts';
import { summaryOf } from './summary.ts';

const OUTPUT_FOLDER = fileURLToPath(new URL('../.rehearsal', import.meta.url));

/** Resolves when the user has seen enough of what `--keep` keeps up; set while it waits. */
let endIntermission: (() => void) | undefined;

const options = parseOptions(process.argv.slice(2), OUTPUT_FOLDER);
if (wantsList(options)) {
  console.log(
    stepsOf(options.destination)
      .map(({ id }) => id)
      .join('\n'),
  );
} else {
  process.exitCode = await main(options);
}

async function main(options: RehearsalOptions): Promise<number> {
  let stage: Stage | undefined;
  const onSignal = () => {
    if (endIntermission === undefined) {
      void stopEverything(stage);
    } else {
      endIntermission();
    }
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const progress = new Progress();
    const startedAt = new Date();
    const failingStep =
      options.failAt === undefined ? undefined : stepNamed(options.failAt, options.destination);
    const corpus = options.input === undefined ? generatedCorpus() : await readCorpus(options.input);
    await mkdir(OUTPUT_FOLDER, { recursive: true });
    stage = await progress.phase(
      'setup',
      'setting up',
      async () => {
        const set = await setStage(OUTPUT_FOLDER, (message) => progress.detail('setup', message));
        await cdk(['synth', '--quiet', '--output', assembly(set)], {
          log: join(set.folder, 'cdk-synth.log'),
        });
        return set;
      },
      ({ aws }) => `${aws.provider.name} ${aws.provider.version} at ${aws.endpoint}, vendors simulated`,
    );
    const report = await rehearse(stage, progress, {
      options,
      corpus,
      failingStep,
      startedAt,
      intermission: (outputs) => keepUp(stage as Stage, outputs),
    });
    await writeFile(join(OUTPUT_FOLDER, 'report.json'), `${JSON.stringify(report, undefined, 2)}\n`);
    await writeFile(join(OUTPUT_FOLDER, 'report.html'), renderReportPage(report));
    console.log(summaryOf(report));
    return report.ok ? 0 : 1;
  } catch (error) {
    console.error(`\n${styleText('red', explain(error))}`);
    return 1;
  } finally {
    await stage?.strike();
  }
}

async function stopEverything(stage: Stage | undefined): Promise<void> {
  console.error('\nInterrupted: stopping the local AWS and everything else that was started.');
  await stage?.strike();
  process.exit(130);
}

/** Tells how to look at what is up, and waits for Ctrl-C. */
async function keepUp(stage: Stage, outputs: Readonly<Record<string, string>>): Promise<void> {
  const exports = Object.entries(stage.aws.clientEnvironment).map(
    ([name, value]) => `  export ${name}=${value}`,
  );
  console.log(
    [
      '',
      'Everything stays up. To look at it from another terminal:',
      ...exports,
      '  aws cloudformation describe-stacks --stack-name CloudOne',
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
