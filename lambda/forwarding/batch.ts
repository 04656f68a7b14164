/** Works through a batch of the queue's messages; none affects another. */
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { mapBounded } from '../shared/concurrency.ts';
import { logger } from '../shared/logger.ts';
import type { Circuit } from './circuit.ts';
import { deadlinesOf, type Invocation } from './invocation.ts';
import { type GroupServices, groupByObject, type MessageGroup } from './message-group.ts';
import type { Redelivery, Return } from './redelivery.ts';

export interface BatchServices extends GroupServices {
  readonly circuit: Circuit;
  readonly redelivery: Pick<Redelivery, 'schedule'>;
}

/** Of one invocation. */
export const OBJECTS_IN_FLIGHT = 4;

/**
 * Answers in time whatever the services do: a function that is killed answers nothing, and the whole batch
 * comes back late.
 *
 * @returns the messages that must come back.
 */
export async function forwardBatch(
  messages: readonly SQSRecord[],
  invocation: Invocation,
  services: BatchServices,
): Promise<SQSBatchResponse> {
  const { circuit, metrics, redelivery } = services;
  const deadlines = deadlinesOf(invocation);
  const groups = groupByObject(messages, invocation, deadlines, services);
  await circuit.enter(invocation.getRemainingTimeInMillis(), deadlines.work);

  const returns: Return[] = [];
  const settle = async (group: MessageGroup) => {
    returns.push(...(await group.settle()));
  };
  const rest = await tryWhileProbing(groups, circuit, settle);
  await mapBounded(rest, OBJECTS_IN_FLIGHT, settle);

  await circuit.leave(deadlines.cleanUp);
  metrics.circuit(circuit.isOpen);
  if (circuit.opening !== undefined && returns.length > 0) {
    const { reason, openedAt, until } = circuit.opening;
    const since = new Date(openedAt).toISOString();
    logger.warn('Messages wait for the destination', { messages: returns.length, reason, since, until });
  }
  await redelivery.schedule(returns, deadlines.redelivery);
  return { batchItemFailures: returns.map(({ message }) => ({ itemIdentifier: message.messageId })) };
}

/**
 * Where it is for this batch to find out if the destination is back, it does so with one object after the other,
 * the smallest first, until one has told.
 *
 * @returns what was not tried.
 */
async function tryWhileProbing(
  groups: readonly MessageGroup[],
  circuit: Circuit,
  settle: (group: MessageGroup) => Promise<void>,
): Promise<readonly MessageGroup[]> {
  if (!circuit.probing) {
    return groups;
  }
  const left = groups.toSorted((a, b) => a.size - b.size);
  while (circuit.probing && left.length > 0) {
    await settle(left.shift() as MessageGroup);
  }
  return left;
}
