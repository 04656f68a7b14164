/** What was archived of the three vendors' audit logs. */

import { html, type Markup } from '../../page/html.ts';
import type { RehearsalReport } from '../report.ts';
import { bytes, count } from './format.ts';
import { list, section, table, verdict } from './parts.ts';

export function auditSection({ audit: { sources, reports } }: RehearsalReport): Markup {
  if (sources.length === 0) return html``;
  const records = table(
    'Records by source',
    [
      { title: 'Source', cell: ({ source }) => source },
      { title: 'Held', numeric: true, cell: ({ held }) => count(held) },
      { title: 'Archived', numeric: true, cell: ({ archived }) => count(archived) },
      {
        title: 'Missing or twice',
        cell: ({ missing, surplus, sameIds }) =>
          verdict(missing + surplus + sameIds === 0 ? 'good' : 'bad', count(missing + surplus + sameIds)),
      },
      { title: 'Rows derived', numeric: true, cell: ({ derived }) => count(derived) },
      { title: 'Runs', numeric: true, cell: ({ runs }) => count(runs) },
    ],
    sources,
  );
  return section(
    'audit',
    'Audit archive',
    html`<p class="intro">What the vendors hold, compared to the character with what the archive holds.</p>
${records}
${reports.length > 0 && html`<h3>Reports</h3>${list(reports.map(({ key, bytes: size }) => html`<code>${key}</code> ${bytes(size)}`))}`}`,
  );
}
