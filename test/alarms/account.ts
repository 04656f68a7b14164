/**
 * An account in simulated time: the functions are the real ones, and what they tell goes to the same CloudWatch that
 * they read. AWS and the destination are as a test says.
 */
import { Readable } from 'node:stream';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudTrailClient, GetTrailStatusCommand } from '@aws-sdk/client-cloudtrail';
import {
  CloudWatchClient,
  GetMetricStatisticsCommand,
  type GetMetricStatisticsInput,
} from '@aws-sdk/client-cloudwatch';
import {
  type AttributeValue,
  DynamoDBClient,
  GetItemCommand,
  type GetItemInput,
  UpdateItemCommand,
  type UpdateItemInput,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GetBucketNotificationConfigurationCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  ChangeMessageVisibilityBatchCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Context, SQSRecord } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { vi } from 'vitest';
import { METRIC_NAMESPACE } from '../../contract/metrics.ts';
import { objectMessageOf, TRAILBRIDGE_SOURCE } from '../../contract/object-message.ts';
import { notificationMemoryKey } from '../../contract/trail.ts';
import { CircuitTable, LedgerTable } from '../lambda/forwarding/aws-doubles.ts';
import { DestinationServer } from '../lambda/forwarding/destination-server.ts';
import { gzipDocumentOf, recordText } from '../lambda/forwarding/factories.ts';
import { STACK_ID } from '../lambda/shared/custom-resource-harness.ts';
import { updatedItem } from '../lambda/shared/update-expression.ts';
import { MetricStore } from './metric-store.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const BUCKET = 'trail-logs';
const STACK_NAME = 'CloudOne';
const TRAIL = 'arn:aws:cloudtrail:us-east-1:123456789012:trail/own';
const queueUrl = (name: string) => `https://sqs.us-east-1.amazonaws.com/123456789012/${name}`;
export const QUEUES = {
  forwarding: 'forwarding',
  deadLetters: 'dead-letters',
  eventDeadLetters: 'event-dead-letters',
  lateObjectsDeadLetters: 'late-objects-dead-letters',
} as const;

/** AWS services that a test can make fail or hang. */
export type Service = 'cloudFormation' | 'cloudTrail' | 'cloudWatch' | 'dynamoDb' | 's3' | 'secrets' | 'sqs';

/** Has commands of a service answered. */
type Answering = (command: unknown, reply: (input: never) => unknown) => void;

export class Account {
  readonly store = new MetricStore();
  readonly destination = new DestinationServer();
  /** Messages by queue. */
  readonly messages = new Map<string, number>(Object.values(QUEUES).map((queue) => [queue, 0]));
  isTrailLogging = true;
  deliveryError: string | undefined;
  isEventBridgeOn = true;
  tokenStoredAt: Date;
  stackCreatedAt: Date;
  /** Files that no destination has acknowledged, and of them those that were queued again. */
  lacking = { gaps: 0, remaining: 0 };
  /** Up to when the completeness check has come. @default two hours ago */
  checkedUntil: string | undefined;
  /** Files that the next completeness check finds changed. */
  tamperedWith = 0;
  readonly failing = new Set<Service>();
  readonly hanging = new Set<Service>();
  readonly #ledger = new LedgerTable();
  readonly #circuit = new CircuitTable();
  readonly #file = gzipDocumentOf([recordText(1)]);
  #files = 0;

  /** @param now when it begins: everything has been well for a day. */
  constructor(now: Date) {
    vi.useFakeTimers({ toFake: ['Date'], now });
    this.tokenStoredAt = new Date(now.getTime() - DAY_MS);
    this.stackCreatedAt = new Date(now.getTime() - DAY_MS);
    this.#answer();
    const keep = (line: unknown) => this.store.takeLogLine(String(line));
    for (const level of ['log', 'info', 'warn', 'error'] as const) {
      vi.spyOn(console, level).mockImplementation(keep);
    }
  }

  async start(): Promise<void> {
    await this.destination.start();
    const environment: Record<string, string> = {
      AWS_REGION: 'us-east-1',
      VENDOR_ENDPOINT_OVERRIDE: this.destination.url,
      // Makes Powertools write to the console that is watched here.
      POWERTOOLS_DEV: 'true',
      POWERTOOLS_METRICS_DISABLED: 'false',
      STACK_NAME,
      STACK_ID,
      VERSION: '1.0.0',
      DESTINATION: 'CloudOne',
      DESTINATION_URL: 'https://cloudtrail.us-1.cloudone.trendmicro.com',
      DESTINATION_API_VERSION: 'v1',
      DESTINATION_TOKEN_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:token',
      TRAIL_ARNS: TRAIL,
      NEW_BUCKET_NAME: BUCKET,
      QUEUE_URL: queueUrl(QUEUES.forwarding),
      QUEUE_NAME: QUEUES.forwarding,
      DEAD_LETTER_QUEUE_URL: queueUrl(QUEUES.deadLetters),
      EVENT_DEAD_LETTER_QUEUE_URL: queueUrl(QUEUES.eventDeadLetters),
      LATE_OBJECTS_DEAD_LETTER_QUEUE_URL: queueUrl(QUEUES.lateObjectsDeadLetters),
      LATE_OBJECTS_QUEUE_URL: queueUrl('late-objects'),
      LEDGER_TABLE: 'ledger',
      MAXIMUM_TRIES: '5',
      BUCKET_NAME: BUCKET,
      BUCKET_REGION: 'us-east-1',
      BUCKET_ACCOUNT_ID: '123456789012',
      REPAIR: 'false',
    };
    for (const [name, value] of Object.entries(environment)) {
      vi.stubEnv(name, value);
    }
    // Each account has functions that have never run.
    vi.resetModules();
  }

