/** A change of a stack that stands, while files flow through it. */
import { isDeepStrictEqual } from 'node:util';
import { OUTPUTS } from '../../contract/parameters.ts';
import { CdkError } from '../cdk.ts';
import { arrivals, compare, countsOf } from '../delivery.ts';
import type { FileFlow } from '../file-flow.ts';
import { type InputFile, isForwarded } from '../input/corpus.ts';
import type { GivenFilter } from '../input/filter.ts';
import type { UpdateReport, VendorHoldings } from '../report.ts';
import type { Parameters, Rehearsal } from '../scenarios/scenario.ts';
import { doneBy, modifiedByLastChangeSet, physicalIds } from '../stack-changes.ts';
import { firstFailure, outputsOf, settledStatus } from '../stack-watch.ts';
import type { Stage } from '../stage.ts';
import { holdingsOf } from '../vendor-holdings.ts';
import { noteDeployed } from './deploy.ts';
import { assembly, cdkDeploy, STACK } from './stack.ts';

export interface Change {
  readonly name: string;
  /** Those that are not given keep their values. */
  readonly parameters: Parameters;
  /** Templates and assets, where they are others than those deployed first. */
  readonly app?: string;
  /**
   * Where files go while the update is under way. Into the bucket of before they are put at its beginning only:
   * what comes after the change stays there.
   *
   * @default the bucket that is forwarded from, before and after
   */
  readonly intoMeanwhile?: { readonly bucket: string; readonly atOnce: boolean };
  /** What the reason must say of an update that must fail, and be rolled back. */
  readonly failsWith?: RegExp;
  /** Stacks that Cloud One's CloudTrail service knows of when it is made. @default 1 */
  readonly forwardingStacks?: number;
  /** The filter that must be on for every file put after it. @default any, or none */
  readonly filter?: GivenFilter;
  /** What a user does first. */
  readonly beforehand?: () => Promise<void>;
  /** When it is made: what a user does who has made such a change, such as revoking the former key. */
  readonly afterwards?: () => Promise<void>;
}

const COMPLETE = 'UPDATE_COMPLETE';
const ROLLED_BACK = 'UPDATE_ROLLBACK_COMPLETE';

/** What is put into buckets around a change. */
export interface FilesAround {
  readonly before: readonly InputFile[];
  readonly during: readonly InputFile[];
  readonly after: readonly InputFile[];
}

/**
 * Updates the stack, with files on their way before it begins, while it goes on, and after it; reports what came of
 * it. The vendors must hold what `found` says they held after the first deployment. What must not be so becomes a problem, and the next change can be tried.
 */
export async function makeChange(
  rehearsal: Rehearsal,
  change: Change,
  flow: FileFlow,
  files: FilesAround,
): Promise<void> {
  const { progress, found } = rehearsal;
  await progress.phase(
    'update',
    change.name,
    async () => {
      const report = await update(rehearsal, change, flow, files);
      found.updates.push(report);
      found.problems.push(...problemsOf(change, report, files, found.vendor.registered));
      found.problems.push(...filterProblems(change, flow, files));
      return report;
    },
    (report) => `${change.name}: ${inWords(report)}`,
  );
}

