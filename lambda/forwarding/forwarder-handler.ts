/** Lambda handler: forwards the objects that the queue names. It wires; its siblings decide. */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { parseEnvironment } from '../../contract/environment.ts';
import { forwarderEnvironment } from '../../contract/forwarding.ts';
import { stackMetrics } from '../shared/stack-metrics.ts';
import { destinationOf } from '../vendors/destination-of.ts';
import { forwardBatch } from './batch.ts';
import { batchServices, destinationToken, forwarderClients, objectServices } from './forwarder-services.ts';

const environment = parseEnvironment(forwarderEnvironment, process.env);

const metrics = stackMetrics(environment.STACK_NAME);

const token = destinationToken(environment);
const clients = forwarderClients(environment);
const services = batchServices(
  environment,
  clients,
  objectServices(environment, clients, destinationOf(environment), token),
  metrics,
);

export async function handler({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  try {
    return await forwardBatch(Records, context, services);
  } finally {
    if (token.ageMs !== undefined) {
      services.metrics.tokenAge(token.ageMs);
    }
    metrics.publishStoredMetrics();
  }
}
