import {
  type EventBridgeClient,
  type EventBus,
  ListEventBusesCommand,
  ListRulesCommand,
  type Rule,
} from '@aws-sdk/client-eventbridge';
import { paginateListSubscriptions, paginateListTopics } from '@aws-sdk/client-sns';
import { paginateListQueues } from '@aws-sdk/client-sqs';
import type { Lister } from './listers.ts';
import { collect } from './pages.ts';

export const queues: Lister = ({ sqs: client }) =>
  collect('AWS::SQS::Queue', paginateListQueues({ client }, {}), ({ QueueUrls }) => QueueUrls);

export const topics: Lister = ({ sns: client }) =>
  collect('AWS::SNS::Topic', paginateListTopics({ client }, {}), ({ Topics }) =>
    Topics?.map(({ TopicArn }) => TopicArn),
  );

export const subscriptions: Lister = ({ sns: client }) =>
  collect('AWS::SNS::Subscription', paginateListSubscriptions({ client }, {}), ({ Subscriptions }) =>
    // One that waits for its confirmation has no ARN of its own yet.
    Subscriptions?.map(
      ({ SubscriptionArn, TopicArn, Endpoint }) => `${SubscriptionArn} ${TopicArn} ${Endpoint}`,
    ),
  );

export const eventBuses: Lister = async ({ eventBridge }) =>
  (await everyBus(eventBridge))
    .filter(({ Name }) => Name !== 'default')
    .map(({ Arn = '' }) => ({ type: 'AWS::Events::EventBus', id: Arn }));

export const rules: Lister = async ({ eventBridge }) => {
  const buses = await everyBus(eventBridge);
  const byBus = await Promise.all(buses.map(({ Name = '' }) => everyRule(eventBridge, Name)));
  return byBus.flat().map(({ Arn = '' }) => ({ type: 'AWS::Events::Rule', id: Arn }));
};

// The SDK has no paginators for EventBridge.
async function everyBus(client: EventBridgeClient): Promise<EventBus[]> {
  const found: EventBus[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListEventBusesCommand({ NextToken }));
    found.push(...(page.EventBuses ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

async function everyRule(client: EventBridgeClient, EventBusName: string): Promise<Rule[]> {
  const found: Rule[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListRulesCommand({ EventBusName, NextToken }));
    found.push(...(page.Rules ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}
