import { readFile } from 'node:fs/promises';
import { text as textFrom } from 'node:stream/consumers';
import * as z from 'zod';
import { PARAMETERS } from '../../contract/parameters.ts';
import {
  MAXIMUM_FILTER_BYTES,
  parseRecordFilter,
  RecordFilterError,
  recordFilterSchema,
} from '../../contract/record-filter.ts';
import { RecordFilter } from '../../lambda/forwarding/record-filter.ts';
import { printable } from '../../lambda/shared/remote-words.ts';
import type { CommandContext } from '../command-context.ts';
import { UserError } from '../errors.ts';
import { type SampleResult, trySample } from '../filter/sample.ts';
import { idleRules, inWords } from '../filter/words.ts';
import { columns } from '../output.ts';

/** What `trailbridge filter check --json` prints. */
export interface CheckedFilter {
  /** In their order; empty where every record is forwarded. */
  readonly rules: readonly { readonly name: string; readonly words: string }[];
  /** The value of the parameter, on one line. */
  readonly parameter: string;
  /** Of that, in UTF-8. */
  readonly bytes: number;
  /** What the ledger and the forwarder's log call this filter; null where there are no rules. */
  readonly fingerprint: string | null;
  readonly warnings: readonly string[];
  /** What it does to the files that were given; null where none were. */
  readonly sample: SampleResult | null;
}

const STANDARD_INPUT = '-';

export function addFilterCommand({ program, output }: CommandContext): void {
  const filter = program
    .command('filter')
    .description('Checks the rules by which records are not forwarded (docs/filters.md)');
  filter
    .command('check')
    .description('Says what a filter means, and tries it on CloudTrail files')
    .argument('<file>', `JSON file with the rules, or ${STANDARD_INPUT} for standard input`)
    .option('--sample <path...>', 'CloudTrail files, or folders of them, to try it on')
    .addHelpText(
      'after',
      `
Nothing is deployed, and AWS is not asked. Exits with 1 where the filter cannot be used.

Examples:
  $ npx trailbridge filter check filter.json
  $ npx trailbridge filter check filter.json --sample ~/trail/AWSLogs
  $ npx cdk deploy CloudOne --parameters ${PARAMETERS.forwardingFilter}="$(npx trailbridge filter check filter.json --json | jq -r .parameter)"`,
    )
    .action(async (file: string, { sample = [] }: { readonly sample?: readonly string[] }) => {
      const checked = await checkFilter(
        file === STANDARD_INPUT ? await textFrom(process.stdin) : await read(file),
        sample,
      );
      output().result(checked, textOf);
      for (const warning of checked.warnings) {
        output().warning(warning);
      }
    });
  filter
    .command('schema')
    .description('Prints the JSON Schema of a filter, for editors')
    .action(() => {
      const schema = z.toJSONSchema(recordFilterSchema);
      output().result(schema, () => JSON.stringify(schema, undefined, 2));
    });
}

/** @throws UserError where the filter cannot be used, or a sample cannot be read. */
export async function checkFilter(text: string, samplePaths: readonly string[]): Promise<CheckedFilter> {
  const filter = parse(text);
  if (filter === undefined) {
    return { rules: [], parameter: '', bytes: 0, fingerprint: null, warnings: [], sample: null };
  }
  const compiled = new RecordFilter(filter);
  return {
    rules: filter.rules.map((rule) => ({ name: rule.name, words: inWords(rule) })),
    parameter: filter.text,
    bytes: Buffer.byteLength(filter.text),
    fingerprint: compiled.fingerprint,
    warnings: idleRules(filter.rules),
    sample: samplePaths.length === 0 ? null : await trySample(samplePaths, compiled),
  };
}

function parse(text: string): ReturnType<typeof parseRecordFilter> {
  try {
    return parseRecordFilter(text);
  } catch (error) {
    if (error instanceof RecordFilterError) {
      throw new UserError(error.message, { cause: error });
    }
    throw error;
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError(`The filter cannot be read: ${(error as Error).message}.`, { cause: error });
  }
}

function textOf({ rules, parameter, bytes, fingerprint, sample }: CheckedFilter): string {
  if (fingerprint === null) {
    return 'There are no rules: every record is forwarded.';
  }
  return [
    'The first rule that matches a record decides:',
    columns([
      ...rules.map(({ name, words }, index): [string, string] => [`${index + 1}. ${name}`, words]),
      ['otherwise', 'keeps the record'],
    ]),
    ...(sample === null ? [] : ['', textOfSample(sample)]),
    '',
    `${PARAMETERS.forwardingFilter} (${bytes} of ${MAXIMUM_FILTER_BYTES} bytes), called ${fingerprint} in the ledger:`,
    parameter,
  ].join('\n');
}

function textOfSample({
  files,
  records,
  forwarded,
  dropped,
  droppedByRule,
  droppedByCall,
  unusable,
}: SampleResult): string {
  const rows = (by: Readonly<Record<string, number>>): [string, string][] =>
    Object.entries(by).map(([name, count]) => [`  ${name}`, String(count)]);
  const counts = columns([
    ['Files', String(files)],
    ['Records', String(records)],
    ['Forwarded', String(forwarded)],
    ['Dropped', String(dropped)],
    ...rows(droppedByRule),
  ]);
  const left = Object.entries(unusable).map(
    ([file, why]) => `Left out: ${printable(file)}: ${printable(why)}`,
  );
  const most = dropped === 0 ? [] : ['Dropped most often', columns(rows(droppedByCall))];
  return [counts, ...most, ...left].join('\n');
}
