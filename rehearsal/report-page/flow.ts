/** The way of the files from CloudTrail to the destination, and what came of them. */

import { type Child, html, type Markup } from '../../page/html.ts';
import type { RehearsalReport } from '../report.ts';
import { bytes, count, counted } from './format.ts';
import { filteredEvents, wasForwarded } from './outcome.ts';
import { fold, list, section, table, verdict } from './parts.ts';

const COLLECTORS: Readonly<Record<string, string>> = {
  cloudone: 'Cloud One CloudTrail service',
  visionone: 'Vision One HTTP collection',
  vendorclient: 'Cloud One CloudTrail service',
};

export function flowSection(report: RehearsalReport): Markup {
  return section(
    'flow',
    'Files and events',
    html`${!wasForwarded(report) && html`<p class="intro">${verdict('idle', 'Forwarding was not reached: no file was sent this way.')}</p>`}
${diagram(report)}
${identifiers('Missing', report.delivered.missing, report.delivered.missingIds)}
${identifiers('Delivered more than once', report.delivered.duplicates, report.delivered.duplicateIds)}
${deadLetters(report.deadLettered)}`,
  );
}

function diagram(report: RehearsalReport): Markup {
  const { input, options } = report;
  return html`
<ol class="flow">
${step('CloudTrail files', html`<strong>${count(input.files)}</strong> ${input.files === 1 ? 'file' : 'files'}${input.notLogFiles > 0 && html`,<br>${count(input.notLogFiles)} of them no log or Insight ${input.notLogFiles === 1 ? 'file' : 'files'}`}<br>${counted(input.events, 'event')}<br>${bytes(input.bytes)}`)}
${step(options.existingBucket ? 'Existing bucket' : 'New bucket', 'each file is created as an object')}
${options.destination === 'vendorclient' ? step('The vendor’s client', 'called by the bucket’s own notification, once an object') : ownForwarder(report)}
${step(COLLECTORS[options.destination] ?? options.destination, arrived(report))}
${options.destination !== 'vendorclient' && step('Dead-letter queue', html`<strong>${count(report.deadLettered.length)}</strong> ${report.deadLettered.length === 1 ? 'file' : 'files'} set aside by the forwarder`, 'branch')}
</ol>`;
}

function ownForwarder(report: RehearsalReport): Markup {
  return html`${step('EventBridge', 'a rule picks log files by their key')}
${step('Queue', 'the one door to the forwarder')}
${step('Forwarder', html`<strong>${count(report.latencyMs.samples.length)}</strong> ${report.latencyMs.samples.length === 1 ? 'file' : 'files'} acknowledged${report.tokenRotation !== null && html`<br>token renewed midway, the former one revoked`}${filtered(report)}`)}`;
}

function filtered(report: RehearsalReport): Child {
  const rules = Object.entries(report.filtered);
  if (rules.length === 0) return false;
  const total = filteredEvents(report);
  const byRule = rules.map(([rule, dropped]) => `${rule} ${count(dropped)}`).join(', ');
  return html`<br><strong>${count(total)}</strong> ${total === 1 ? 'event' : 'events'} filtered by rule: ${byRule}`;
}

function step(name: string, body: Child, className = 'step'): Markup {
  return html`<li class="${className}"><div class="node"><h3>${name}</h3><p>${body}</p></div></li>`;
}

function arrived(report: RehearsalReport): Child {
  const { events, missing, duplicates } = report.delivered;
  if (!wasForwarded(report)) return 'nothing was sent';
  return html`<strong>${count(events)}</strong> ${events === 1 ? 'event' : 'events'}<br>${verdict(missing === 0 ? 'good' : 'bad', `${count(missing)} missing`)}<br>${verdict(duplicates === 0 ? 'good' : 'bad', counted(duplicates, 'duplicate'))}`;
}

function identifiers(title: string, total: number, some: readonly string[]): Child {
  if (some.length === 0) return false;
  const ofAll = some.length < total ? `${count(some.length)} of ${count(total)}` : count(some.length);
  return html`<h3>${title}: ${ofAll} by eventID</h3>${list(
    some.map((id) => html`<code>${id}</code>`),
    'codes',
  )}`;
}

type DeadLetter = RehearsalReport['deadLettered'][number];

function deadLetters(found: readonly DeadLetter[]): Child {
  if (found.length === 0) return false;
  const rows = table<DeadLetter>(
    'Dead-lettered files, and why',
    [
      { title: 'Object', cell: (letter) => html`<code>${letter.key}</code>` },
      { title: 'Reason', cell: (letter) => html`<code>${letter.reason}</code>`, unbroken: true },
      { title: 'In words', cell: (letter) => letter.detail },
    ],
    found,
  );
  return found.length > 6 ? fold(counted(found.length, 'dead-lettered file'), rows) : rows;
}
