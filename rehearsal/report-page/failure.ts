/** How a deployment that was told to fail did fail. */

import { type Child, html } from '../../page/html.ts';
import type { RehearsalReport } from '../report.ts';
import { section, verdict } from './parts.ts';

export function failureSection({ failure, options }: RehearsalReport): Child {
  if (failure === null) return false;
  return section(
    'failure',
    'The failure, as a user reads it',
    html`
<dl class="facts">
<div><dt>Step</dt><dd><code>${failure.step}</code></dd></div>
${options.failAt !== null && options.failAt !== failure.step && html`<div><dt>Asked for</dt><dd><code>${options.failAt}</code></dd></div>`}
<div><dt>The stack ended as</dt><dd><code>${failure.stackStatus}</code></dd></div>
<div><dt>Its message</dt><dd>${
      failure.namesStepAndCause
        ? verdict('good', 'names the step and the cause')
        : verdict('bad', 'does not name both the step and the cause')
    }</dd></div>
</dl>
${failure.message === '' ? html`<p class="muted">CloudFormation gave no message.</p>` : html`<blockquote>${failure.message}</blockquote>`}`,
  );
}
