/** The first screen: did it work, and the figures that say so. */

import { type Child, html, type Markup } from '../../page/html.ts';
import type { AuditSourceReport, RehearsalReport } from '../report.ts';
import { count, counted, destinationName, duration, latency, moment, sourceName } from './format.ts';
import { courseOf, filteredEvents, isOfForwarding, residueCount, wasForwarded } from './outcome.ts';
import { list, sign, type Tone, verdict } from './parts.ts';

const HEADLINES = {
  succeeded: 'The rehearsal succeeded',
  failed: 'The rehearsal failed',
  'failed as asked': 'The deployment failed as asked, and was undone',
} as const;

export function headlineOf(report: RehearsalReport): string {
  return HEADLINES[courseOf(report)];
}

export function verdictSection(report: RehearsalReport): Markup {
  const tone = report.ok ? 'good' : 'bad';
  return html`
<header class="hero ${tone}">
<p class="eyebrow">Trailbridge rehearsal · <time datetime="${report.startedAt}">${moment(report.startedAt)}</time></p>
<h1>${sign(tone)}<span>${headlineOf(report)}</span></h1>
<p class="lead">${summary(report)}</p>
${!report.ok && problems(report.problems)}
<dl class="tiles">${tiles(report).map(tile)}</dl>
</header>`;
}

function problems(found: readonly string[]): Markup {
  if (found.length === 0) return html`<p>The report names no problem.</p>`;
  return html`<h2 class="problems">${found.length === 1 ? 'The problem' : 'The problems'}</h2>${list(found, 'problems')}`;
}

function summary(report: RehearsalReport): string {
  const { failure, delivered, input } = report;
  if (failure !== null) {
    return `The deployment was made to fail at “${failure.step}”. ${leftBehind(report)}`;
  }
  if (report.audit.sources.length > 0) return `${archived(report)} ${leftBehind(report)}`;
  if (!wasForwarded(report)) return `It ended before any file was forwarded. ${leftBehind(report)}`;
  if (input.events === 0 && delivered.events === 0) return `The input held no event. ${leftBehind(report)}`;
  const lost = delivered.missing === 0 ? 'none missing' : `${count(delivered.missing)} missing`;
  const twice = delivered.duplicates === 0 ? 'none twice' : `${count(delivered.duplicates)} more than once`;
  const filtered = filteredEvents(report);
  const dropped = filtered === 0 ? '' : `${count(filtered)} filtered by rule, `;
  return (
    `${share(delivered.events, input.events)} arrived at ${destinationName(report.options.destination)}: ` +
    `${dropped}${lost}, ${twice}. ${leftBehind(report)}`
  );
}

function archived({ audit: { sources } }: RehearsalReport): string {
  const total = (figure: 'held' | 'archived' | 'missing') =>
    sources.reduce((sum, each) => sum + each[figure], 0);
  const from = counted(sources.length, 'vendor');
  return `Of ${count(total('held'))} audit records of ${from}, ${count(total('archived'))} were archived, ${count(total('missing'))} are missing.`;
}

function share(arrived: number, sent: number): string {
  if (arrived !== sent) return `${count(arrived)} of ${counted(sent, 'event')}`;
  return sent === 1 ? 'The one event' : `All ${count(sent)} events`;
}

function leftBehind(report: RehearsalReport): string {
  const left = residueCount(report);
  if (left > 0) return `${counted(left, 'thing was', 'things were')} left behind.`;
  if (report.residue.checked && !isOfForwarding(report)) {
    return 'The raw records stay, with their key, by design; everything else was removed.';
  }
  return report.residue.checked
    ? 'Everything was removed; nothing is left.'
    : 'It did not come to the check of what is left.';
}

interface Tile {
  readonly name: string;
  readonly figure: Child;
  readonly tone: Tone;
  readonly words: string;
}

function tile({ name, figure, tone, words }: Tile): Markup {
  return html`<div><dt>${name}</dt><dd><strong>${figure}</strong>${verdict(tone, words)}</dd></div>`;
}

function tiles(report: RehearsalReport): Tile[] {
  return [
    ...deliveryTiles(report),
    ...completenessTiles(report),
    residueTile(report),
    permissionTile(report),
    {
      name: 'Total time',
      figure: duration(report.seconds.total),
      tone: 'idle',
      words: counted(report.stacks.length, 'stack'),
    },
  ];
}

function deliveryTiles(report: RehearsalReport): Tile[] {
  const { delivered, latencyMs, input, audit } = report;
  if (audit.sources.length > 0) return audit.sources.map(archiveTile);
  if (!wasForwarded(report)) {
    return [{ name: 'Events delivered', figure: '–', tone: 'idle', words: 'not reached' }];
  }
  return [
    {
      name: 'Events delivered',
      figure: count(delivered.events),
      tone: delivered.missing === 0 ? 'good' : 'bad',
      words: `of ${count(input.events - filteredEvents(report))}`,
    },
    zeroTile('Missing', delivered.missing, 'none', 'lost'),
    zeroTile('Duplicates', delivered.duplicates, 'none', 'arrived again'),
    {
      name: 'Latency, p95',
      figure: latencyMs.samples.length === 0 ? '–' : latency(latencyMs.p95),
      tone: 'idle',
      words: counted(latencyMs.samples.length, 'file'),
    },
  ];
}

function archiveTile({ source, archived, held, missing, surplus, sameIds }: AuditSourceReport): Tile {
  const wrong = missing + surplus + sameIds;
  return {
    name: sourceName(source),
    figure: count(archived),
    tone: wrong === 0 ? 'good' : 'bad',
    words: wrong === 0 ? `archived of ${count(held)}, each once` : `${count(wrong)} missing or twice`,
  };
}

function completenessTiles({ completeness }: RehearsalReport): Tile[] {
  if (completeness === null) return [];
  const { files, digests, gapClosed } = completeness;
  const words = gapClosed ? `by ${counted(digests, 'signed digest')}` : 'a gap was not closed';
  return [
    { name: 'Proven complete', figure: counted(files, 'file'), tone: gapClosed ? 'good' : 'bad', words },
  ];
}

function zeroTile(name: string, value: number, whenZero: string, otherwise: string): Tile {
  return value === 0
    ? { name, figure: '0', tone: 'good', words: whenZero }
    : { name, figure: count(value), tone: 'bad', words: otherwise };
}

function residueTile(report: RehearsalReport): Tile {
  return report.residue.checked
    ? zeroTile('Left behind', residueCount(report), 'nothing', 'residue')
    : { name: 'Left behind', figure: '–', tone: 'idle', words: 'not checked' };
}

function permissionTile(report: RehearsalReport): Tile {
  return report.permissions === null
    ? { name: 'Denied calls', figure: '–', tone: 'idle', words: 'not recorded' }
    : zeroTile(
        'Denied calls',
        report.permissions.denied.length,
        `${count(report.permissions.calls)} allowed`,
        'by the roles',
      );
}
