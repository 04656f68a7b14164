/** What a person reads of a completeness check: the verdict first. */
import { styleText } from 'node:util';
import {
  BASIS_MEANING,
  type CompletenessFinding,
  type CompletenessResult,
  type CompletenessVerdict,
  type DigestSeries,
  type ProofBasis,
  type UncoveredReason,
} from '../../contract/completeness.ts';
import {
  gapsIn,
  isSilent,
  tamperedIn,
  unprovenHoursOf,
  verifiedIn,
} from '../../contract/completeness-sums.ts';
import type { Span } from '../../lambda/completeness/ports.ts';
import { printable } from '../../lambda/shared/remote-words.ts';
import { plural } from '../amounts.ts';
import { table } from './table.ts';
import { gravestOf } from './verdict.ts';

export interface CompletenessReport {
  readonly bucket: string;
  readonly span: Span;
  readonly results: readonly CompletenessResult[];
  readonly queued: number | undefined;
}

const COLOURS: Readonly<Record<CompletenessVerdict, 'green' | 'yellow' | 'red'>> = {
  Proven: 'green',
  Unproven: 'yellow',
  Gaps: 'red',
  Tampered: 'red',
};

/** Rows of proven regions that are shown; an organisation has thousands. */
const MAXIMUM_PROVEN_ROWS = 20;
const MAXIMUM_LINES = 20;

export const REASON_MEANING: Readonly<Record<UncoveredReason, string>> = {
  DigestMissing: 'digests that a later one proves to have existed are gone',
  DigestInvalid: 'the digest of that time is no proof',
  ChainRestarted: 'logging or validation was off, or the newest digests before it were deleted',
  DigestOutOfReach: 'the trail wrote to another bucket, which may not be read',
  DigestsApart: 'digests that follow each other do not meet',
  DigestOverdue: 'no digest came after it: stopped, deleted, or late',
  NoDigests: 'there is not one digest: log file validation is off, or all were deleted',
};

export function completenessText({ bucket, span, results, queued }: CompletenessReport): string {
  const spoken = results.filter((result) => !isSilent(result));
  const silent = results.length - spoken.length;
  return [
    `Completeness of s3://${printable(bucket)}, ${minute(span.from)} to ${minute(span.to)} UTC`,
    '',
    `${coloured(gravestOf(results))}  ${sentenceOf(spoken)}`,
    ...basesOf(spoken).map((basis) => BASIS_MEANING[basis]),
    ...section(tableOf(spoken)),
    ...section(
      silent === 0 ? [] : [`Nothing was written in ${plural(silent, 'more region', 'more regions')}.`],
    ),
    ...section(gapLines(spoken)),
    ...section(findingLines(spoken)),
    ...section(unprovenLines(spoken)),
    ...section(queuedLines(spoken, queued)),
  ].join('\n');
}

/** The whole in a sentence, such as `12 files in 3 digests proven`. */
export function sentenceOf(results: readonly CompletenessResult[]): string {
  const sum = (count: (result: CompletenessResult) => number) =>
    results.reduce((total, result) => total + count(result), 0);
  const proven = sum(({ files }) => files.Forwarded);
  const digests = sum(verifiedIn);
  const parts: readonly (readonly [number, string, string])[] = [
    [sum(({ listed }) => listed.acknowledged), 'file forwarded by listing', 'files forwarded by listing'],
    [sum(gapsIn), 'gap', 'gaps'],
    [sum(({ files }) => files.Altered), 'file altered', 'files altered'],
    [sum(({ files }) => files.Deleted), 'file deleted', 'files deleted'],
    [sum(({ storedCopies }) => storedCopies.overwritten), 'copy overwritten', 'copies overwritten'],
    [sum((result) => result.digests.invalid), 'digest invalid', 'digests invalid'],
    [sum((result) => result.digests.missing), 'digest missing', 'digests missing'],
    [sum((result) => result.digests.replaced), 'digest replaced', 'digests replaced'],
    [Math.round(sum(unprovenHoursOf)), 'hour not proven', 'hours not proven'],
  ];
  return [
    `${plural(proven, 'file', 'files')} in ${plural(digests, 'digest', 'digests')} proven`,
    ...parts.filter(([count]) => count > 0).map(([count, one, many]) => plural(count, one, many)),
  ].join(', ');
}

function basesOf(results: readonly CompletenessResult[]): readonly ProofBasis[] {
  return [...new Set(results.map(({ basis }) => basis))].toSorted();
}

