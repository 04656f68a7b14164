import { expect, test } from 'vitest';
import {
  type ComparedEntry,
  canonicalJson,
  compareNotifications,
  fateOf,
} from '../../../rehearsal/report-page/notification-comparison.ts';

const queue = (id: string, arn = 'arn:aws:sqs:us-east-1:000000000000:q') => ({ Id: id, QueueArn: arn });
const fates = (entries: readonly ComparedEntry[]) =>
  entries.map((entry) => [entry.kind, entry.id, fateOf(entry)]);

test('EventBridge added and removed beside an entry that stays, whose keys come in another order', () => {
  const before = { QueueConfigurations: [queue('siem')] };
  const during = {
    EventBridgeConfiguration: {},
    QueueConfigurations: [{ QueueArn: queue('siem').QueueArn, Id: 'siem' }],
  };

  const entries = compareNotifications(before, during, before);

  expect(fates(entries)).toEqual([
    ['QueueConfigurations', 'siem', 'unchanged'],
    ['EventBridgeConfiguration', '', 'added, then removed'],
  ]);
});

test('an entry that was lost, one that was changed for good, one that stayed behind', () => {
  const before = { QueueConfigurations: [queue('lost'), queue('changed', 'arn:before')] };
  const after = { QueueConfigurations: [queue('changed', 'arn:after')], EventBridgeConfiguration: {} };

  const entries = compareNotifications(before, after, after);

  expect(entries.map(fateOf)).toEqual(['not restored', 'not restored', 'not restored']);
});

test('an entry that was changed meanwhile is told from one that stayed the same', () => {
  const [before, during] = [
    { QueueConfigurations: [queue('a', 'arn:1')] },
    { QueueConfigurations: [queue('a', 'arn:2')] },
  ];
  expect(compareNotifications(before, during, before).map(fateOf)).toEqual([
    'changed meanwhile, then restored',
  ]);
});

test('entries without an id are known by their content, and counted', () => {
  const nameless = { TopicArn: 'arn:topic' };
  const entries = compareNotifications(
    { TopicConfigurations: [nameless, nameless] },
    { TopicConfigurations: [nameless] },
    { TopicConfigurations: [nameless, nameless] },
  );
  expect(entries.map(fateOf)).toEqual(['unchanged', 'changed meanwhile, then restored']);
});

test.each([
  [null, undefined, {}],
  [{}, {}, {}],
])('nothing at any time is no entry', (before, during, after) => {
  expect(compareNotifications(before, during, after)).toEqual([]);
});

test('a document of an unknown shape is compared as a whole', () => {
  expect(fates(compareNotifications('<xml/>', ['x'], '<xml/>'))).toEqual([
    ['The whole document', '', 'changed meanwhile, then restored'],
  ]);
});

test('canonical JSON sorts keys at every depth and keeps the order of lists', () => {
  expect(canonicalJson({ b: [{ d: 1, c: 2 }, 0], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1},0]}');
});
