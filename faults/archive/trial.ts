import { AUDIT_SOURCES } from '../../contract/archive.ts';
import type { CaseTold, Trial } from '../case.ts';
import { DEFAULT_TIME_SCALE } from '../clock.ts';
import { findingsOf } from '../patience.ts';
import type { Verdict } from '../verdict.ts';
import { type Count, countIn } from './count.ts';
import { ArchiveWorld, type ArchiveWorldOptions } from './world.ts';

/** One fault, and what must become of the audit events that meet it. */
export interface ArchiveCase extends CaseTold {
  /** Has it happen, in a world whose vendors hold some events, and says what it finds wrong beside what is always checked. */
  readonly run: (world: ArchiveWorld, audit: Audit) => Promise<void> | Promise<readonly string[]>;
  /** Whether a run fails, and says so; any may where it is `undefined`. @default none */
  readonly fails?: boolean | undefined;
  /** The most records that may be stored again, to be read once. @default 0 */
  readonly storedAgain?: number;
  readonly options?: Partial<ArchiveWorldOptions>;
}

/** Has everything come to rest, and counts. It is done in the end; a case of several rounds asks for it after each of the others. */
export type Audit = () => Promise<void>;

export function archiveTrial(fault: ArchiveCase): Trial {
  const { name, injected, expected, options } = fault;
  return {
    name,
    injected,
    expected,
    carryOut: async (bundles) => {
      const world = await ArchiveWorld.start({
        sources: AUDIT_SOURCES,
        timeScale: DEFAULT_TIME_SCALE,
        vendorsAheadMs: 0,
        withTokens: false,
        bundles,
        ...options,
      });
      const counts: Count[] = [];
      const audit = async () => {
        await world.settle();
        counts.push(await countIn(world));
      };
      const carriedOut = async () => {
        world.fill();
        const found = await fault.run(world, audit);
        await audit();
        return found ?? [];
      };
      let found: readonly string[];
      try {
        found = await findingsOf(carriedOut());
      } finally {
        await world.stop();
      }
      return verdictOf(fault, world, counts, found);
    },
  };
}

function verdictOf(
  fault: ArchiveCase,
  world: ArchiveWorld,
  counts: readonly Count[],
  found: readonly string[],
): Verdict {
  const sum = (of: (count: Count) => number) => counts.reduce((total, count) => total + of(count), 0);
  const lost = sum((count) => count.lost);
  const seenAgain = sum((count) => count.seenAgain);
  const storedAgain = sum((count) => count.storedAgain);
  const { storedAgain: allowed = 0 } = fault;
  const complaints = [
    ...found,
    ...(lost > 0 ? [`lost: ${lost} records are not in the raw archive, or not in Parquet`] : []),
    ...(seenAgain > 0 ? [`${seenAgain} records are seen more than once`] : []),
    ...(storedAgain > allowed ? [`${storedAgain} records are stored again, and ${allowed} may be`] : []),
    ...counts.flatMap(({ misplaced }) => misplaced),
    ...failureComplaints(fault, world),
    ...secretComplaints(world),
    ...world.defects,
  ];
  const held = sum((count) => count.held);
  return {
    observed: observationOf(world, held, lost),
    lost,
    duplicates: seenAgain + storedAgain,
    complaints,
  };
}

function failureComplaints(fault: ArchiveCase, { errors }: ArchiveWorld): readonly string[] {
  const mustFail = 'fails' in fault ? fault.fails : false;
  if (mustFail === false) {
    return errors.map((error) => `a run failed: ${error}`);
  }
  return mustFail === true && errors.length === 0 ? ['no run has failed'] : [];
}

function secretComplaints({ aws, lines }: ArchiveWorld): readonly string[] {
  const shown = lines.join('\n');
  return [...aws.secrets.values()]
    .flatMap((value) => [value, value.slice(value.indexOf(':') + 1)])
    .filter((value) => shown.includes(value))
    .map(() => 'a secret is shown in a log');
}

function observationOf({ runs, deaths, errors }: ArchiveWorld, held: number, lost: number): string {
  return [
    `${held - lost} of ${held} records archived and derived, in ${runs} runs`,
    ...(deaths > 0 ? [`killed ${deaths} times`] : []),
    ...(errors.length > 0 ? [`${errors.length} runs failed`] : []),
  ].join('; ');
}
