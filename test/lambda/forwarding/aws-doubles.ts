/** Doubles of the AWS services behind `aws-sdk-client-mock`; whatever they do not know makes them throw. */
import { Readable } from 'node:stream';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, type GetObjectCommandInput, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  ChangeMessageVisibilityBatchCommand,
  type ChangeMessageVisibilityBatchCommandInput,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';

type Item = NonNullable<UpdateItemCommandInput['ExpressionAttributeValues']>;

/** The circuit's item: written where the revision is the one that was seen. */
export class CircuitTable {
  item: Item | undefined;
  /** Called before every read and write; may throw. */
  onCall: (kind: 'read' | 'write') => void = () => undefined;
  reads = 0;

  get(): { Item?: Item } {
    this.onCall('read');
    this.reads += 1;
    return this.item === undefined ? {} : { Item: this.item };
  }

  update({
    Key = {},
    UpdateExpression = '',
    ExpressionAttributeValues: values = {},
  }: UpdateItemCommandInput) {
    this.onCall('write');
    if (this.item?.revision?.N !== values[':seen']?.N) {
      throw new ConditionalCheckFailedException({
        message: 'condition',
        $metadata: {},
        ...(this.item === undefined ? {} : { Item: this.item }),
      });
    }
    const [, assignments = '', removed = ''] = /^SET (.*?)(?: REMOVE (.*))?$/.exec(UpdateExpression) ?? [];
    const kept = Object.entries(this.item ?? Key).filter(([name]) => !removed.split(', ').includes(name));
    const set = assignments.split(', ').map((assignment) => {
      const [name = '', value = ''] = assignment.split(' = ');
      return [name, values[value]];
    });
    this.item = Object.fromEntries([...kept, ...set]);
    return {};
  }
}

/** What the forwarder's four writes do to an item, and when DynamoDB would refuse them. */
export class LedgerTable {
  readonly items = new Map<string, Item>();
  readonly writes: ('claim' | 'progress' | 'acknowledge' | 'release')[] = [];
  /** Called before every write; may throw. */
  onWrite: (kind: LedgerTable['writes'][number]) => void = () => undefined;

  update(input: UpdateItemCommandInput): { Attributes?: Item } {
    const key = input.Key?.object?.S as string;
    const values = input.ExpressionAttributeValues ?? {};
    const item = this.items.get(key) ?? {};
    const kind = kindOf(values);
    this.onWrite(kind);
    this.writes.push(kind);
    if (!mayWrite(kind, item, values)) {
      throw new ConditionalCheckFailedException({ message: 'condition', $metadata: {}, Item: item });
    }
    const next = { ...item, ...changesOf(kind, item, values) };
    if (kind === 'acknowledge' || kind === 'release') {
      delete next.leaseOwner;
      delete next.leaseUntil;
      delete next.claims;
    }
    if (kind === 'acknowledge') {
      delete next.failure;
      delete next.failedTries;
    }
    this.items.set(key, next);
    return input.ReturnValues === 'ALL_NEW' ? { Attributes: next } : {};
  }
}

function kindOf(values: Item): LedgerTable['writes'][number] {
  if (':now' in values) {
    return 'claim';
  }
  if (':sha256' in values) {
    return 'acknowledge';
  }
  return ':failure' in values ? 'release' : 'progress';
}

function mayWrite(kind: string, item: Item, values: Item): boolean {
  const ours = item.leaseOwner?.S === values[':owner']?.S;
  if (kind === 'claim') {
    if (item.state?.S === 'acknowledged') {
      return item.destination?.S !== values[':destination']?.S;
    }
    return item.leaseUntil === undefined || Number(item.leaseUntil.N) < Number(values[':now']?.N) || ours;
  }
  return kind === 'acknowledge' || ours;
}

function changesOf(kind: string, item: Item, values: Item): Item {
  const named = (names: Record<string, string>): Item =>
    Object.fromEntries(
      Object.entries(names).map(([name, value]) => [name, values[value] as NonNullable<Item[string]>]),
    );
  switch (kind) {
    case 'claim':
      return {
        parts: { N: '0' },
        records: { N: '0' },
        ...item,
        ...named({ state: ':forwarding', leaseOwner: ':owner', leaseUntil: ':until' }),
        claims: { N: String(Number(item.claims?.N ?? 0) + 1) },
      };
    case 'progress':
      return named({
        parts: ':parts',
        records: ':records',
        destination: ':destination',
        filter: ':filter',
      });
    case 'release':
      return named({ failure: ':failure', failedTries: ':failedTries' });
    default:
      return named({
        state: ':acknowledged',
        parts: ':parts',
        records: ':records',
        rawBytes: ':rawBytes',
        sha256: ':sha256',
        acknowledgedAt: ':acknowledgedAt',
        destination: ':destination',
        readRecords: ':readRecords',
        droppedRecords: ':droppedRecords',
        droppedByRule: ':droppedByRule',
        filter: ':filter',
      });
  }
}

