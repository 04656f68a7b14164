/** CloudFormation's Delete, whatever the creation before it came to. */
import { setTimeout as wait } from 'node:timers/promises';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import type { CustomResourceDefinition } from './custom-resource.ts';
import { type Answer, registrationOf } from './custom-resource-answer.ts';
import { messageOf, reasonOf } from './custom-resource-reason.ts';
import { settleBy, type TimePlan } from './deadline.ts';
import { logger } from './logger.ts';

export type DeleteEvent = CloudFormationCustomResourceEvent & { readonly RequestType: 'Delete' };

/** Physical id of a creation that failed and left nothing, as far as its own process knows. */
export const NOTHING_LEFT = 'failed:';
/** Physical id of a creation that failed and may have left something, which has to be looked for. */
export const MAYBE_LEFT = 'unsure:';

/**
 * CloudFormation cancels the creations that are under way when another resource fails, and sends the Delete at
 * once, with an id that it makes up, while the creation may be running still (observed; see the issues 1730
 * and 1814 of aws-cloudformation/cloudformation-coverage-roadmap).
 */
export const LATE_CREATION_PAUSES_MS: readonly number[] = [5_000, 10_000, 15_000];

/** For the look after a creation that was undone, which must not keep a rollback waiting. */
const SECOND_LOOK_MS = 20_000;

/** Read beside the resource's own properties; every custom resource of ours takes it. */
const commonProperties = z.object({ OnVendorDeleteFailure: z.enum(['Fail', 'Continue']) });

export async function performDeletion<P>(
  definition: CustomResourceDefinition<P>,
  event: DeleteEvent,
  time: TimePlan,
  lateCreationPausesMs: readonly number[],
): Promise<Answer> {
  const { PhysicalResourceId: physicalId } = event;
  const success = { status: 'SUCCESS', physicalId } as const;
  if (physicalId.startsWith(NOTHING_LEFT)) {
    await lookOnceMore(definition, event, time);
    return success;
  }
  try {
    const signal = time.undoUntil();
    await deleteNow(definition, event, signal);
    const neverAnswered = registrationOf(physicalId) === undefined && !physicalId.startsWith(MAYBE_LEFT);
    for (const pauseMs of neverAnswered && definition.knowsItsOwn ? lateCreationPausesMs : []) {
      await wait(pauseMs);
      if (signal.aborted) {
        break;
      }
      await deleteNow(definition, event, signal);
    }
    return success;
  } catch (error) {
    // Whatever it was, CloudFormation must be told.
    return deletionFailed(event, reasonOf(definition, error));
  }
}

/** Whether a failed deletion may pass is the user's choice. */
export function deletionFailed(event: DeleteEvent, fault: string): Answer {
  const { PhysicalResourceId: physicalId, LogicalResourceId: logicalId } = event;
  const mayPass =
    z.safeParse(commonProperties, event.ResourceProperties).data?.OnVendorDeleteFailure === 'Continue';
  const reason = mayPass
    ? `${fault} Left as it is, as OnVendorDeleteFailure says.`
    : `${fault} Put that right and delete the stack again; or, to leave this as it is, delete the stack again ` +
      `and retain the resource ${logicalId}.`;
  logger.error('Deletion failed', { logicalId, reason, mayPass });
  return { status: mayPass ? 'SUCCESS' : 'FAILED', physicalId, reason };
}

/**
 * After a creation that undid what it did: Lambda may have delivered the same creation to another process as
 * well. What made the one fail, a wrong key say, makes this look fail too, and must not fail the rollback.
 */
async function lookOnceMore<P>(
  definition: CustomResourceDefinition<P>,
  event: DeleteEvent,
  time: TimePlan,
): Promise<void> {
  if (!definition.knowsItsOwn) {
    return;
  }
  try {
    await deleteNow(
      definition,
      event,
      AbortSignal.any([time.undoUntil(), AbortSignal.timeout(SECOND_LOOK_MS)]),
    );
  } catch (error) {
    // Nothing is known to be left: the deletion has succeeded as far as anyone can tell.
    logger.warn('Could not look for a second delivery of the failed creation', { reason: messageOf(error) });
  }
}

async function deleteNow<P>(
  definition: CustomResourceDefinition<P>,
  event: DeleteEvent,
  signal: AbortSignal,
): Promise<void> {
  const registration = registrationOf(event.PhysicalResourceId);
  const properties = z.safeParse(definition.properties, event.ResourceProperties).data;
  await settleBy(definition.delete({ registration, properties, stackId: event.StackId, signal }), signal);
}
