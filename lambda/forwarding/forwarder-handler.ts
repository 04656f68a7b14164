/** Lambda handler: forwards the objects that the queue names. It wires; its siblings decide. */
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { parseEnvironment } from '../../contract/environment.ts';
import { forwarderEnvironment } from '../../contract/forwarding.ts';
import { METRIC_NAMESPACE, STACK_DIMENSION } from '../../contract/metrics.ts';
import { destinationOf } from '../vendors/destination-of.ts';
import { forwardBatch } from './batch.ts';
import { batchServices, destinationToken, forwarderClients, objectServices } from './forwarder-services.ts';

const environment = parseEnvironment(forwarderEnvironment, process.env);

const metrics = new Metrics({ namespace: METRIC_NAMESPACE });
// Powertools adds the dimension `service`, which would part our metrics from their alarms.
metrics.clearDefaultDimensions();
metrics.setDefaultDimensions({ [STACK_DIMENSION]: environment.STACK_NAME });

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
