/** Who was connected with whom while the stack stood, and that it is undone. */

import { html, type Markup } from '../../page/html.ts';
import type { RehearsalReport, VendorHoldings } from '../report.ts';
import { count } from './format.ts';
import { section, type Tone, verdict } from './parts.ts';

/** One registration at a vendor, then and at the end. */
interface Connection {
  readonly name: string;
  readonly registered: string;
  readonly afterwards: string;
  readonly tone: Tone;
  readonly words: string;
}

export function connectionsSection(report: RehearsalReport): Markup {
  const { registered, afterDestroy } = report.vendor;
  const remaining: Remaining = report.residue.vendors.length > 0 ? 'bad' : 'note';
  const toCloudOne = [
    counted('Workload Security connector', 'workloadConnectors', registered, afterDestroy, remaining),
    counted('Cloud account', 'cloudAccounts', registered, afterDestroy, remaining),
    cloudTrailToken(registered, afterDestroy),
  ];
  const toVisionOne = [
    visionOneConnection(registered, afterDestroy, remaining),
    // Where the stack generated its own enrolment token.
    ...(registered.visionOneConnectors + afterDestroy.visionOneConnectors > 0
      ? [counted('Product connector', 'visionOneConnectors', registered, afterDestroy, remaining)]
      : []),
  ];
  return section(
    'connections',
    'Connections',
    html`
<p class="intro">What was registered while the stack stood, and what of it is left afterwards.</p>
<div class="connections">
${node('AWS account', 'roles, trail and forwarder in one stack')}
${wires('Between the AWS account and Trend Cloud One', toCloudOne)}
${node('Trend Cloud One', 'the account that the API key belongs to')}
${wires('Between Trend Cloud One and Trend Vision One', toVisionOne)}
${node('Trend Vision One', 'where the account is enrolled')}
</div>`,
  );
}

/** The tone of what is still there: adopted registrations stay by design and are no residue. */
type Remaining = 'bad' | 'note';

function counted(
  name: string,
  kind: 'visionOneConnectors' | 'workloadConnectors' | 'cloudAccounts',
  registered: VendorHoldings,
  afterDestroy: VendorHoldings,
  remaining: Remaining,
): Connection {
  return {
    name,
    registered: count(registered[kind]),
    afterwards: count(afterDestroy[kind]),
    ...fate(registered[kind] > 0, afterDestroy[kind] > 0, remaining),
  };
}

function visionOneConnection(
  registered: VendorHoldings,
  afterDestroy: VendorHoldings,
  remaining: Remaining,
): Connection {
  const [then, now] = [registered.visionOneConnection, afterDestroy.visionOneConnection];
  return {
    name: 'Enrolment of the account',
    registered: then ?? 'none',
    afterwards: now ?? 'none',
    ...fate(then !== null, now !== null, remaining),
  };
}

/** Cloud One has no call to revoke it, so it is never "gone" but lapses. */
function cloudTrailToken(registered: VendorHoldings, afterDestroy: VendorHoldings): Connection {
  const issued = Math.max(registered.stackTokens, afterDestroy.stackTokens) > 0;
  return {
    name: 'CloudTrail token',
    registered: count(registered.stackTokens),
    afterwards: count(afterDestroy.stackTokens),
    tone: 'idle',
    words: issued ? 'lapses by itself' : 'not issued',
  };
}

function fate(then: boolean, now: boolean, remaining: Remaining): { tone: Tone; words: string } {
  if (now) return { tone: remaining, words: 'still there' };
  return then ? { tone: 'good', words: 'gone' } : { tone: 'idle', words: 'never registered' };
}

function node(name: string, role: string): Markup {
  return html`<div class="node"><h3>${name}</h3><p>${role}</p></div>`;
}

function wires(label: string, connections: readonly Connection[]): Markup {
  return html`<ul class="wires" aria-label="${label}">${connections.map(
    (connection) => html`
<li class="${connection.tone}">
<span class="name">${connection.name} ${verdict(connection.tone, connection.words)}</span>
<span class="line" aria-hidden="true"></span>
<span class="state"><span class="then"><span class="label">registered</span> ${connection.registered}</span><span class="arrow" aria-hidden="true">→</span><span class="now"><span class="label">afterwards</span> ${connection.afterwards}</span></span>
</li>`,
  )}</ul>`;
}
