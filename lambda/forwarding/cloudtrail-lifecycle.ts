/**
 * Tells Cloud One's CloudTrail service that this stack forwards to it, and at the end that it does no longer.
 *
 * The resource exists only where Cloud One is the destination. So a change of destination deletes it, with a
 * function, a role and a token that are still those of Cloud One: goodbye is said with what hello was.
 */
import type * as z from 'zod';
import { cloudTrailLifecycleProperties } from '../../contract/forwarding.ts';
import type { CreateRequest, CustomResourceDefinition, Outcome } from '../shared/custom-resource.ts';
import { logger } from '../shared/logger.ts';
import type { CloudTrailService, ForwardingStack } from '../vendors/cloudtrail-service.ts';
import { withAlternatives } from './alternatives.ts';

export type LifecycleProperties = z.infer<typeof cloudTrailLifecycleProperties>;

export interface LifecycleServices {
  readonly service: Pick<CloudTrailService, 'lifecycle'>;
  readonly readToken: (signal: AbortSignal) => Promise<string>;
}

const STEP = "Telling Cloud One's CloudTrail service of this stack";

export function cloudTrailLifecycle(
  services: LifecycleServices,
): CustomResourceDefinition<LifecycleProperties> {
  const { service, readToken } = services;
  const tell = async (
    event: 'created' | 'updated',
    { properties, stackId, signal }: CreateRequest<LifecycleProperties>,
  ): Promise<Outcome> => {
    await withAlternatives('CloudOne', async () =>
      service.lifecycle(event, stackOf(stackId, properties), await readToken(signal), signal, STEP),
    );
    return { registration: { origin: 'created', id: stackId } };
  };

  return {
    step: STEP,
    properties: cloudTrailLifecycleProperties,
    create: async (request) => {
      const stack = stackOf(request.stackId, request.properties);
      // Registered before the note goes out: an answer that is lost on its way may have arrived as a note.
      request.undoOnFailure({ run: (until) => sayGoodbye(services, stack, until) });
      return await tell('created', request);
    },
    update: (request) => tell('updated', request),
    delete: async ({ properties, stackId, signal }) => {
      if (properties !== undefined) {
        await sayGoodbye(services, stackOf(stackId, properties), signal);
      }
    },
  };
}

/**
 * Tells Cloud One that the stack is gone, and never rejects.
 *
 * The note gives nothing back: nothing at the vendor's is held by it (as far as is known of an unpublished
 * protocol). Its token may be gone or revoked by now, which is the vendor's word that we are forgotten
 * already. A teardown that fails for a courtesy would leave the user worse off than one that warns.
 */
async function sayGoodbye(
  { service, readToken }: LifecycleServices,
  stack: ForwardingStack,
  signal: AbortSignal,
): Promise<void> {
  try {
    await service.lifecycle('deleted', stack, await readToken(signal), signal, STEP);
  } catch (error) {
    logger.warn('Cloud One did not take note of the deletion, which goes on', {
      reason: (error as Error).message,
    });
  }
}

function stackOf(stackId: string, { AwsAccountId, AwsRegion }: LifecycleProperties): ForwardingStack {
  return { accountId: AwsAccountId, region: AwsRegion, stackId };
}