  async stop(): Promise<void> {
    await this.destination.stop();
    vi.useRealTimers();
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  }

  /** Lets time go by, in steps of five minutes, at each of which something happens. */
  async pass(milliseconds: number, ...happenings: readonly (() => Promise<void> | void)[]): Promise<void> {
    const until = Date.now() + milliseconds;
    while (Date.now() < until) {
      vi.setSystemTime(Date.now() + 5 * MINUTE_MS);
      for (const happening of happenings) {
        await happening();
      }
    }
  }

  readonly healthCheck = async (remainingMs = 60_000): Promise<void> => {
    const { handler } = await import('../../lambda/health/health-handler.ts');
    await handler({}, contextWith(remainingMs));
  };

  /** What Trailbridge told at a time, by metric. */
  toldAt(at: number): Record<string, number> {
    return this.store.valuesAt(METRIC_NAMESPACE, at);
  }

  /**
   * What the completeness check tells of how things stand; that it stands so when files are lacking, is held by that
   * check's own tests.
   */
  readonly completenessCheck = async (): Promise<void> => {
    const { completenessMetrics } = await import('../../lambda/completeness/completeness-metrics.ts');
    const now = new Date();
    const from = new Date(now.getTime() - 4 * HOUR_MS).toISOString();
    const to = this.checkedUntil ?? new Date(now.getTime() - 2 * HOUR_MS).toISOString();
    const { gaps, remaining } = this.lacking;
    const totals = {
      series: 1,
      behind: 0,
      digests: 1,
      files: 1,
      gaps,
      remaining,
      tampered: 0,
      unprovenHours: 0,
    };
    const metrics = completenessMetrics(STACK_NAME);
    if (this.tamperedWith > 0) {
      metrics.tampered(this.tamperedWith);
      this.tamperedWith = 0;
    }
    metrics.standing(
      { since: from, foundPrefixes: [], last: { to, endedAt: now.toISOString(), totals } },
      true,
      now,
    );
  };

  readonly notificationWatch = async (): Promise<void> => {
    const { handler } = await import('../../lambda/trail/notification-watch-handler.ts');
    // Lambda notes the failure; the alarm goes by what is not told.
    await handler({}, contextWith(60_000)).catch(() => undefined);
  };

  /** CloudTrail stores a file now, and its event is worked off. */
  readonly file = (): Promise<void> => this.#forward('log', 'aws.s3');

  /** A file that is listed, as after a gap, so that nobody knows when it came. */
  readonly listedFile = (): Promise<void> => this.#forward('log', TRAILBRIDGE_SOURCE);

  /** What CloudTrail would not write. */
  readonly poison = (): Promise<void> => this.#forward('poison', 'aws.s3');

  /** A file that the destination does not take, and that comes back. */
  readonly fileInAnOutage = (): Promise<void> => this.#forward('log', 'aws.s3', 1);