export interface SentDeadLetter {
  readonly body: string;
  readonly reason: string;
  readonly detail: string;
}

/** The account's services, as the functions see them. */
export class AwsDoubles {
  readonly ledger = new LedgerTable();
  readonly circuit = new CircuitTable();
  /** Content by key. An `Error` is thrown. */
  readonly objects = new Map<string, Buffer | Error>();
  readonly reads: GetObjectCommandInput[] = [];
  readonly deadLetters: SentDeadLetter[] = [];
  /** What `GetSecretValue` answers, one after the other; the last stays. */
  tokens = ['first-token'];
  /** When the tokens were stored. */
  tokenStoredAt = new Date();
  deadLetterQueueFails = false;
  /** Seconds until the next receive, by message id. */
  readonly redeliveries = new Map<string, number>();
  redeliveryFails = false;
  /** The services that never answer, and disregard their signals. */
  readonly hanging = new Set<'ledger' | 'queues' | 'secrets'>();
  secretReads = 0;

  constructor() {
    const [s3, dynamo, sqs, secrets] = [S3Client, DynamoDBClient, SQSClient, SecretsManagerClient].map(
      (client) =>
        mockClient(client as typeof S3Client).rejects(new Error('a call that the test does not expect')),
    ) as unknown as [ReturnType<typeof mockClient>, ...ReturnType<typeof mockClient>[]];
    s3?.on(GetObjectCommand).callsFake((input: GetObjectCommandInput) => this.#getObject(input));
    dynamo
      ?.on(UpdateItemCommand)
      .callsFake(
        (input: UpdateItemCommandInput) => this.#hang('ledger') ?? this.#tableOf(input).update(input),
      );
    dynamo?.on(GetItemCommand).callsFake(() => this.#hang('ledger') ?? this.circuit.get());
    sqs?.on(SendMessageCommand).callsFake((input) => this.#hang('queues') ?? this.#sendMessage(input));
    sqs
      ?.on(ChangeMessageVisibilityBatchCommand)
      .callsFake((input) => this.#hang('queues') ?? this.#changeVisibility(input));
    secrets?.on(GetSecretValueCommand).callsFake(() => {
      const hanging = this.#hang('secrets');
      if (hanging !== undefined) {
        return hanging;
      }
      const value = this.tokens[Math.min(this.secretReads, this.tokens.length - 1)];
      this.secretReads += 1;
      return { SecretString: value, CreatedDate: this.tokenStoredAt };
    });
  }

  #tableOf({ Key }: UpdateItemCommandInput): LedgerTable | CircuitTable {
    return Key?.object?.S?.startsWith('#circuit/') ? this.circuit : this.ledger;
  }

  #hang(service: 'ledger' | 'queues' | 'secrets'): Promise<never> | undefined {
    return this.hanging.has(service) ? new Promise(() => undefined) : undefined;
  }

  #getObject(input: GetObjectCommandInput) {
    this.reads.push(input);
    const content =
      this.objects.get(input.Key ?? '') ??
      new NoSuchKey({ message: 'no such key', $metadata: { httpStatusCode: 404 } });
    if (content instanceof Error) {
      throw content;
    }
    const chunks: Buffer[] = [];
    for (let at = 0; at < content.length; at += 16_384) {
      chunks.push(content.subarray(at, at + 16_384));
    }
    return { Body: Readable.from(chunks), ContentLength: content.length };
  }

  #changeVisibility({ Entries = [] }: ChangeMessageVisibilityBatchCommandInput) {
    if (this.redeliveryFails) {
      throw new Error('the queue is away');
    }
    for (const { Id = '', VisibilityTimeout = 0 } of Entries) {
      this.redeliveries.set(Id, VisibilityTimeout);
    }
    return {};
  }

  #sendMessage(input: {
    MessageBody: string;
    MessageAttributes: Record<'Reason' | 'Detail', { StringValue: string }>;
  }) {
    if (this.deadLetterQueueFails) {
      throw new Error('the queue is away');
    }
    this.deadLetters.push({
      body: input.MessageBody,
      reason: input.MessageAttributes.Reason.StringValue,
      detail: input.MessageAttributes.Detail.StringValue,
    });
    return {};
  }
}
