/**
 * Proves at deployment that the destination accepts us, so that a refusal fails the deployment rather
 * than the first event of the night.
 */
import type * as z from 'zod';
import { destinationProbeProperties, type ForwarderDestination } from '../../contract/forwarding.ts';
import type { CreateRequest, CustomResourceDefinition, Outcome } from '../shared/custom-resource.ts';
import { connectionCheck } from '../vendors/connection-check.ts';
import type { Destination } from '../vendors/destination.ts';
import { DestinationProbeError, withAlternatives } from './alternatives.ts';
import { PoisonError, RetryableError } from './failures.ts';
import type { PartSender } from './part-sender.ts';

export type ProbeProperties = z.infer<typeof destinationProbeProperties>;

export interface ProbeServices {
  readonly destination: Destination;
  readonly sender: Pick<PartSender, 'send'>;
}

const STEP = 'Proving that the destination accepts this stack';
const PROBE_STEP = 'Sending a first, empty upload to the destination';
const PROBE_WORDS = {
  trailbridge: 'connection check',
  message: 'Trailbridge was deployed and checks that it may send CloudTrail records here.',
};

/** The custom resource. It holds nothing at the destination, so there is nothing to delete. */
export function destinationProbe(services: ProbeServices): CustomResourceDefinition<ProbeProperties> {
  const probe = async ({ signal }: CreateRequest<ProbeProperties>): Promise<Outcome> => {
    const { destination } = services;
    await withAlternatives(destination.name as ForwarderDestination, () => sendEmpty(services, signal));
    return { registration: { origin: 'created', id: destination.name } };
  };
  return {
    step: STEP,
    properties: destinationProbeProperties,
    create: probe,
    update: probe,
    delete: async () => {},
  };
}

async function sendEmpty({ destination, sender }: ProbeServices, signal: AbortSignal): Promise<void> {
  try {
    const outcome = await sender.send(connectionCheck(destination, PROBE_WORDS), signal);
    if (outcome === 'too-large') {
      throw new DestinationProbeError('The destination refuses even the smallest upload for its size.');
    }
  } catch (cause) {
    if (cause instanceof PoisonError || cause instanceof RetryableError) {
      // They speak of a file; here it is the deployment's own.
      throw new DestinationProbeError(`${PROBE_STEP}: ${cause.message}`, { cause });
    }
    throw cause;
  }
}
