/** Makes what forwarding needs: AWS clients with their patience, ledger, sender. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import type * as z from 'zod';
import type { forwarderEnvironment } from '../../contract/forwarding.ts';
import type { ObjectReference } from '../../contract/object-message.ts';
import { parseRecordFilter } from '../../contract/record-filter.ts';
import { AWS_PATIENCE, S3_PATIENCE } from '../shared/aws-patience.ts';
import { logger } from '../shared/logger.ts';
import { SecretReader } from '../shared/secrets.ts';
import type { Destination } from '../vendors/destination.ts';
import type { BatchServices } from './batch.ts';
import { Circuit } from './circuit.ts';
import { CircuitStore } from './circuit-store.ts';
import { DeadLetters } from './dead-letters.ts';
import { DestinationToken } from './destination-token.ts';
import { ForwardingMetrics, type MetricsWriter } from './forwarding-metrics.ts';
import { Ledger } from './ledger.ts';
import { forwardObject, type ObjectForwarderServices, type Turn } from './object-forwarder.ts';
import { openObject } from './object-reader.ts';
import { PartLimit } from './part-limit.ts';
import { PartSender } from './part-sender.ts';
import { RecordFilter } from './record-filter.ts';
import { Redelivery } from './redelivery.ts';

type ForwarderEnvironment = z.infer<typeof forwarderEnvironment>;

export interface ForwarderClients {
  readonly dynamoDb: DynamoDBClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
}

/** One client for each service: all that is asked of it shares its connections. */
export function forwarderClients({ BUCKET_REGION }: ForwarderEnvironment): ForwarderClients {
  return {
    dynamoDb: new DynamoDBClient(AWS_PATIENCE),
    s3: s3Client(BUCKET_REGION),
    sqs: new SQSClient(AWS_PATIENCE),
  };
}

/** One set for the life of the process: connections, the token and the limit learnt are kept. */
export function objectServices(
  environment: ForwarderEnvironment,
  { dynamoDb, s3 }: ForwarderClients,
  destination: Destination,
  token: DestinationToken = destinationToken(environment),
): ObjectForwarderServices {
  const filter = recordFilter(environment);
  return {
    ledger: new Ledger(dynamoDb, environment.LEDGER_TABLE, destination.name, filter?.fingerprint),
    open: openObject.bind(undefined, s3),
    sender: new PartSender(destination, token),
    format: destination.format,
    filter,
    limit: new PartLimit(destination.maximumPartBytes),
    maximumTries: environment.MAXIMUM_TRIES,
  };
}

/** @throws RecordFilterError, with which the function does not start: better no file goes than one unfiltered. */
function recordFilter({ FORWARDING_FILTER: text }: ForwarderEnvironment): RecordFilter | undefined {
  const rules = text === undefined ? undefined : parseRecordFilter(text);
  if (rules === undefined) {
    return undefined;
  }
  const filter = new RecordFilter(rules);
  // The ledger has the fingerprint only: this tells what it stood for.
  logger.info('Filter on', { fingerprint: filter.fingerprint, rules: rules.text });
  return filter;
}

export function destinationToken(environment: ForwarderEnvironment): DestinationToken {
  const secrets = new SecretReader(new SecretsManagerClient(AWS_PATIENCE));
  return new DestinationToken(secrets, environment.DESTINATION_TOKEN_SECRET_ARN);
}

export function s3Client(region?: string): S3Client {
  return new S3Client({
    region,
    // gzip has its own checksum, and every byte is decompressed.
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...S3_PATIENCE,
  });
}

export function batchServices(
  environment: ForwarderEnvironment,
  { dynamoDb, sqs }: ForwarderClients,
  services: ObjectForwarderServices,
  metrics: MetricsWriter,
): BatchServices & { readonly metrics: ForwardingMetrics } {
  return {
    forward: (object: ObjectReference, turn: Turn) => forwardObject(object, turn, services),
    deadLetters: new DeadLetters(sqs, environment.DEAD_LETTER_QUEUE_URL),
    redelivery: new Redelivery(sqs, environment.QUEUE_URL),
    metrics: new ForwardingMetrics(metrics),
    circuit: new Circuit(new CircuitStore(dynamoDb, environment.LEDGER_TABLE, environment.DESTINATION)),
  };
}
