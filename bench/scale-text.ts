/** What docs/scale.md tells of the model and of the load test, in Markdown. */
import type { CaseResult } from './results.ts';
import { dollarsPerFile, type Measures, needsOf } from './scale-model.ts';

/** Tens of milliseconds each for S3 and the ledger, and a destination across the continent. */
export const WAITING_SECONDS = 0.2;
/** One line of the log, and a tenth of the metrics of a batch. */
export const LOGGED_BYTES = 800;

const ORGANISATIONS = [1, 100, 5_000].map((accounts) => ({
  accounts,
  regions: 2,
  digestRegions: 17,
  eventsPerFile: 20,
}));

/** The load test's two sizes, the best of its rounds, and what the second takes in terms of the first. */
export interface Load {
  readonly cases: readonly CaseResult[];
  readonly growth: { readonly seconds: number; readonly processorSeconds: number };
}

export class NoLoadError extends Error {
  override readonly name = 'NoLoadError';
}

/** @throws NoLoadError */
export function measuresOf({ cases: [once] }: Load): Measures {
  if (once === undefined) {
    throw new NoLoadError('The load test has no result: run npm run bench:load.');
  }
  return {
    processorSecondsPerFile: once.processorSeconds / once.objects,
    waitingSecondsPerFile: WAITING_SECONDS,
    loggedBytesPerFile: LOGGED_BYTES,
  };
}

/** @param largestGrowth how many times the time twice the files may take. */
export function loadText({ cases, growth }: Load, largestGrowth: number): string {
  const rows = cases.map(
    ({ objects, seconds, objectsPerSecond, processorSeconds, peakRssMB }) =>
      `| ${amount(objects, 0)} | ${amount(seconds, 1)} s | ${amount(objectsPerSecond, 0)} | ` +
      `${amount((processorSeconds / objects) * 1000, 2)} ms | ${amount(peakRssMB, 0)} MiB |`,
  );
  const verdict = growth.seconds <= largestGrowth ? 'as aimed at' : '**more than is aimed at**';
  return [
    '| files | time | files a second | processor time a file | memory |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    `Twice the files took ${amount(growth.seconds, 2)} times the time, which is ${verdict}, and ` +
      `${amount(growth.processorSeconds, 2)} times the processor time.`,
  ].join('\n');
}

export function needsText(measures: Measures): string {
  const needs = ORGANISATIONS.map((organisation) => needsOf(organisation, measures));
  const row = (name: string, figure: (need: (typeof needs)[number]) => number, digits = 2) =>
    `| ${name} | ${needs.map((need) => amount(figure(need), digits)).join(' | ')} |`;
  const titles = ORGANISATIONS.map(
    ({ accounts }) => `${amount(accounts, 0)} account${accounts === 1 ? '' : 's'}`,
  );
  return [
    `| | ${titles.join(' | ')} |`,
    '| --- | --- | --- | --- |',
    row('files a month', (need) => need.filesAMonth),
    row('files a second', (need) => need.filesASecond, 3),
    row('ledger writes a second', (need) => need.ledgerWritesASecond, 3),
    row('invocations at once, on average', (need) => need.concurrency, 3),
    row('seconds until one delivery is forwarded', (need) => need.drainSeconds),
    row('hours to catch up after a day’s outage', (need) => need.hoursToCatchUp),
    row('GB in the ledger', (need) => need.ledgerGB),
    row('$ a month that grow with the files', (need) => need.dollarsAMonth.perFile),
    row('$ a month for the ledger’s storage', (need) => need.dollarsAMonth.ledgerStorage),
    row('$ a month for the completeness check', (need) => need.dollarsAMonth.completeness),
    row('$ a month for looking at the circuit', (need) => need.dollarsAMonth.circuit),
    row('$ a month in any case', (need) => need.dollarsAMonth.fixed),
    row('$ a million events', (need) => need.dollarsPerMillionEvents),
    '',
    `A million files cost $${(dollarsPerFile(measures) * 1e6).toFixed(2)} of what grows with them.`,
  ].join('\n');
}

/**
 * Puts a text between `<!-- name -->` and `<!-- /name -->`, each on a line of its own.
 *
 * @throws Error where the document has no such markers.
 */
export function between(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, stop] = [document.indexOf(begin), document.indexOf(end)];
  if (start < 0 || stop < start) {
    throw new Error(`The document has no lines "${begin}" and "${end}" to write between.`);
  }
  return `${document.slice(0, start + begin.length)}\n${text}\n${document.slice(stop)}`;
}

function amount(value: number, digits: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}
