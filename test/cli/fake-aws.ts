/**
 * A deployed stack as the commands see it: queues that hold messages, the ledger's table, the mapping. Everything that
 * a command asks of AWS ends here; a call that no test expects fails.
 */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  GetEventSourceMappingCommand,
  LambdaClient,
  ResourceInUseException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { OUTPUTS } from '../../contract/parameters.ts';
import type { Item } from '../stand-ins/dynamodb/expressions.ts';
import { mockDynamoDb } from '../stand-ins/dynamodb/mocked-table.ts';
import { Table } from '../stand-ins/dynamodb/table.ts';

const url = (name: string) => `https://sqs.us-east-1.amazonaws.com/111122223333/${name}`;
export const QUEUE = url('forwarding');
export const DEAD_LETTERS = url('dead-letters');
export const EVENTS = url('events');
export const LISTINGS = url('listings');
export const LISTING_DEAD_LETTERS = url('listing-dead-letters');
export const MAPPING = '0d9ba8f5-0000-4000-8000-000000000000';

export const OUTPUT_VALUES: Readonly<Record<string, string>> = {
  [OUTPUTS.cloudOneAccountId]: '900000000001',
  [OUTPUTS.cloudOneRegion]: 'us-1',
  [OUTPUTS.visionOneStatus]: 'connected',
  [OUTPUTS.bucketName]: 'my-logs',
  [OUTPUTS.destination]: 'CloudOne',
  [OUTPUTS.queueUrl]: QUEUE,
  [OUTPUTS.deadLetterQueueUrl]: DEAD_LETTERS,
  [OUTPUTS.eventDeadLetterQueueUrl]: EVENTS,
  [OUTPUTS.listingQueueUrl]: LISTINGS,
  [OUTPUTS.listingDeadLetterQueueUrl]: LISTING_DEAD_LETTERS,
  [OUTPUTS.ledgerTable]: 'ledger',
  [OUTPUTS.forwarderMappingId]: MAPPING,
};

export interface FakeMessage {
  readonly id: string;
  readonly body: string;
  readonly reason?: string;
  readonly detail?: string;
  isVisible: boolean;
}

export interface FakeAws {
  readonly lambda: ReturnType<typeof mockLambda>;
  readonly sqs: ReturnType<typeof mockSqs>;
  readonly dynamoDb: ReturnType<typeof mockDynamoDb>;
  readonly cloudFormation: ReturnType<typeof mockCloudFormation>;
  outputs: Readonly<Record<string, string>>;
  /** By the queue's URL. */
  readonly queues: Map<string, FakeMessage[]>;
  /** What the forwarding queue says it holds, where that is not what was sent to it. */
  depths: { waiting: number; inFlight: number; delayed: number }[];
  /** Of the ledger's table, by partition key. */
  readonly items: Map<string, Item>;
  mapping: { State: string; LastModified: Date };
  /** States that the mapping goes through, look by look, before it is what it is. */
  transitions: string[];
  /** Called after every message that is sent. */
  whenSent: (queueUrl: string, body: string) => void;
  put(queueUrl: string, message: Omit<FakeMessage, 'id' | 'isVisible'>): void;
  bodies(queueUrl: string): string[];
}

