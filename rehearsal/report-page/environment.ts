/** What was asked for, and what it ran on: figures mean little without it. */

import { type Child, html, type Markup } from '../../page/html.ts';
import type { RehearsalReport } from '../report.ts';
import { counted, destinationName } from './format.ts';
import { section } from './parts.ts';

export function environmentSection({ options, environment }: RehearsalReport): Markup {
  return section(
    'environment',
    'Options and environment',
    html`<dl class="facts">
${fact('Scenario', html`<code>${options.scenario}</code>`)}
${fact('Input', html`<code>${options.input}</code>`)}
${fact('Destination', destinationName(options.destination))}
${fact('Bucket', options.existingBucket ? 'existing' : 'created with the trail')}
${fact('Made to fail at', options.failAt === null ? 'nothing' : html`<code>${options.failAt}</code>`)}
${fact('Local AWS', environment.localAws)}
${fact('Node.js', environment.node)}
${fact('AWS CDK', environment.cdk)}
${fact('Machine', `${environment.platform}, ${counted(environment.processors, 'processor')}`)}
</dl>`,
  );
}

function fact(name: string, value: Child): Markup {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}
