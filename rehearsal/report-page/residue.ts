/** What is left after destroying. */

import { html, type Markup } from '../../page/html.ts';
import type { RehearsalReport } from '../report.ts';
import { counted } from './format.ts';
import { list, section, verdict } from './parts.ts';

export function residueSection(report: RehearsalReport): Markup {
  const { checked, aws, vendors, retained } = report.residue;
  return section(
    'residue',
    'What is left',
    html`<div class="columns">
${mustBeEmpty('In AWS', aws, checked)}
${mustBeEmpty('At the vendors', vendors, checked)}
<div><h3>Retained by design</h3>${
      retained.length === 0
        ? html`<p>${verdict('idle', 'Nothing')}</p>`
        : html`<p class="muted">Not residue: these stay, or lapse by themselves.</p>${list(retained)}`
    }</div>
</div>`,
  );
}

function mustBeEmpty(title: string, left: readonly string[], checked: boolean): Markup {
  return html`<div><h3>${title}</h3><p>${judge(left.length, checked)}</p>${left.length > 0 && list(left.map((item) => html`<code>${item}</code>`))}</div>`;
}

function judge(left: number, checked: boolean): Markup {
  if (left > 0) return verdict('bad', `${counted(left, 'thing is', 'things are')} left that should be gone`);
  return checked
    ? verdict('good', 'Nothing is left')
    : verdict('idle', 'Not checked: the run ended before destroying');
}
