/** The product's forwarder, wired as its handler wires it, with the sink for a destination. */
import { readFileSync } from 'node:fs';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { SQSRecord } from 'aws-lambda';
import { parseEnvironment } from '../../contract/environment.ts';
import { forwarderEnvironment } from '../../contract/forwarding.ts';
import { FORWARDING_METRICS, METRIC_NAMESPACE, STACK_DIMENSION } from '../../contract/metrics.ts';
import { objectMessageOf } from '../../contract/object-message.ts';
import { forwardBatch } from '../../lambda/forwarding/batch.ts';
import {
  batchServices,
  forwarderClients,
  objectServices,
} from '../../lambda/forwarding/forwarder-services.ts';
import { Ledger } from '../../lambda/forwarding/ledger.ts';
import type { StoredFile } from '../../lambda/forwarding/object-reader.ts';
import { type Destination, postPart } from '../../lambda/vendors/destination.ts';
import { destinationOf } from '../../lambda/vendors/destination-of.ts';
import type { StoredObject, WorkOrder } from '../work-order.ts';

/** What a pass came to. */
export interface PassResult {
  readonly events: number;
  readonly rawBytes: number;
  readonly failedObjects: number;
}

/** Messages of one invocation, as the queue's mapping gives them. */
const BATCH_SIZE = 10;
const TIMEOUT_MS = 15 * 60_000;
/** A socket gives about so much at a time. */
const CHUNK_BYTES = 64 * 1024;

/** @returns what forwards all objects once. */
export function forwarderOf(order: WorkOrder): () => Promise<PassResult> {
  const environment = parseEnvironment(forwarderEnvironment, environmentOf(order));
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE });
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ [STACK_DIMENSION]: environment.STACK_NAME });
  const counted = new Map<string, number>();
  const writer = {
    addMetric: (...[name, unit, value]: Parameters<Metrics['addMetric']>) => {
      counted.set(name, (counted.get(name) ?? 0) + value);
      return metrics.addMetric(name, unit, value);
    },
  };
  const destination = sinkFor(destinationOf(environment), order.sink);
  const clients = forwarderClients(environment);
  const services = batchServices(
    environment,
    clients,
    {
      ...objectServices(environment, clients, destination),
      ...(order.source === 'memory' ? { open: fromMemory(order.objects) } : {}),
      ...(order.ledger === 'memory' ? { ledger: ledgerInMemory(environment.LEDGER_TABLE, destination) } : {}),
    },
    writer,
  );
  const batches = Array.from({ length: Math.ceil(order.objects.length / BATCH_SIZE) }, (_, index) =>
    order.objects
      .slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE)
      .map((object) => messageFor(order.bucket, object)),
  );

  return async () => {
    counted.clear();
    for (const [index, batch] of batches.entries()) {
      const invocation = { awsRequestId: `invocation-${index}`, getRemainingTimeInMillis: () => TIMEOUT_MS };
      await forwardBatch(batch, invocation, services);
      metrics.publishStoredMetrics();
    }
    return {
      // Those that a filter drops are work too.
      events:
        (counted.get(FORWARDING_METRICS.recordsForwarded) ?? 0) +
        (counted.get(FORWARDING_METRICS.recordsFiltered) ?? 0),
      rawBytes: counted.get(FORWARDING_METRICS.bytesForwarded) ?? 0,
      failedObjects: order.objects.length - (counted.get(FORWARDING_METRICS.objectsForwarded) ?? 0),
    };
  };
}

function environmentOf({ destination, standIns, filter = '' }: WorkOrder): Record<string, string> {
  return {
    FORWARDING_FILTER: filter,
    DESTINATION: destination,
    DESTINATION_URL:
      destination === 'CloudOne'
        ? 'https://cloudtrail.us-1.cloudone.trendmicro.com'
        : 'https://benchmark.xdr.trendmicro.com',
    DESTINATION_API_VERSION: 'v1',
    DESTINATION_TOKEN_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:benchmark',
    STACK_NAME: 'Benchmark',
    LEDGER_TABLE: 'ledger',
    BUCKET_REGION: 'us-east-1',
    QUEUE_URL: `${standIns}/queue`,
    DEAD_LETTER_QUEUE_URL: `${standIns}/dead-letters`,
    MAXIMUM_TRIES: '5',
  };
}

/** The real destination with another address: its own only takes the vendor's hosts. */
function sinkFor(destination: Destination, sink: string): Destination {
  const url = new URL(sink);
  const headers: Record<string, string> =
    destination.format === 'json-lines'
      ? { 'content-type': 'text/plain; charset=utf-8' }
      : { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  return {
    ...destination,
    send: ({ body, idempotencyKey }, token, signal) =>
      postPart({
        receiver: 'The sink',
        url,
        headers: { ...headers, authorization: `Bearer ${token}`, 'idempotency-key': idempotencyKey },
        body,
        signal,
      }),
  };
}

function messageFor(bucket: string, { key, bytes }: StoredObject): SQSRecord {
  const object = { bucket, key, size: bytes, etag: 'd41d8cd98f00b204e9800998ecf8427e', sequencer: '0' };
  return {
    messageId: key,
    receiptHandle: key,
    body: JSON.stringify({ ...objectMessageOf(object), source: 'aws.s3', time: new Date().toISOString() }),
    attributes: {
      ApproximateReceiveCount: '1',
      ApproximateFirstReceiveTimestamp: '0',
      SenderId: 'benchmark',
      SentTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:111122223333:queue',
    awsRegion: 'us-east-1',
  };
}

/** The product's bookkeeping, with a DynamoDB that says yes at once. */
function ledgerInMemory(table: string, { name }: Destination): Ledger {
  return new Ledger({ send: async () => ({}) }, table, name);
}

function fromMemory(objects: readonly StoredObject[]): (object: { key: string }) => Promise<StoredFile> {
  const contents = new Map(objects.map(({ key, path = '' }) => [key, readFileSync(path)]));
  return async ({ key }) => {
    const content = contents.get(key) ?? Buffer.alloc(0);
    return { length: content.length, chunks: inChunks(content) };
  };
}

async function* inChunks(content: Buffer): AsyncGenerator<Uint8Array, void, undefined> {
  for (let start = 0; start < content.length; start += CHUNK_BYTES) {
    yield content.subarray(start, start + CHUNK_BYTES);
  }
}