function tableOf(results: readonly CompletenessResult[]): readonly string[] {
  const proven = results.filter(({ verdict }) => verdict === 'Proven');
  const hidden = new Set(proven.slice(MAXIMUM_PROVEN_ROWS));
  const shown = results.filter((result) => !hidden.has(result));
  const rows = shown.map((result) => {
    const { series, verdict, files, listed } = result;
    return [
      coloured(verdict),
      printable(series.accountId),
      printable(series.region),
      ...(withPrefix(results) ? [printable(placeOf(series)) || '-'] : []),
      String(verifiedIn(result)),
      String(files.Forwarded + listed.acknowledged),
      String(gapsIn(result)),
      String(tamperedIn(result)),
      String(Math.round(unprovenHoursOf(result))),
    ];
  });
  const prefix = withPrefix(results) ? ['Prefix, organisation'] : [];
  const titles = [
    'Verdict',
    'Account',
    'Region',
    ...prefix,
    'Digests',
    'Forwarded',
    'Gaps',
    'Tampered',
    'Unproven h',
  ];
  const lines = shown.length === 0 ? [] : table(titles, rows, titles.indexOf('Digests'));
  return hidden.size === 0
    ? lines
    : [...lines, `… and ${plural(hidden.size, 'proven region', 'proven regions')} more`];
}

function withPrefix(results: readonly CompletenessResult[]): boolean {
  return results.some(({ series }) => placeOf(series) !== '');
}

/** What tells apart the same region of the same account: the trail's key prefix, and its organisation. */
function placeOf({ prefix, organizationId }: DigestSeries): string {
  return [prefix, organizationId].filter((part) => part !== undefined && part !== '').join('/');
}

function gapLines(results: readonly CompletenessResult[]): readonly string[] {
  const gaps = findingsOf(results).filter((finding) => isGap(finding));
  return listing(
    'Not forwarded',
    gaps.map(lineOf),
    results.reduce((sum, result) => sum + gapsIn(result), 0),
  );
}

function findingLines(results: readonly CompletenessResult[]): readonly string[] {
  const others = findingsOf(results).filter((finding) => !isGap(finding));
  const leftOut = results.reduce((sum, { findingsLeftOut }) => sum + findingsLeftOut, 0);
  return listing('To look at', others.map(lineOf), others.length + leftOut);
}

function unprovenLines(results: readonly CompletenessResult[]): readonly string[] {
  const lines = results.flatMap(({ series, trails }) =>
    trails.flatMap(({ trail, uncovered }) =>
      uncovered.map(
        ({ from, to, reason }) =>
          `${minute(new Date(from))} to ${minute(new Date(to))}, ${printable(`${series.accountId} ${series.region}`)}` +
          `${trail === '' ? '' : ` (${printable(trail)})`}: ${REASON_MEANING[reason]}`,
      ),
    ),
  );
  return listing('Not proven', lines, lines.length);
}

function queuedLines(results: readonly CompletenessResult[], queued: number | undefined): readonly string[] {
  if (queued !== undefined) {
    return [`${plural(queued, 'file was', 'files were')} queued to be forwarded.`];
  }
  return results.some((result) => gapsIn(result) > 0) ? ['Queue what was not forwarded with --requeue.'] : [];
}

function listing(title: string, lines: readonly string[], all: number): readonly string[] {
  const shown = lines.slice(0, MAXIMUM_LINES).map((line) => `  ${line}`);
  const rest = all - shown.length;
  return all === 0 ? [] : [`${title}:`, ...shown, ...(rest > 0 ? [`  … and ${rest} more: see --json`] : [])];
}

function findingsOf(results: readonly CompletenessResult[]): readonly CompletenessFinding[] {
  return results.flatMap(({ findings }) => findings);
}

function isGap(finding: CompletenessFinding): boolean {
  return finding.kind === 'Unacknowledged' || (finding.kind === 'LogFile' && finding.verdict === 'Gap');
}

function lineOf(finding: CompletenessFinding): string {
  switch (finding.kind) {
    case 'Digest':
      return `${printable(finding.digest)}: ${finding.problem}. ${printable(finding.detail)}`;
    case 'Chain':
      return `${printable(finding.digest)}: ${finding.link}, ${printable(finding.previous)}`;
    case 'LogFile':
      return `${printable(finding.file)}: ${finding.verdict === 'Gap' ? '' : `${finding.verdict}. `}${printable(finding.detail)}`;
    case 'StoredCopy':
      return `${printable(finding.file)}: forwarded as it was delivered, and ${finding.copy.toLowerCase()} since`;
    case 'Unacknowledged':
      return `${printable(finding.file)}: It was never acknowledged.`;
  }
}

function section(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

function coloured(verdict: CompletenessVerdict): string {
  return styleText(COLOURS[verdict], verdict.toUpperCase(), { stream: process.stdout });
}

function minute(time: Date): string {
  return time.toISOString().slice(0, 'YYYY-MM-DDTHH:MM'.length).replace('T', ' ');
}
