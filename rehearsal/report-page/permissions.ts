/** Each function's AWS calls, and whether its role would have allowed them. */

import { type Child, html, type Markup } from '../../page/html.ts';
import type { PermissionProof, RehearsalReport } from '../report.ts';
import { count, counted } from './format.ts';
import { type Column, fold, list, section, table, verdict } from './parts.ts';

type FunctionProof = PermissionProof['functions'][number];
type Call = FunctionProof['calls'][number] & { readonly caller: string };

export function permissionsSection({ permissions }: RehearsalReport): Markup {
  return section(
    'permissions',
    'Permissions',
    permissions === null
      ? html`<p>${verdict('idle', 'This run did not record which AWS calls the functions made.')}</p>`
      : proof(permissions),
  );
}

function proof(permissions: PermissionProof): Markup {
  const denied = permissions.functions.flatMap(callsOf).filter((call) => !call.allowed);
  const functions = permissions.functions.toSorted((a, b) => deniedCount(b) - deniedCount(a));
  return html`
<p class="intro">The local AWS checks identity policies, but not what services do in a function's name. So each AWS call of each function, ${count(permissions.calls)} in all, was evaluated against the function's own role and the policies involved. ${judge(permissions.denied.length)}</p>
${denied.length === 0 && list(permissions.denied, 'problems')}
${denied.length > 0 && table('Denied calls', [CALLER, ...COLUMNS, REASON], denied)}
${functions.map(functionProof)}`;
}

function judge(denied: number): Markup {
  return denied === 0
    ? verdict('good', 'All would be allowed.')
    : verdict('bad', `${counted(denied, 'call')} would be denied.`);
}

function callsOf(one: FunctionProof): Call[] {
  return one.calls
    .map((call) => ({ ...call, caller: one.name }))
    .toSorted((a, b) => Number(a.allowed) - Number(b.allowed) || b.count - a.count);
}

function deniedCount(one: FunctionProof): number {
  return one.calls.filter((call) => !call.allowed).length;
}

const CALLER: Column<Call> = { title: 'Function', cell: (call) => call.caller };
const REASON: Column<Call> = { title: 'Why not', cell: (call) => call.reason ?? 'no reason given' };
const COLUMNS: readonly Column<Call>[] = [
  { title: 'Action', cell: (call) => html`<code>${call.action}</code>`, unbroken: true },
  { title: 'Resource', cell: (call) => html`<code>${call.resource}</code>` },
  { title: 'Calls', cell: (call) => count(call.count), numeric: true },
  {
    title: 'Allowed',
    cell: (call) => (call.allowed ? verdict('good', 'allowed') : verdict('bad', 'denied')),
  },
];

function functionProof(one: FunctionProof): Markup {
  const [calls, denied] = [callsOf(one), deniedCount(one)];
  const total = calls.reduce((sum, call) => sum + call.count, 0);
  const summary = html`<span class="function">${one.name}</span> <span class="muted">${counted(total, 'call')}</span> ${functionVerdict(total, denied)}${unusedCount(one.unusedActions.length)}`;
  const body = html`${calls.length > 0 && table(`AWS calls of ${one.name}`, COLUMNS, calls)}${unused(one.unusedActions)}`;
  return fold(summary, body, denied > 0);
}

function functionVerdict(total: number, denied: number): Markup {
  if (denied > 0) return verdict('bad', `${count(denied)} denied`);
  return total === 0 ? verdict('idle', 'called nothing') : verdict('good', 'all allowed');
}

function unusedCount(actions: number): Child {
  return actions > 0 && html` <span class="muted">${count(actions)} granted but unused</span>`;
}

function unused(actions: readonly string[]): Child {
  if (actions.length === 0) return html`<p class="muted">Every granted action was used.</p>`;
  return html`<p>Granted, and never needed in this run:</p>${list(
    actions.map((action) => html`<code>${action}</code>`),
    'codes',
  )}`;
}