async function update(
  rehearsal: Rehearsal,
  change: Change,
  flow: FileFlow,
  files: FilesAround,
): Promise<UpdateReport> {
  const { stage, progress } = rehearsal;
  const { clients } = stage;
  const before = await physicalIds(clients, STACK);
  const formerBucket = await forwardedBucket(stage);
  const { bucket: meanwhile, atOnce } = change.intoMeanwhile ?? { bucket: formerBucket, atOnce: false };
  await change.beforehand?.();
  await flow.into(formerBucket, files.before);

  const startedAt = new Date();
  const started = performance.now();
  let goesOn = true;
  const updating = updateStack(stage, change).finally(() => {
    goesOn = false;
  });
  await Promise.all([updating, flow.trickle(meanwhile, files.during, () => goesOn && !atOnce)]);
  const seconds = (performance.now() - started) / 1000;

  const status = await settledStatus(clients, STACK);
  if (status === COMPLETE) {
    await change.afterwards?.();
  }
  await flow.into(await forwardedBucket(stage), files.after);
  await flow.arrive((arrived, of) =>
    progress.detail('update', `${change.name}: ${arrived} of ${of} events …`),
  );
  await noteDeployed(rehearsal);
  const { missing, duplicates } = compare(flow.put.expected, countsOf(await arrivals(stage.simulator.url)));
  return {
    change: change.name,
    parameters: Object.keys(change.parameters),
    status,
    reason: status === COMPLETE ? null : ((await firstFailure(clients, STACK, startedAt))?.reason ?? ''),
    seconds,
    resources: doneBy(
      before,
      await physicalIds(clients, STACK),
      await modifiedByLastChangeSet(clients, STACK),
    ),
    files: { before: files.before.length, during: files.during.length, after: files.after.length },
    delivered: { events: sum(flow.put.expected.values()), missing, duplicates },
    vendors: holdingsOf(stage.simulator),
  };
}

/** A failed update is a result, too. */
async function updateStack(stage: Stage, { parameters, app }: Change): Promise<void> {
  try {
    await cdkDeploy(stage, parameters, app ?? assembly(stage));
  } catch (error) {
    if (!(error instanceof CdkError)) {
      throw error;
    }
  }
}

async function forwardedBucket({ clients }: Stage): Promise<string> {
  return (await outputsOf(clients, STACK))[OUTPUTS.bucketName] ?? '';
}

function problemsOf(
  { name, failsWith, forwardingStacks = 1 }: Change,
  report: UpdateReport,
  { during }: FilesAround,
  registered: VendorHoldings,
): string[] {
  const { status, reason, delivered, vendors } = report;
  const problems: string[] = [];
  if (failsWith === undefined && status !== COMPLETE) {
    problems.push(`${name}: the update ended as ${status} (${reason}).`);
  }
  if (failsWith !== undefined && (status !== ROLLED_BACK || !failsWith.test(reason ?? ''))) {
    problems.push(
      `${name}: the update should have been rolled back, and said why; it is ${status} ("${reason}").`,
    );
  }
  if (delivered.missing > 0 || delivered.duplicates > 0) {
    problems.push(
      `${name}: ${delivered.missing} events are missing, ${delivered.duplicates} came more than once.`,
    );
  }
  if (during.length === 0) {
    problems.push(`${name}: the input has too few files, none was put during the update.`);
  }
  // Issued tokens lapse by themselves; whether Cloud One forwards is the change's to say.
  const comparable = (holdings: VendorHoldings) => ({ ...holdings, stackTokens: 0, forwardingStacks });
  if (
    vendors.forwardingStacks !== forwardingStacks ||
    !isDeepStrictEqual(comparable(vendors), comparable(registered))
  ) {
    problems.push(
      `${name}: the vendors hold ${JSON.stringify(vendors)}, and held ${JSON.stringify(registered)}.`,
    );
  }
  return problems;
}

/** A filter holds for every file that comes after it. */
function filterProblems({ name, filter }: Change, flow: FileFlow, { after }: FilesAround): string[] {
  if (filter === undefined) {
    return [];
  }
  const filtered = flow.filteredBy(filter);
  const unfiltered = after.filter((file) => flow.put.fileHashes.has(file.key) && !filtered.has(file.key));
  return [
    ...(after.some(isForwarded)
      ? []
      : [`${name}: the input has too few files, none was put after the update.`]),
    ...unfiltered.map(({ key }) => `${name}: ${key} was put after it, and forwarded without it.`),
  ];
}

function inWords({ status, resources }: UpdateReport): string {
  const counts = Object.entries(resources)
    .filter(([, ids]) => ids.length > 0)
    .map(([what, ids]) => `${ids.length} ${what}`);
  return [...(status === COMPLETE ? [] : [status]), ...counts].join(', ');
}

function sum(counts: Iterable<number>): number {
  return [...counts].reduce((total, count) => total + count, 0);
}
