/** After forwarding: the health check looks, as its schedule has it do every five minutes, with the role that it has. */
import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { Rehearsal } from '../scenarios/scenario.ts';
import { physicalIdOf } from '../stack-resources.ts';
import { STACK } from './stack.ts';

export async function checkHealth({ stage, options, found }: Rehearsal): Promise<void> {
  // The vendor's client has none.
  if (options.destination === 'vendorclient') {
    return;
  }
  const { clients } = stage;
  const name = await physicalIdOf(clients, STACK, 'AWS::Lambda::Function', /^HealthCheck/);
  const { FunctionError, Payload } = await clients.lambda.send(
    new InvokeCommand({ FunctionName: name, Payload: '{}' }),
  );
  if (FunctionError !== undefined) {
    found.problems.push(`The health check failed: ${Payload?.transformToString()}`);
  }
}
