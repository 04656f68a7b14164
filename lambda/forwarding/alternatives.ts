import type { ForwarderDestination } from '../../contract/forwarding.ts';
import { RetryableError } from './failures.ts';

/** The destination did not take what the deployment tried it with; the message says what else there is. */
export class DestinationProbeError extends Error {
  override readonly name = 'DestinationProbeError';
}

/** An outage is no reason to go elsewhere yet. */
const PATIENCE = 'This passes by itself as a rule: try again in some minutes. If it does not: ';

const ALTERNATIVES: Record<ForwarderDestination, string> = {
  CloudOne:
    "Cloud One's upload protocol is not published, so it may have changed. " +
    'Deploy with ForwardingDestination=VisionOne instead (parameters VisionOneIngestUrl and VisionOneIngestToken), ' +
    "or anew with ForwardingDestination=VendorClient, which is the vendor's own client.",
  VisionOne:
    'Check VisionOneIngestUrl and VisionOneIngestToken in the Vision One console (Third-Party Log Collection), ' +
    'or deploy with ForwardingDestination=CloudOne instead.',
};

/**
 * Adds to a failure what the user can do instead.
 *
 * @throws DestinationProbeError for whatever `act` throws.
 */
export async function withAlternatives(
  destination: ForwarderDestination,
  act: () => Promise<unknown>,
): Promise<void> {
  try {
    await act();
  } catch (cause) {
    const { message } = cause as Error;
    const patience = isOutage(cause) ? PATIENCE : '';
    throw new DestinationProbeError(`${message} ${patience}${ALTERNATIVES[destination]}`, { cause });
  }
}

function isOutage(error: unknown): boolean {
  return error instanceof RetryableError
    ? error.reason === 'DestinationUnavailable'
    : error instanceof Error && error.cause !== undefined && isOutage(error.cause);
}
