/** Each change of the standing stack: what CloudFormation did, and what went through meanwhile. */

import { type Child, html, type Markup } from '../../page/html.ts';
import type { RehearsalReport, UpdateReport } from '../report.ts';
import { count, counted, duration } from './format.ts';
import { fold, list, section, table, verdict } from './parts.ts';

export function updatesSection({ updates }: RehearsalReport): Markup | false {
  if (updates.length === 0) return false;
  return section(
    'updates',
    'Updates',
    html`
<p class="intro">Files were put into the bucket before, during and after each change. What had to have arrived by then is of all changes so far.</p>
${table<UpdateReport>(
  'Changes of the stack, in their order',
  [
    { title: 'Change', cell: (update) => update.change },
    { title: 'Came of it', cell: outcome },
    { title: 'CloudFormation', cell: ({ resources }) => done(resources) },
    { title: 'Time', cell: ({ seconds }) => duration(seconds), numeric: true },
    { title: 'Files before, during, after', cell: files, numeric: true },
    { title: 'Events', cell: arrived },
    { title: 'Vendors hold', cell: held },
  ],
  updates,
)}`,
  );
}

function outcome({ status, reason }: UpdateReport): Child {
  if (reason === null) return verdict('good', html`<code>${status}</code>`);
  return html`${verdict('note', html`<code>${status}</code>`)} ${reason}`;
}

function done(resources: UpdateReport['resources']): Child {
  const kinds = Object.entries(resources).filter(([, ids]) => ids.length > 0);
  if (kinds.length === 0) return 'nothing to do';
  return kinds.map(([what, ids]) =>
    fold(
      `${count(ids.length)} ${what}`,
      list(
        ids.map((id: string) => html`<code>${id}</code>`),
        'codes',
      ),
    ),
  );
}

function files({ files: { before, during, after } }: UpdateReport): string {
  return [before, during, after].map(count).join(', ');
}

function arrived({ delivered: { events, missing, duplicates } }: UpdateReport): Child {
  const wrong = [
    ...(missing > 0 ? [`${count(missing)} missing`] : []),
    ...(duplicates > 0 ? [counted(duplicates, 'duplicate')] : []),
  ];
  return verdict(wrong.length === 0 ? 'good' : 'bad', [count(events), ...wrong].join(', '));
}

function held({ vendors }: UpdateReport): string {
  return [
    counted(vendors.workloadConnectors, 'connector'),
    counted(vendors.cloudAccounts, 'cloud account'),
    `Vision One ${vendors.visionOneConnection ?? 'not connected'}`,
    counted(vendors.forwardingStacks, 'forwarding stack'),
  ].join(', ');
}
