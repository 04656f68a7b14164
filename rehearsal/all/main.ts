/** `npm run rehearse:all`: every option, every scenario and every failing step, one after the other. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { stopCdk } from '../cdk.ts';
import { stepsIn, synthesize } from '../synthesis.ts';
import { rehearseCourse, stopCourse } from './course.ts';
import { FailingStage } from './failing-stage.ts';
import { parseAllOptions } from './options.ts';
import { chosen, courses, failingDeployments, NothingMatchesError, type Planned } from './plan.ts';
import type { Result } from './result.ts';
import { lineOf, summaryOfAll } from './summary.ts';

const OUTPUT_FOLDER = fileURLToPath(new URL('../../.rehearsal', import.meta.url));
const RESULTS = join(OUTPUT_FOLDER, 'all.json');
/** For logs, and the reports of the courses. */
const FOLDER = join(OUTPUT_FOLDER, 'all');

/** The same as of `npm start`. */
const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

const options = parseAllOptions(process.argv.slice(2));
const stage = new FailingStage(FOLDER);
let interrupted = false;

process.exit(await main());

async function main(): Promise<number> {
  const interruption = new Promise<number>((resolve) => {
    const onSignal = () => {
      interrupted = true;
      console.error('\nInterrupted: stopping what is under way.');
      resolve(EXIT.interrupted);
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  });
  try {
    return await Promise.race([chooseAndRehearse(), interruption]);
  } catch (error) {
    if (error instanceof NothingMatchesError) {
      console.error(error.message);
      return EXIT.usage;
    }
    throw error;
  } finally {
    stopCourse();
    stopCdk();
    await stage.strike();
  }
}

async function chooseAndRehearse(): Promise<number> {
  await mkdir(FOLDER, { recursive: true });
  const assembly = join(FOLDER, 'cdk.out');
  await synthesize(assembly, join(FOLDER, 'cdk-synth.log'));
  const failing = await failingDeployments((given) => stepsIn(assembly, given));
  const planned = chosen<Planned>([...courses(), ...failing], options.only);
  if (options.list) {
    console.log(planned.map(({ name }) => name).join('\n'));
    return EXIT.ok;
  }
  return rehearseAll(planned);
}

async function rehearseAll(planned: readonly Planned[]): Promise<number> {
  const startedAt = performance.now();
  await rm(RESULTS, { force: true });
  const results: Result[] = [];
  for (const [index, each] of planned.entries()) {
    announce(`${place(index, planned)} ${each.name} …`);
    const result = await rehearsed(each);
    if (interrupted) {
      return EXIT.interrupted;
    }
    results.push(result);
    console.log(`${place(index, planned)} ${lineOf(result)}`);
    // After each: what was found out is there even if this is cut short.
    await writeFile(RESULTS, `${JSON.stringify(results, undefined, 2)}\n`);
  }
  console.log(summaryOfAll(results, (performance.now() - startedAt) / 1000));
  return results.every(({ ok }) => ok) ? EXIT.ok : EXIT.failed;
}

/** A rehearsal that breaks down is one that is not ok: the others still have their turn. */
async function rehearsed(planned: Planned): Promise<Result> {
  const startedAt = performance.now();
  try {
    return planned.kind === 'course'
      ? await rehearseCourse(planned, OUTPUT_FOLDER)
      : await stage.rehearse(planned);
  } catch (error) {
    await stage.strike();
    return {
      name: planned.name,
      kind: planned.kind,
      ok: false,
      seconds: (performance.now() - startedAt) / 1000,
      problems: [error instanceof Error ? error.message : String(error)],
      residue: { aws: [], vendors: [] },
      failure: null,
    };
  }
}

function place(index: number, all: readonly Planned[]): string {
  const width = String(all.length).length;
  return styleText('dim', `[${String(index + 1).padStart(width)}/${all.length}]`);
}

/** A line that the result replaces; only a terminal shows it. */
function announce(text: string): void {
  if (process.stdout.isTTY) {
    process.stdout.write(`\r\u001b[2K${text}\r`);
  }
}
