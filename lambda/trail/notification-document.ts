/** A bucket's notification configuration, as one document: pure functions on it. */
import type { NotificationConfiguration } from '@aws-sdk/client-s3';

export type NotificationDocument = Pick<
  NotificationConfiguration,
  'EventBridgeConfiguration' | 'LambdaFunctionConfigurations' | 'QueueConfigurations' | 'TopicConfigurations'
>;

type Entry = NonNullable<
  | NotificationDocument['LambdaFunctionConfigurations']
  | NotificationDocument['QueueConfigurations']
  | NotificationDocument['TopicConfigurations']
>[number];

/** Takes the document out of S3's answer, which has fields of the SDK beside it. */
export function documentOf(answer: NotificationDocument): NotificationDocument {
  const { LambdaFunctionConfigurations, QueueConfigurations, TopicConfigurations } = answer;
  return {
    ...(answer.EventBridgeConfiguration === undefined ? {} : { EventBridgeConfiguration: {} }),
    LambdaFunctionConfigurations,
    QueueConfigurations,
    TopicConfigurations,
  };
}

export function hasEventBridge(document: NotificationDocument): boolean {
  return document.EventBridgeConfiguration !== undefined;
}

export function withEventBridge(document: NotificationDocument): NotificationDocument {
  return { ...document, EventBridgeConfiguration: {} };
}

export function withoutEventBridge(document: NotificationDocument): NotificationDocument {
  const { EventBridgeConfiguration: _, ...others } = document;
  return others;
}

/**
 * The entries of `before` that are not in `after` as they were, each by its id; the order of entries, and of
 * the rules in a filter, means nothing to S3.
 */
export function lostEntries(before: NotificationDocument, after: NotificationDocument): readonly string[] {
  const kept = new Set(entriesOf(after).map(canonical));
  return entriesOf(before)
    .filter((entry) => !kept.has(canonical(entry)))
    .map((entry) => entry.Id ?? 'without id');
}

function entriesOf(document: NotificationDocument): readonly Entry[] {
  return [
    ...(document.LambdaFunctionConfigurations ?? []),
    ...(document.QueueConfigurations ?? []),
    ...(document.TopicConfigurations ?? []),
  ];
}

function canonical(entry: Entry): string {
  const rules = (entry.Filter?.Key?.FilterRules ?? []).map(
    ({ Name, Value }) => `${Name?.toLowerCase()}=${Value}`,
  );
  const { Id, Events, Filter: _, ...destination } = entry;
  return JSON.stringify({ Id, Events: Events?.toSorted(), rules: rules.toSorted(), destination });
}
