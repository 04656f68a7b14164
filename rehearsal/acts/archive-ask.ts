/** The archive is derived, and asked as a user asks it: every command, in a process of its own. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AUDIT_SOURCES, type AuditSource } from '../../contract/archive.ts';
import { ARCHIVE_OUTPUTS as O } from '../../contract/archive-parameters.ts';
import type { AuditRow } from '../../contract/audit-columns.ts';
import { AUDIT_QUESTIONS } from '../../contract/audit-questions.ts';
import { ARCHIVE_STACK } from '../audit/archive-stack.ts';
import type { VendorsEvents } from '../audit/vendors-events.ts';
import { trailbridge } from '../cdk.ts';
import { expectThat, type Outputs } from '../operator.ts';
import type { Rehearsal } from '../scenarios/scenario.ts';
import type { Stage } from '../stage.ts';
import { callFunction } from './archive.ts';

const COUNTS =
  'SELECT source, count(*) AS events, count(DISTINCT id) AS ids FROM audit_events GROUP BY source';
const SINCE = ['--from', '2020-01-01'];
const PAGE = 40;
/** Of the saved queries, those whose answers are short; and how much of an answer is shown. */
const ASKED = ['look-first', 'sign-ins', 'by-whom', 'from-where'];
const SHOWN_ROWS = 4;

/** Every record must be a row, once. */
export async function deriveAndQuery(rehearsal: Rehearsal, outputs: Outputs): Promise<void> {
  const { stage, progress, found } = rehearsal;
  await progress.phase(
    'archive',
    'deriving Parquet files, and asking them',
    async () => {
      const error = await callFunction(stage, outputs, O.derivation);
      expectThat(rehearsal, error === undefined, `The derivation failed: ${error}`);
      const rows = await query<{ source: string; events: number; ids: number }[]>(stage, [COUNTS]);
      found.audit.sources = found.audit.sources.map((report) => {
        const row = rows.find(({ source }) => source === report.source);
        const derived = Number(row?.events ?? 0);
        expectThat(
          rehearsal,
          derived === report.archived && Number(row?.ids ?? 0) === derived,
          `${report.source}: ${report.archived} records archived, and the query finds ${JSON.stringify(row)}.`,
        );
        return { ...report, derived };
      });
    },
    () => `${found.audit.sources.reduce((sum, { derived }) => sum + derived, 0)} rows in Parquet files`,
  );
}

/** What is asked most has an answer. That it is the right one, the tests show, record by record. */
export async function askSavedQueries(rehearsal: Rehearsal): Promise<void> {
  const { stage, progress, found } = rehearsal;
  await progress.phase('archive', 'asking saved queries', async () => {
    found.audit.answers = await Promise.all(
      AUDIT_QUESTIONS.filter(({ name }) => ASKED.includes(name)).map(async ({ name, description }) => {
        const rows = await query<Readonly<Record<string, unknown>>[]>(stage, ['--saved', name, ...SINCE]);
        expectThat(rehearsal, rows.length > 0, `The saved query ${name} finds nothing.`);
        return { name, question: description, rows: rows.length, first: rows.slice(0, SHOWN_ROWS) };
      }),
    );
  });
}

/** List, one of it in detail, and the export. */
export async function listShowExport(rehearsal: Rehearsal, vendors: VendorsEvents): Promise<void> {
  await rehearsal.progress.phase('archive', 'audit list, show and export', async () => {
    await Promise.all([
      listAndShow(rehearsal),
      ...AUDIT_SOURCES.map((source) => exportAll(rehearsal, source, vendors.holdings()[source])),
    ]);
  });
}

/** All sources are collected to an end, nothing waits for queries, and no alarm is off. */
export async function askStatus(rehearsal: Rehearsal): Promise<void> {
  const { stage, progress } = rehearsal;
  await progress.phase('forward', 'audit status', async () => {
    const { sources } = await audit<{
      readonly sources: readonly {
        readonly source: string;
        readonly collectedUntil: string | null;
        readonly staleHours: number;
      }[];
    }>(stage, ['status']);
    expectThat(
      rehearsal,
      sources.length === AUDIT_SOURCES.length &&
        sources.every(({ collectedUntil, staleHours }) => collectedUntil !== null && staleHours === 0),
      `The status is ${JSON.stringify(sources)}.`,
    );
  });
}

async function listAndShow(rehearsal: Rehearsal): Promise<void> {
  const { stage } = rehearsal;
  const list = ['list', ...SINCE, '--limit', String(PAGE)];
  const page = await audit<AuditRow[]>(stage, list);
  const next = await audit<AuditRow[]>(stage, [...list, '--after', page.at(-1)?.id ?? '']);
  const ids = new Set([...page, ...next].map(({ id }) => id));
  expectThat(rehearsal, ids.size === 2 * PAGE, `Two pages of ${PAGE} events list ${ids.size} of them.`);
  const [first] = page;
  const shown = await audit<unknown>(stage, ['show', first?.id ?? '']);
  expectThat(
    rehearsal,
    first !== undefined && JSON.stringify(shown).includes(first.id),
    `The event ${first?.id} is listed, and not shown.`,
  );
}

async function exportAll(rehearsal: Rehearsal, source: AuditSource, held: readonly string[]): Promise<void> {
  const { stage } = rehearsal;
  const file = join(stage.folder, `AuditLogs-${source}.json`);
  await audit(stage, ['export', ...SINCE, '--source', source, '--output', file, '--force']);
  const exported = (JSON.parse(await readFile(file, 'utf8')) as unknown[]).map((one) => JSON.stringify(one));
  const expected = held.map((text) => JSON.stringify(JSON.parse(text)));
  expectThat(
    rehearsal,
    isDeepStrictEqual(exported.toSorted(), expected.toSorted()),
    `The export of ${source} has ${exported.length} records, of ${held.length} that the vendor holds.`,
  );
}

/** With copies of the derived files that are the rehearsal's own, not in the user's home. */
function query<T>(stage: Stage, args: readonly string[]): Promise<T> {
  return audit(stage, ['query', ...args, '--cache', join(stage.folder, 'audit-cache')]);
}

/** @throws CdkError where the command does not end well. */
async function audit<T>({ aws, folder }: Stage, args: readonly string[]): Promise<T> {
  const output = await trailbridge(['audit', ...args, '--stack', ARCHIVE_STACK, '--json'], {
    aws,
    log: `${folder}/trailbridge-audit.log`,
  });
  return JSON.parse(output) as T;
}
