/**
 * The frame of a rehearsal: bootstrap, a scenario, and what is compared before and after it.
 *
 * It sees the product as a user does: the CDK command line tool, the templates that `npm run synth` writes,
 * the stack's parameters and outputs.
 */

import { PARAMETERS } from '../contract/parameters.ts';
import { bootstrap, parametersOf } from './acts/bootstrap.ts';
import { destroy } from './acts/destroy.ts';
import { provePermitted } from './acts/prove-permissions.ts';
import { checkWhatIsLeft, lookAround } from './aftermath.ts';
import { hireDeployer } from './deployer.ts';
import { type Found, nothingFound, reportOf } from './findings.ts';
import { type Corpus, isForwarded } from './input/corpus.ts';
import type { Progress } from './progress.ts';
import type { RehearsalReport } from './report.ts';
import type { Rehearsal, RehearsalInput } from './scenarios/scenario.ts';
import type { Stage } from './stage.ts';

/** Plays a scenario on a stage that is set, and reports. The caller strikes the stage. */
export async function rehearse(
  given: Stage,
  progress: Progress,
  input: RehearsalInput,
): Promise<RehearsalReport> {
  const found = nothingFound();
  found.input = inputOf(input.corpus);
  const { options, scenario } = input;
  const stage = { ...given, bucketRegion: scenario.bucketRegion };
  await noting(found, async () => {
    const accountTemplateUrl = await bootstrap(stage, progress, options, scenario);
    // Without the CDK, whoever launches the template is the account's root: nobody is there to be tried.
    const deployer = scenario.withoutCdk ? undefined : await hireDeployer(stage);
    const before = await lookAround(stage, options);
    const rehearsal: Rehearsal = {
      ...input,
      stage: { ...stage, cdkCredentials: deployer?.credentials },
      progress,
      found,
      before,
      policies: [],
      retained: new Set(),
      parameters: {
        ...(scenario.stack?.parametersOf(stage.simulator.tenant) ??
          parametersOf(stage, options, accountTemplateUrl)),
        ...(deployer === undefined ? {} : { [PARAMETERS.permissionsBoundaryArn]: deployer.boundaryArn }),
        [PARAMETERS.alarmEmail]: 'operator@example.com',
        ...scenario.parameters,
      },
    };
    await noting(found, () => scenario.play(rehearsal));
    // Whatever happened: what is left afterwards is what matters.
    await noting(found, () => (scenario.end ?? destroy)(rehearsal));
    await noting(found, async () => deployer?.dismiss());
    await noting(found, () => checkWhatIsLeft(stage, options, rehearsal.before, found, rehearsal.retained));
    await noting(found, () => provePermitted(rehearsal));
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

function sum(counts: Iterable<number>): number {
  return [...counts].reduce((total, count) => total + count, 0);
}

function inputOf(corpus: Corpus): RehearsalReport['input'] {
  return {
    files: corpus.files.length,
    notLogFiles: corpus.files.filter((file) => !isForwarded(file)).length,
    events:
      sum(corpus.expected.values()) +
      sum([...corpus.records.values()].flatMap(({ dropped }) => [...dropped.values()])),
    bytes: corpus.files.reduce((sum, { body }) => sum + body.length, 0),
  };
}
