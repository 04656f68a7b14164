/** The collectors are called until the archive holds what the vendors hold; however they are hindered. */

import { AUDIT_SOURCES, type AuditSource } from '../../contract/archive.ts';
import { ARCHIVE_OUTPUTS as O } from '../../contract/archive-parameters.ts';
import { compared, isComplete } from '../audit/comparison.ts';
import { readRaw } from '../audit/raw-records.ts';
import type { VendorsEvents } from '../audit/vendors-events.ts';
import { expectThat, type Outputs } from '../operator.ts';
import type { AuditSourceReport } from '../report.ts';
import type { Rehearsal } from '../scenarios/scenario.ts';
import { callFunction } from './archive.ts';

const COLLECTORS: Readonly<Record<AuditSource, string>> = {
  cloudone: O.cloudOneCollector,
  appdynamics: O.appDynamicsCollector,
  ibmcloud: O.ibmCloudCollector,
};

/** More calls than it may take in an hour, on a schedule of five minutes. */
const MAXIMUM_RUNS = 12;

/** A first run over all that is kept, hindered; then what comes late. */
export async function collectEverything(
  rehearsal: Rehearsal,
  vendors: VendorsEvents,
  outputs: Outputs,
): Promise<void> {
  const { progress, found } = rehearsal;
  vendors.annoy();
  await progress.phase(
    'archive',
    'collecting the audit logs',
    () => collect(rehearsal, vendors, outputs),
    () => `${archivedOf(rehearsal)} records collected, throttled and with tokens and cursors refused`,
  );
  for (const hindrance of unmet(rehearsal)) {
    found.problems.push(`The collectors were not hindered as intended: ${hindrance}.`);
  }
  const before = archivedOf(rehearsal);
  await vendors.happen();
  await progress.phase(
    'archive',
    'collecting what came late',
    () => collect(rehearsal, vendors, outputs),
    () => `${archivedOf(rehearsal) - before} late and new records collected`,
  );
}

async function collect(rehearsal: Rehearsal, vendors: VendorsEvents, outputs: Outputs): Promise<void> {
  await Promise.all(AUDIT_SOURCES.map((source) => collectFrom(rehearsal, vendors, outputs, source)));
}

async function collectFrom(
  rehearsal: Rehearsal,
  vendors: VendorsEvents,
  outputs: Outputs,
  source: AuditSource,
): Promise<void> {
  const { stage, progress, found } = rehearsal;
  const former = found.audit.sources.find((one) => one.source === source);
  for (let runs = 1; ; runs += 1) {
    const error = await callFunction(stage, outputs, COLLECTORS[source]);
    expectThat(rehearsal, error === undefined, `The collector of ${source} failed: ${error}`);
    const { records, misplaced } = await readRaw(stage.clients.s3, outputs[O.rawBucket] ?? '', source);
    const comparison = compared(vendors.holdings()[source], records);
    progress.detail('archive', `${source}: ${comparison.archived} of ${comparison.held} records …`);
    if (isComplete(comparison) || runs === MAXIMUM_RUNS) {
      const difficulties = vendors.difficulties(source);
      note(rehearsal, {
        source,
        ...comparison,
        runs: runs + (former?.runs ?? 0),
        derived: 0,
        difficulties,
      });
      found.problems.push(...misplaced.slice(0, 5));
      expectThat(rehearsal, isComplete(comparison), `${source}: ${JSON.stringify(comparison)}`);
      return;
    }
  }
}

/** In the sources' order, whichever was collected first. */
function note({ found }: Rehearsal, report: AuditSourceReport): void {
  const known = new Map(found.audit.sources.map((one) => [one.source, one])).set(report.source, report);
  found.audit.sources = AUDIT_SOURCES.flatMap((source) => known.get(source) ?? []);
}

function archivedOf({ found }: Rehearsal): number {
  return found.audit.sources.reduce((sum, { archived }) => sum + archived, 0);
}

/** What was to go wrong on the way, and did not. */
function unmet({ stage }: Rehearsal): string[] {
  const { cloudone, appdynamics } = stage.simulator.state().audit;
  return [
    ...(cloudone.tooMany === 0 ? ['Cloud One was never asked too often'] : []),
    ...(cloudone.cursorsRefused === 0 ? ['no cursor went stale'] : []),
    ...(appdynamics.tokensRefused === 0 ? ['no token was refused'] : []),
  ];
}
