import type { ForwarderDestination } from '../../contract/forwarding.ts';

/** The destination did not take what the deployment tried it with; the message says what else there is. */
export class DestinationProbeError extends Error {
  override readonly name = 'DestinationProbeError';
}

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
    throw new DestinationProbeError(`${message} ${ALTERNATIVES[destination]}`, { cause });
  }
}
