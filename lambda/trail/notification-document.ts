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

type FunctionEntry = NonNullable<NotificationDocument['LambdaFunctionConfigurations']>[number];

/** Whether an entry calls a function whose ARN is one of those. */
export function calls(isOne: (functionArn: string) => boolean): (entry: FunctionEntry) => boolean {
  return ({ LambdaFunctionArn = '' }) => isOne(LambdaFunctionArn);
}

export function withoutFunctions(
  document: NotificationDocument,
  isUnwanted: (functionArn: string) => boolean,
): NotificationDocument {
  const isWanted = (entry: FunctionEntry) => !calls(isUnwanted)(entry);
  return {
    ...document,
    LambdaFunctionConfigurations: document.LambdaFunctionConfigurations?.filter(isWanted),
  };
}

/** What is in it, each entry as `<id> (<ARN of its destination>)`, and EventBridge. */
export function contentsOf(document: NotificationDocument): readonly string[] {
  const entries = entriesOf(document).map((entry) => {
    const {
      Id = 'without id',
      LambdaFunctionArn,
      QueueArn,
      TopicArn,
    } = entry as Partial<Record<'Id' | 'LambdaFunctionArn' | 'QueueArn' | 'TopicArn', string>>;
    return `${Id} (${LambdaFunctionArn ?? QueueArn ?? TopicArn})`;
  });
  return hasEventBridge(document) ? ['EventBridge notifications', ...entries] : entries;
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
