/** The forwarder's ways through a file, held against each other and against `JSON.parse`. */
import fc from 'fast-check';
import type { PartFormat } from '../../lambda/vendors/destination.ts';
import { droppingRule } from '../lambda/forwarding/filter-factories.ts';
import { ENCODING, type FuzzCase, fuzzCases } from './cases.ts';
import { deliver, type Outcome, split, type Whole } from './ways.ts';

/** Two ways disagree, or one disagrees with `JSON.parse`. */
export class DisagreementError extends Error {
  override readonly name = 'DisagreementError';
}

const NOT_JSON = new Set(['NotJson', 'TruncatedJson', 'EmptyObject']);

/** Fails with a DisagreementError, shrunk to a small file. */
export const pathsAgree = fc.asyncProperty(fuzzCases, async (fuzzCase) => {
  for (const format of ['records-document', 'json-lines'] as const) {
    const plain = await split(fuzzCase, format, true);
    expectSame('fast and plain', await split(fuzzCase, format, false), plain);
    compareWithParser(fuzzCase, plain, format);
    await compareDeliveries(fuzzCase, plain, format);
  }
});

/** At once and streamed, the stored file is what its content is; or it is damaged, and neither takes it for whole. */
async function compareDeliveries(fuzzCase: FuzzCase, plain: Outcome, format: PartFormat): Promise<void> {
  const ways = [await deliver(fuzzCase, format, false), await deliver(fuzzCase, format, true)];
  const content = contentOf(plain, format);
  const [atOnce, streamed] = ways.map((way) => contentOf(way, format));
  if (fuzzCase.isDamaged && ways.every((way) => 'reason' in way)) {
    // Where both the gzip and the JSON are wrong, either may be told.
    return;
  }
  expectSame('delivered at once and split', atOnce, content);
  expectSame('delivered streamed and split', streamed, content);
}

/** What arrives, however it is cut and spelt; a file that is passed through is spelt as it was. */
function contentOf(outcome: Outcome, format: PartFormat) {
  return 'reason' in outcome ? outcome : { ...outcome, parts: recordsOf(outcome, format) };
}

function recordsOf({ parts }: Whole, format: PartFormat): unknown[] {
  return format === 'json-lines'
    ? parts.flatMap((part) => part.split('\n')).map((line) => JSON.parse(line))
    : parts.flatMap((part) => JSON.parse(part).Records);
}

function expectSame(what: string, one: unknown, other: unknown): void {
  if (JSON.stringify(one) !== JSON.stringify(other)) {
    throw new DisagreementError(`${what}: ${JSON.stringify(one)} and ${JSON.stringify(other)}`);
  }
}

function compareWithParser(fuzzCase: FuzzCase, outcome: Outcome, format: PartFormat): void {
  const parsed = tryParse(fuzzCase.bytes.toString(ENCODING).replace(/^\xef\xbb\xbf/, ''));
  if ('reason' in outcome) {
    const { reason } = outcome;
    // The other way round may be: of a file with two faults the first is told.
    const wrong =
      parsed !== undefined && (NOT_JSON.has(reason) || (reason === 'NoRecords') === hasRecords(parsed.value));
    if (wrong) {
      throw new DisagreementError(`${reason}, but JSON.parse says ${JSON.stringify(parsed)}`);
    }
    return;
  }
  const records = (parsed?.value as { Records?: unknown[] } | undefined)?.Records ?? [];
  const { kept, dropped } = filtered(fuzzCase, records);
  expectSame('found and JSON.parse', recordsOf(outcome, format), withoutSkipped(kept, fuzzCase));
  expectSame(
    'dropped and due',
    Object.entries(outcome.dropped).toSorted(),
    Object.entries(dropped).toSorted(),
  );
}

/** Filters look at text, which is UTF-8. */
function filtered({ bytes, rules }: FuzzCase, records: readonly unknown[]) {
  const { Records: texts } = JSON.parse(bytes.toString('utf8').replace(/^\ufeff/, ''));
  const reasons = records.map((_, index) => droppingRule(rules, texts[index]));
  const dropped: Record<string, number> = {};
  for (const reason of reasons) {
    if (reason !== undefined) {
      dropped[reason] = (dropped[reason] ?? 0) + 1;
    }
  }
  return { kept: records.filter((_, index) => reasons[index] === undefined), dropped };
}

function withoutSkipped(kept: readonly unknown[], { skip }: FuzzCase): unknown[] {
  const isSkipped = (number: number) =>
    [...skip].some(([first, count]) => number >= first && number < first + count);
  return kept.filter((_, number) => !isSkipped(number));
}

function hasRecords(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'Records' in value;
}

/** JSON's own `null` is not "no JSON". */
function tryParse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    // Not JSON, which is an answer.
    return undefined;
  }
}
