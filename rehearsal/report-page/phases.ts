/** Where the time went, and which stacks stood. */

import { html, type Markup } from '../../page/html.ts';
import type { RehearsalReport } from '../report.ts';
import { count, duration } from './format.ts';
import { section, type Tone, table, verdict } from './parts.ts';

interface Phase {
  readonly name: string;
  readonly seconds: number;
  /** Seconds after the start, as far as the phases before it tell. */
  readonly start: number;
}

export function phasesSection(report: RehearsalReport): Markup {
  return section('phases', 'Phases', html`${timeline(report.seconds)}${stacks(report.stacks)}`);
}

function timeline(seconds: RehearsalReport['seconds']): Markup {
  const phases = consecutive([
    ['Set-up', seconds.setup],
    ['Bootstrap', seconds.bootstrap],
    ['Deploy', seconds.deploy],
    seconds.archive > 0 ? ['Archive', seconds.archive] : ['Forward', seconds.forward],
    // Only one scenario updates: in the others it is not a phase that was missed.
    ...(seconds.update > 0 ? [['Update', seconds.update] as const] : []),
    ['Destroy', seconds.destroy],
  ]);
  const last = phases.at(-1);
  // The total is measured by itself and may be shorter than the rounded phases together.
  const whole = Math.max(seconds.total, last === undefined ? 0 : last.start + last.seconds);
  return html`
<table class="timeline">
<caption class="unseen">Time by phase</caption>
<thead><tr><th scope="col">Phase</th><th scope="col" class="bar"><span class="unseen">When, from the start to the end</span></th><th scope="col" class="figure">Time</th></tr></thead>
<tbody>${phases.map((phase) => row(phase, whole))}</tbody>
<tfoot><tr><th scope="row">Total</th><td class="bar"></td><td class="figure">${duration(seconds.total)}</td></tr></tfoot>
</table>`;
}

function row(phase: Phase, whole: number): Markup {
  const reached = phase.seconds > 0;
  return html`<tr><th scope="row">${phase.name}</th><td class="bar">${bar(phase, whole)}</td><td class="figure">${reached ? duration(phase.seconds) : html`<span class="muted">not reached</span>`}</td></tr>`;
}

function bar(phase: Phase, whole: number): Markup {
  const percent = (seconds: number) => `${whole === 0 ? 0 : ((100 * seconds) / whole).toFixed(2)}%`;
  return html`<svg aria-hidden="true"><rect class="track" width="100%" height="100%"/>${phase.seconds > 0 && html`<rect class="span" x="${percent(phase.start)}" width="${percent(phase.seconds)}" height="100%"/>`}</svg>`;
}

function consecutive(named: readonly (readonly [string, number])[]): Phase[] {
  let start = 0;
  return named.map(([name, seconds]) => {
    const phase = { name, seconds, start };
    start += seconds;
    return phase;
  });
}

function stacks(found: RehearsalReport['stacks']): Markup {
  if (found.length === 0) return html`<p class="muted">No stack was created.</p>`;
  return table(
    'Stacks, before they were destroyed or after the roll-back',
    [
      { title: 'Stack', cell: (stack) => stack.name },
      { title: 'Status', cell: (stack) => verdict(toneOf(stack.status), html`<code>${stack.status}</code>`) },
      { title: 'Resources', cell: (stack) => count(stack.resources), numeric: true },
    ],
    found,
  );
}

/** By CloudFormation's stack status codes: `ROLLBACK` and `FAILED` are no successes, whatever they end in. */
function toneOf(status: string): Tone {
  if (status.includes('FAILED')) return 'bad';
  if (status.includes('ROLLBACK')) return 'note';
  return status.endsWith('_COMPLETE') ? 'good' : 'note';
}
