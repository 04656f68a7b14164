import { styleText } from 'node:util';
import type { RehearsalReport } from './report.ts';

/** The end of a rehearsal in a few lines, for the terminal. */
export function summaryOf(report: RehearsalReport): string {
  const { delivered, input, residue, seconds, failure, permissions, tokenRotation, completeness, audit } =
    report;
  const lines: string[] = [];
  if (failure !== null) {
    lines.push(`${failure.step} failed; the stack was ${failure.stackStatus}`, failure.message);
  } else if (audit.sources.length > 0) {
    lines.push(...archiveLines(report));
  } else if (delivered.events + delivered.missing === 0) {
    lines.push('nothing was forwarded');
  } else {
    lines.push(
      `${delivered.events} of ${input.events} events arrived, ${delivered.missing} missing, ${delivered.duplicates} duplicated`,
      ...(report.options.destination === 'vendorclient'
        ? ["forwarded by the vendor's client, which keeps neither dead letters nor a ledger"]
        : [...filterLine(report), ...ownForwarderLines(report)]),
    );
  }
  if (report.updates.length > 0) {
    const rolledBack = report.updates.filter(({ reason }) => reason !== null).length;
    lines.push(`${report.updates.length} updates while files flowed, ${rolledBack} of them rolled back`);
  }
  if (tokenRotation !== null) {
    lines.push('the CloudTrail token was renewed midway, and the former one revoked');
  }
  if (completeness !== null) {
    lines.push(
      `completeness: ${completeness.files} files in ${completeness.digests} digests proven` +
        (completeness.gapClosed ? '; a gap made on purpose was found and forwarded' : ''),
    );
  }
  if (permissions === null) {
    lines.push('permissions were not evaluated');
  } else {
    const { calls, denied, functions } = permissions;
    lines.push(
      `${calls} AWS calls of ${functions.length} functions evaluated, ${denied.length} not permitted`,
    );
  }
  lines.push(whatIsLeft(residue), ...whatStays(report));
  lines.push(`${seconds.total} s in all; report: .rehearsal/report.html`);
  const verdict = report.ok ? styleText('green', 'OK') : styleText('red', 'NOT OK');
  const problems = report.problems.map((problem) => styleText('red', `  ! ${problem}`));
  return ['', `${verdict}`, ...lines.map((line) => `  ${line}`), ...problems].join('\n');
}

function archiveLines({ audit: { sources, answers, reports, mail } }: RehearsalReport): string[] {
  const width = Math.max(...sources.map(({ source }) => source.length));
  return [
    ...sources.map(
      ({ source, held, archived, derived, runs, difficulties }) =>
        `${source.padEnd(width)}  ${archived} of ${held} records archived in ${runs} runs, ${derived} rows` +
        (difficulties.length > 0 ? `; against ${difficulties.join(', ')}` : ''),
    ),
    ...(answers.length > 0 ? [`${answers.length} saved queries answered`] : []),
    ...(reports.length > 0
      ? [
          `a report in ${reports.map(({ format }) => format).join(', ')}${mail === null ? '' : `, mailed to ${mail.to.join(', ')}`}: ` +
            reports
              .map(({ copy }) => `.rehearsal/${copy}`)
              .slice(0, 1)
              .join(''),
        ]
      : []),
  ];
}

/** What the archive leaves on purpose; that the account is bootstrapped and that keys lapse is not worth a line. */
function whatStays({ audit, residue }: RehearsalReport): string[] {
  if (audit.sources.length === 0) return [];
  return residue.retained
    .filter((one) => /^AWS::.*\((?!PendingDeletion)/.test(one))
    .map((one) => `kept by design: ${one}`);
}

/** "12 events filtered by rule: KMS reads 8, rule 3 4". */
function filterLine({ filtered }: RehearsalReport): string[] {
  const rules = Object.entries(filtered);
  const total = rules.reduce((sum, [, count]) => sum + count, 0);
  const byRule = rules.map(([rule, count]) => `${rule} ${count}`).join(', ');
  return total === 0 ? [] : [`${total} events filtered by rule: ${byRule}`];
}

function ownForwarderLines({ deadLettered, latencyMs }: RehearsalReport): string[] {
  return [
    `${deadLettered.length} ${deadLettered.length === 1 ? 'file' : 'files'} dead-lettered, which no destination can take`,
    `latency from object to acknowledgement: p50 ${latencyMs.p50} ms, p95 ${latencyMs.p95} ms, max ${latencyMs.max} ms`,
  ];
}

function whatIsLeft({ checked, aws, vendors }: RehearsalReport['residue']): string {
  if (!checked) {
    return 'what is left was not checked';
  }
  const left = aws.length + vendors.length;
  return left === 0 ? 'nothing left, in AWS or at the vendors' : `${left} things left behind`;
}
