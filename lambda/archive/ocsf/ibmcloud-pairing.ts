/**
 * By what the two events of an asynchronous action of IBM Cloud are known to belong together.
 *
 * Source: IBM Cloud documentation, "Activity tracking events for account management": inviting and deleting a user are told as pending,
 * and again when they are done. That both have one correlation id is likely, and not promised.
 */
import type { ActivityEvent } from '../ibmcloud/activity-event.ts';

/**
 * The same in both: of the correlation id, or else of whoever did it, and of what it was done to; for one request may be about
 * several users. Events of one action have the same name besides.
 *
 * @returns `undefined` where nothing tells them from those of another action.
 */
export function pairingIdOf(
  { correlationId, initiator, target }: ActivityEvent,
  accountId: string | undefined,
): string | undefined {
  const request = correlationId ?? initiator?.id ?? initiator?.name;
  const object = target?.name ?? target?.id;
  return request === undefined || (correlationId === undefined && object === undefined)
    ? undefined
    : JSON.stringify([accountId ?? null, request, object ?? null]);
}