  /** @param failures messages that are expected to come back. */
  async #forward(kind: 'log' | 'poison', source: string, failures = 0): Promise<void> {
    this.#files += 1;
    const message = objectMessageOf({
      bucket: BUCKET,
      key: `AWSLogs/123456789012/CloudTrail/us-east-1/2026/11/20/${kind}-${this.#files}.json.gz`,
      versionId: `version-${this.#files}`,
      createdAt: new Date().toISOString(),
    });
    const attributes: Partial<SQSRecord['attributes']> = { ApproximateReceiveCount: '1' };
    const record: Partial<SQSRecord> = {
      messageId: `message-${this.#files}`,
      body: JSON.stringify({ ...message, source }),
      attributes: attributes as SQSRecord['attributes'],
    };
    const { handler } = await import('../../lambda/forwarding/forwarder-handler.ts');
    const { batchItemFailures } = await handler({ Records: [record as SQSRecord] }, contextWith(60_000));
    if (batchItemFailures.length !== failures) {
      throw new Error('The forwarder does not do with the file what it is to do.');
    }
  }

  #answer(): void {
    const service = (client: unknown, name: Service) => {
      const mock = mockClient(client as typeof SQSClient);
      mock.onAnyCommand().rejects(new Error('a call that the test does not expect'));
      const answer: Answering = (command, reply) =>
        mock.on(command as typeof SendMessageCommand).callsFake((input: unknown) => {
          if (this.failing.has(name)) {
            throw new Error(`${name} is away`);
          }
          return this.hanging.has(name) ? new Promise(() => undefined) : reply(input as never);
        });
      return answer;
    };
    service(CloudFormationClient, 'cloudFormation')(DescribeStacksCommand, () => ({
      Stacks: [{ StackStatus: 'UPDATE_COMPLETE', CreationTime: this.stackCreatedAt }],
    }));
    service(CloudTrailClient, 'cloudTrail')(GetTrailStatusCommand, () => ({
      IsLogging: this.isTrailLogging,
      LatestDeliveryError: this.deliveryError,
    }));
    service(CloudWatchClient, 'cloudWatch')(GetMetricStatisticsCommand, (input) => this.#statistics(input));
    service(SecretsManagerClient, 'secrets')(GetSecretValueCommand, () => ({
      SecretString: 'token',
      CreatedDate: this.tokenStoredAt,
    }));
    const s3 = service(S3Client, 's3');
    s3(GetBucketNotificationConfigurationCommand, () =>
      this.isEventBridgeOn ? { EventBridgeConfiguration: {} } : {},
    );
    s3(GetObjectCommand, ({ Key }: { Key: string }) => {
      const content = Key.includes('poison') ? Buffer.from('no gzip at all') : this.#file;
      return { Body: Readable.from([content]), ContentLength: content.length };
    });
    const sqs = service(SQSClient, 'sqs');
    sqs(GetQueueAttributesCommand, ({ QueueUrl }: { QueueUrl: string }) => ({
      Attributes: { ApproximateNumberOfMessages: String(this.messages.get(nameOf(QueueUrl)) ?? 0) },
    }));
    sqs(SendMessageCommand, ({ QueueUrl }: { QueueUrl: string }) => {
      const queue = nameOf(QueueUrl);
      this.messages.set(queue, (this.messages.get(queue) ?? 0) + 1);
      return {};
    });
    sqs(ChangeMessageVisibilityBatchCommand, () => ({}));
    mockClient(EventBridgeClient).onAnyCommand().rejects(new Error('the bucket is no other region’s'));
    this.#answerForTables(service);
  }

  #answerForTables(service: (client: unknown, name: Service) => Answering): void {
    const memory = new Map<string, Record<string, AttributeValue>>();
    const dynamoDb = service(DynamoDBClient, 'dynamoDb');
    dynamoDb(GetItemCommand, ({ Key }: GetItemInput) => {
      const key = Key?.object?.S ?? '';
      return isCircuit(key) ? this.#circuit.get() : { Item: memory.get(key) };
    });
    dynamoDb(UpdateItemCommand, (input: UpdateItemInput) => {
      const key = input.Key?.object?.S ?? '';
      if (key !== notificationMemoryKey(BUCKET)) {
        return (isCircuit(key) ? this.#circuit : this.#ledger).update(input);
      }
      const { UpdateExpression = '', ExpressionAttributeValues } = input;
      memory.set(key, updatedItem(memory.get(key) ?? {}, UpdateExpression, ExpressionAttributeValues));
      return {};
    });
  }

  /** In no order, as CloudWatch gives them. */
  #statistics(input: GetMetricStatisticsInput) {
    const [statistic = 'Sum'] = input.Statistics ?? [];
    const dimensions = (input.Dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value]);
    const series = this.store.series({
      id: {
        namespace: input.Namespace ?? '',
        name: input.MetricName ?? '',
        dimensions: Object.fromEntries(dimensions),
      },
      statistic,
      periodSeconds: input.Period ?? 0,
      from: Number(input.StartTime),
      until: Number(input.EndTime),
    });
    const points = [...series].map(([at, value]) => ({ Timestamp: new Date(at), [statistic]: value }));
    return {
      Datapoints: points.toSorted(({ [statistic]: a = 0 }, { [statistic]: b = 0 }) => Number(a) - Number(b)),
    };
  }

  /** What SQS tells of a queue that holds a message. */
  readonly tellQueueAge = (seconds: () => number) => (): void => {
    this.store.put(
      {
        namespace: 'AWS/SQS',
        name: 'ApproximateAgeOfOldestMessage',
        dimensions: { QueueName: QUEUES.forwarding },
      },
      Date.now() - MINUTE_MS,
      seconds(),
    );
  };
}

function isCircuit(key: string): boolean {
  return key.startsWith('#circuit/');
}

function nameOf(url: string): string {
  return url.split('/').at(-1) ?? '';
}

function contextWith(remainingMs: number): Context {
  return { awsRequestId: 'request', getRemainingTimeInMillis: () => remainingMs } as Context;
}
