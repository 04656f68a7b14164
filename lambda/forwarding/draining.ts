/**
 * Holds a change of the bucket that is forwarded from until its files are forwarded.
 *
 * The forwarder may read both buckets while the stack is updated: the grant for the new one is made before
 * anything else, that for the former one is taken away last (see `OverlappingGrant`). In between, this
 * resource is asked twice:
 *
 * - to change, before the rule and the notifications are: what waits then belongs to the former bucket. A
 *   backlog that does not go away, because the destination is down say, fails the update while nothing has
 *   changed yet.
 * - to delete its former self, in the clean-up, before the former grant goes: files that came while the rule
 *   was changed are waited for. Nothing can be refused any more then; what still waits ends in the
 *   dead-letter queue, with its reason and an alarm.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type * as z from 'zod';
import { drainingProperties } from '../../contract/forwarding.ts';
import type {
  CustomResourceDefinition,
  DeleteRequest,
  Outcome,
  UpdateRequest,
} from '../shared/custom-resource.ts';
import { logger } from '../shared/logger.ts';
import { allOf, queueDepth } from '../shared/queue-depth.ts';
import { stackOperation } from '../shared/stack-status.ts';

type Properties = z.infer<typeof drainingProperties>;

export interface DrainingDependencies {
  readonly sqs: SQSClient;
  readonly cloudFormation: CloudFormationClient;
  readonly queueUrl: string;
  /** Milliseconds between looks at the queue. @default 2000 */
  readonly pollMs?: number;
  /** Milliseconds that the queue is waited for before it changes. @default 8 minutes */
  readonly patienceMs?: number;
  /** Milliseconds that it is waited for in the clean-up, when new files flow through it. @default 3 minutes */
  readonly cleanUpPatienceMs?: number;
  /** Milliseconds that it must be empty in the clean-up: the numbers that SQS tells are late. @default 20000 */
  readonly quietMs?: number;
}

/** Files of the former bucket still wait, so the bucket cannot be changed now. */
export class NotDrainedError extends Error {
  override readonly name = 'NotDrainedError';
}

/** The custom resource. Its registration's id is the bucket's name, so that another bucket replaces it. */
export function draining(dependencies: DrainingDependencies): CustomResourceDefinition<Properties> {
  return {
    step: 'Draining',
    properties: drainingProperties,
    create: async ({ properties }) => outcomeOf(properties),
    update: (request) => update(request, dependencies),
    delete: (request) => remove(request, dependencies),
  };
}

async function update(
  request: UpdateRequest<Properties>,
  dependencies: DrainingDependencies,
): Promise<Outcome> {
  const { properties, registration, stackId, signal } = request;
  const { cloudFormation, patienceMs = 8 * 60_000 } = dependencies;
  if (registration.id === properties.BucketName) {
    return outcomeOf(properties);
  }
  if ((await stackOperation(cloudFormation, stackId, signal)) === 'update-rollback') {
    // Back to the bucket of before, for a reason that lies elsewhere: refusing would leave the stack stuck.
    return outcomeOf(properties);
  }
  const left = await waitUntilEmpty(dependencies, { patienceMs, quietMs: 0, signal });
  if (left > 0) {
    throw new NotDrainedError(
      `${left} files of ${registration.id} still wait to be forwarded, which would not be possible once the ` +
        `stack reads ${properties.BucketName} only. Nothing has been changed. The alarms QueueAge and DeadLetters of ` +
        'this stack, its forwarder’s log and npx trailbridge status (is forwarding paused, is the circuit open?) say why they wait; update ' +
        'again when the forwarding queue is empty.',
    );
  }
  return outcomeOf(properties);
}

/** Never fails: CloudFormation goes on with the clean-up whatever it is told. */
async function remove(request: DeleteRequest<Properties>, dependencies: DrainingDependencies): Promise<void> {
  const { properties, stackId, signal } = request;
  const { cloudFormation, cleanUpPatienceMs = 3 * 60_000, quietMs = 20_000 } = dependencies;
  const operation = await stackOperation(cloudFormation, stackId, signal);
  if (operation !== 'update-clean-up' && operation !== 'update-rollback') {
    // The queue goes with the stack.
    return;
  }
  const left = await waitUntilEmpty(dependencies, { patienceMs: cleanUpPatienceMs, quietMs, signal });
  logger.info('Drained as far as can be waited for', { bucket: properties?.BucketName, left });
}

/** @returns how many messages the queue holds at the end: 0 where it has been empty for as long as asked. */
async function waitUntilEmpty(
  dependencies: DrainingDependencies,
  { patienceMs, quietMs, signal }: { patienceMs: number; quietMs: number; signal: AbortSignal },
): Promise<number> {
  const { sqs, queueUrl, pollMs = 2000 } = dependencies;
  const giveUpAt = Date.now() + patienceMs;
  let emptySince = Number.POSITIVE_INFINITY;
  for (;;) {
    const left = allOf(await queueDepth(sqs, queueUrl, signal));
    emptySince = left > 0 ? Number.POSITIVE_INFINITY : Math.min(emptySince, Date.now());
    if (Date.now() - emptySince >= quietMs || Date.now() >= giveUpAt) {
      return left;
    }
    await wait(pollMs, undefined, { signal });
  }
}

function outcomeOf({ BucketName }: Properties): Outcome {
  return { registration: { origin: 'created', id: BucketName } };
}