export function fakeAws(): FakeAws {
  const table = new Table();
  const aws: FakeAws = {
    lambda: mockLambda(),
    sqs: mockSqs(),
    dynamoDb: mockDynamoDb(table),
    cloudFormation: mockCloudFormation(),
    outputs: OUTPUT_VALUES,
    queues: new Map(),
    depths: [],
    items: table.items,
    mapping: { State: 'Enabled', LastModified: new Date('2026-03-01T00:00:00Z') },
    transitions: [],
    whenSent: () => {},
    put: (queueUrl, message) => {
      messagesIn(aws, queueUrl).push({ ...message, id: `m${nextId()}`, isVisible: true });
    },
    bodies: (queueUrl) => messagesIn(aws, queueUrl).map(({ body }) => body),
  };
  aws.cloudFormation.on(DescribeStacksCommand).callsFake(() => ({
    Stacks: [
      {
        StackName: 'CloudOne',
        CreationTime: new Date(0),
        StackStatus: 'CREATE_COMPLETE',
        Outputs: Object.entries(aws.outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
      },
    ],
  }));
  fakeQueues(aws);
  fakeMapping(aws);
  return aws;
}

let lastId = 0;
function nextId(): number {
  lastId += 1;
  return lastId;
}

function messagesIn({ queues }: FakeAws, queueUrl: string): FakeMessage[] {
  const messages = queues.get(queueUrl) ?? [];
  queues.set(queueUrl, messages);
  return messages;
}

function fakeQueues(aws: FakeAws): void {
  const { sqs } = aws;
  const send = (queueUrl: string, body: string) => {
    aws.put(queueUrl, { body });
    aws.whenSent(queueUrl, body);
  };
  sqs.on(SendMessageCommand).callsFake(({ QueueUrl, MessageBody }) => {
    send(QueueUrl, MessageBody);
    return {};
  });
  sqs.on(SendMessageBatchCommand).callsFake(({ QueueUrl, Entries }) => {
    for (const { MessageBody } of Entries) {
      send(QueueUrl, MessageBody);
    }
    return {};
  });
  sqs.on(ReceiveMessageCommand).callsFake(({ QueueUrl, MaxNumberOfMessages }) => {
    const received = messagesIn(aws, QueueUrl)
      .filter(({ isVisible }) => isVisible)
      .slice(0, MaxNumberOfMessages);
    for (const message of received) {
      message.isVisible = false;
    }
    const attribute = (value: string | undefined) => ({ DataType: 'String', StringValue: value });
    return {
      Messages: received.map(({ id, body, reason, detail }) => ({
        MessageId: id,
        ReceiptHandle: id,
        Body: body,
        MessageAttributes: {
          ...(reason === undefined ? {} : { Reason: attribute(reason) }),
          ...(detail === undefined ? {} : { Detail: attribute(detail) }),
        },
      })),
    };
  });
  sqs.on(DeleteMessageBatchCommand).callsFake(({ QueueUrl, Entries }) => {
    const gone = new Set(Entries.map(({ ReceiptHandle }: { ReceiptHandle: string }) => ReceiptHandle));
    aws.queues.set(
      QueueUrl,
      messagesIn(aws, QueueUrl).filter(({ id }) => !gone.has(id)),
    );
    return {};
  });
  sqs.on(ChangeMessageVisibilityBatchCommand).callsFake(({ QueueUrl, Entries }) => {
    for (const { ReceiptHandle } of Entries) {
      const message = messagesIn(aws, QueueUrl).find(({ id }) => id === ReceiptHandle);
      if (message !== undefined) {
        message.isVisible = true;
      }
    }
    return {};
  });
  sqs.on(GetQueueAttributesCommand).callsFake(({ QueueUrl }) => {
    const { waiting, inFlight, delayed } =
      QueueUrl === QUEUE && aws.depths.length > 0
        ? ((aws.depths.length > 1 ? aws.depths.shift() : aws.depths[0]) as FakeAws['depths'][0])
        : { waiting: messagesIn(aws, QueueUrl).length, inFlight: 0, delayed: 0 };
    return {
      Attributes: {
        ApproximateNumberOfMessages: String(waiting),
        ApproximateNumberOfMessagesNotVisible: String(inFlight),
        ApproximateNumberOfMessagesDelayed: String(delayed),
      },
    };
  });
}

/** As Lambda's: what is in transition cannot be changed, and a change takes some looks. */
function fakeMapping(aws: FakeAws): void {
  aws.lambda.on(GetEventSourceMappingCommand).callsFake(() => {
    const { State, LastModified } = aws.mapping;
    return { UUID: MAPPING, State: aws.transitions.shift() ?? State, LastModified };
  });
  aws.lambda.on(UpdateEventSourceMappingCommand).callsFake(({ Enabled }) => {
    if (aws.transitions.length > 0) {
      throw new ResourceInUseException({ message: 'The mapping is being changed.', $metadata: {} });
    }
    aws.mapping = { State: Enabled ? 'Enabled' : 'Disabled', LastModified: new Date() };
    aws.transitions = Enabled ? ['Enabling', 'Enabling'] : ['Disabling', 'Disabling'];
    return {};
  });
}

function refuse(input: unknown): never {
  throw new Error(`A call that no test expects: ${JSON.stringify(input)}`);
}

function mockLambda() {
  const mock = mockClient(LambdaClient);
  mock.reset();
  mock.onAnyCommand().callsFake(refuse);
  return mock;
}
function mockSqs() {
  const mock = mockClient(SQSClient);
  mock.reset();
  mock.onAnyCommand().callsFake(refuse);
  return mock;
}
function mockCloudFormation() {
  const mock = mockClient(CloudFormationClient);
  mock.reset();
  mock.onAnyCommand().callsFake(refuse);
  return mock;
}
