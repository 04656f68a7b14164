/** `node bench/scale.ts`: prints the table of docs/scale.md, with the figures of bench/load.json. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Results } from './results.ts';
import { dollarsPerFile, type Measures, needsOf } from './scale-model.ts';

const LOAD = fileURLToPath(new URL('load.json', import.meta.url));
/** Tens of milliseconds each for S3 and the ledger, and a destination across the continent. */
const WAITING_SECONDS = 0.2;
/** One line of the log, and a tenth of the metrics of a batch. */
const LOGGED_BYTES = 800;
const ORGANISATIONS = [1, 100, 5_000].map((accounts) => ({ accounts, regions: 2, eventsPerFile: 20 }));

const load = (JSON.parse(readFileSync(LOAD, 'utf8')) as Results).cases[0];
if (load === undefined) {
  throw new Error(`${LOAD} holds no case: run npm run bench:load.`);
}
const measures: Measures = {
  processorSecondsPerFile: load.processorSeconds / load.objects,
  waitingSecondsPerFile: WAITING_SECONDS,
  loggedBytesPerFile: LOGGED_BYTES,
};
const needs = ORGANISATIONS.map((organisation) => needsOf(organisation, measures));
const row = (name: string, figure: (need: (typeof needs)[number]) => number, digits = 2) =>
  `| ${name} | ${needs.map((need) => figure(need).toLocaleString('en', { maximumFractionDigits: digits })).join(' | ')} |`;

console.log(`A file: ${(measures.processorSecondsPerFile * 1000).toFixed(2)} ms of a processor, \
$${(dollarsPerFile(measures) * 1e6).toFixed(2)} a million.

| | ${ORGANISATIONS.map(({ accounts }) => `${accounts.toLocaleString('en')} account${accounts === 1 ? '' : 's'}`).join(' | ')} |
| --- | --- | --- | --- |
${row('files a month', (need) => need.filesAMonth)}
${row('files a second', (need) => need.filesASecond, 3)}
${row('ledger writes a second', (need) => need.ledgerWritesASecond, 3)}
${row('invocations at once, on average', (need) => need.concurrency, 3)}
${row('seconds until one delivery is forwarded', (need) => need.drainSeconds)}
${row('hours to catch up after a day’s outage', (need) => need.hoursToCatchUp)}
${row('GB in the ledger', (need) => need.ledgerGB)}
${row('$ a month that grow with the files', (need) => need.dollarsAMonth.perFile)}
${row('$ a month for the ledger’s storage', (need) => need.dollarsAMonth.ledgerStorage)}
${row('$ a month in any case', (need) => need.dollarsAMonth.fixed)}
${row('$ a million events', (need) => need.dollarsPerMillionEvents)}`);
