/** An existing bucket's notification document before, during and after the deployment. */

import { type Child, html, type Markup } from '../../page/html.ts';
import type { RehearsalReport } from '../report.ts';
import { count, counted } from './format.ts';
import {
  type ComparedEntry,
  canonicalJson,
  compareNotifications,
  type Fate,
  fateOf,
  type Held,
} from './notification-comparison.ts';
import { fold, section, type Tone, table, verdict } from './parts.ts';

export function bucketNotificationSection({ bucketNotification }: RehearsalReport): Child {
  if (bucketNotification === null) return false;
  const { before, during, after } = bucketNotification;
  const entries = compareNotifications(before, during, after);
  return section(
    'bucket-notification',
    "The existing bucket's notifications",
    html`
<p class="intro">${judge(before, after)}</p>
<p class="intro">${inWords(entries)}</p>
${
  entries.length === 0
    ? html`<p class="muted">The bucket had no notification at any time.</p>`
    : table<ComparedEntry>(
        'Entries of the notification document',
        [
          { title: 'Entry', cell: entryName },
          { title: 'Before', cell: (entry) => moment(entry, entry.before) },
          { title: 'While deployed', cell: (entry) => moment(entry, entry.during) },
          { title: 'Afterwards', cell: (entry) => moment(entry, entry.after) },
          { title: 'Result', cell: (entry) => verdict(TONES[fateOf(entry)], fateOf(entry)) },
        ],
        entries,
      )
}
${fold(
  'The three documents',
  html`<div class="columns">${documentOf('Before', before)}${documentOf('While deployed', during)}${documentOf('Afterwards', after)}</div>`,
)}`,
  );
}

const TONES: Readonly<Record<Fate, Tone>> = {
  unchanged: 'good',
  'added, then removed': 'good',
  'changed meanwhile, then restored': 'note',
  'not restored': 'bad',
};

function judge(before: unknown, after: unknown): Markup {
  return canonicalJson(before) === canonicalJson(after)
    ? verdict('good', 'After destroying, the document is the same as before deploying.')
    : verdict('bad', 'After destroying, the document differs from the one before deploying.');
}

function inWords(entries: readonly ComparedEntry[]): string {
  const others = entries.filter(({ kind }) => kind !== EVENT_BRIDGE);
  const unchanged = others.filter((entry) => fateOf(entry) === 'unchanged').length;
  const eventBridge = entries.find(({ kind }) => kind === EVENT_BRIDGE);
  const kept =
    others.length === 0
      ? 'The bucket had no other entries.'
      : `${count(unchanged)} of ${counted(others.length, 'other entry', 'other entries')} stayed the same throughout.`;
  return `${kept} EventBridge: ${MOMENTS.map((at) => onOrOff(eventBridge?.[at] ?? null)).join(' → ')}.`;
}

const EVENT_BRIDGE = 'EventBridgeConfiguration';
const MOMENTS = ['before', 'during', 'after'] as const;

function onOrOff(held: Held): string {
  return held === null ? 'off' : 'on';
}

/** S3's names of the kinds, in words. */
const KINDS: Readonly<Record<string, string>> = {
  QueueConfigurations: 'SQS queue',
  TopicConfigurations: 'SNS topic',
  LambdaFunctionConfigurations: 'Lambda function',
  EventBridgeConfiguration: 'EventBridge',
};

function entryName({ kind, id }: ComparedEntry): Markup {
  return html`${KINDS[kind] ?? kind}${id !== null && id !== '' && html`<br><code>${id}</code>`}`;
}

function moment(entry: ComparedEntry, held: Held): Child {
  if (entry.kind === EVENT_BRIDGE) return onOrOff(held);
  if (held === null) return html`<span class="muted">absent</span>`;
  const reference = entry.before ?? entry.during;
  return held === reference ? 'present' : html`<strong>different</strong>`;
}

function documentOf(title: string, document: unknown): Markup {
  return html`<figure><figcaption>${title}</figcaption><pre>${canonicalJson(document, 2)}</pre></figure>`;
}
