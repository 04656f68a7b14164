/** Lambda handler: forwards the objects that the queue names. It wires; its siblings decide. */
import { Metrics } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { parseEnvironment } from '../../contract/environment.ts';
import { forwarderEnvironment } from '../../contract/forwarding.ts';
import { METRIC_NAMESPACE, STACK_DIMENSION } from '../../contract/metrics.ts';
import type { ObjectReference } from '../../contract/object-message.ts';
import { AWS_PATIENCE } from '../shared/aws-patience.ts';
import { SecretReader } from '../shared/secrets.ts';
import { forwardBatch } from './batch.ts';
import { DeadLetters } from './dead-letters.ts';
import { destinationOf } from './destination-of.ts';
import { DestinationToken } from './destination-token.ts';
import { ForwardingMetrics } from './forwarding-metrics.ts';
import { Ledger } from './ledger.ts';
import { forwardObject, type Turn } from './object-forwarder.ts';
import { openObject } from './object-reader.ts';
import { PartLimit } from './part-limit.ts';
import { PartSender } from './part-sender.ts';
import { Redelivery } from './redelivery.ts';

const environment = parseEnvironment(forwarderEnvironment, process.env);

const metrics = new Metrics({ namespace: METRIC_NAMESPACE });
// Powertools adds the dimension `service`, which would part our metrics from their alarms.
metrics.clearDefaultDimensions();
metrics.setDefaultDimensions({ [STACK_DIMENSION]: environment.STACK_NAME });

const s3 = new S3Client({
  // gzip has its own checksum, and every byte is decompressed.
  responseChecksumValidation: 'WHEN_REQUIRED',
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
});
const sqs = new SQSClient(AWS_PATIENCE);
const destination = destinationOf(environment);
const secrets = new SecretReader(new SecretsManagerClient(AWS_PATIENCE));
const token = new DestinationToken(secrets, environment.DESTINATION_TOKEN_SECRET_ARN);
const objectServices = {
  ledger: new Ledger(new DynamoDBClient(AWS_PATIENCE), environment.LEDGER_TABLE, destination.name),
  open: openObject.bind(undefined, s3),
  sender: new PartSender(destination, token),
  format: destination.format,
  limit: new PartLimit(destination.maximumPartBytes),
  maximumUnfinishedClaims: environment.MAXIMUM_RECEIVES,
};
const forwardingMetrics = new ForwardingMetrics(metrics);
const batchServices = {
  forward: (object: ObjectReference, turn: Turn) => forwardObject(object, turn, objectServices),
  deadLetters: new DeadLetters(sqs, environment.DEAD_LETTER_QUEUE_URL),
  redelivery: new Redelivery(sqs, environment.QUEUE_URL),
  metrics: forwardingMetrics,
  maximumReceives: environment.MAXIMUM_RECEIVES,
};

export async function handler({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  try {
    return await forwardBatch(Records, context, batchServices);
  } finally {
    if (token.ageMs !== undefined) {
      forwardingMetrics.tokenAge(token.ageMs);
    }
    metrics.publishStoredMetrics();
  }
}
