/**
 * Proves at deployment that the destination accepts us, so that a refusal fails the deployment rather
 * than the first event of the night.
 */
import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import { destinationProbeProperties, type ForwarderDestination } from '../../contract/forwarding.ts';
import type {
  CreateRequest,
  CustomResourceDefinition,
  DeleteRequest,
  Outcome,
  UpdateRequest,
} from '../shared/custom-resource.ts';
import { logger } from '../shared/logger.ts';
import type { CloudTrailService, ForwardingStack } from '../vendors/cloudtrail-service.ts';
import type { Destination } from '../vendors/destination.ts';
import { PoisonError, RetryableError } from './failures.ts';
import { emptyDocument } from './gzip-document.ts';
import type { PartSender } from './part-sender.ts';

export type ProbeProperties = z.infer<typeof destinationProbeProperties>;

export interface ProbeServices {
  readonly destination: Destination;
  /** Where the destination is Cloud One: the same, with its notes. */
  readonly cloudTrailService?: Pick<CloudTrailService, 'lifecycle'>;
  readonly sender: Pick<PartSender, 'send'>;
  readonly readToken: (signal: AbortSignal) => Promise<string>;
}

/** The destination did not take the probe. */
export class DestinationProbeError extends Error {
  override readonly name = 'DestinationProbeError';
}

const STEP = 'Proving that the destination accepts this stack';
const LIFECYCLE_STEP = "Telling Cloud One's CloudTrail service of this stack";
const PROBE_STEP = 'Sending a first, empty upload to the destination';

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
 * The custom resource. Its registration's id is the destination's name, so that a changed destination
 * replaces it: the new one is proven before the old one is told goodbye.
 */
export function destinationProbe(services: ProbeServices): CustomResourceDefinition<ProbeProperties> {
  return {
    step: STEP,
    properties: destinationProbeProperties,
    create: (request) => create(request, services),
    update: (request) => update(request, services),
    delete: (request) => farewell(request, services),
  };
}

async function create(request: CreateRequest<ProbeProperties>, services: ProbeServices): Promise<Outcome> {
  const { properties, signal } = request;
  const { cloudTrailService, readToken, destination } = services;
  if (cloudTrailService !== undefined) {
    const stack = stackOf(request.stackId, properties);
    // Registered before the note goes out: an answer that is lost on its way may have arrived as a note.
    request.undoOnFailure({ run: (until) => sayGoodbye(services, stack, until) });
    await withAlternatives(destination, async () =>
      cloudTrailService.lifecycle('created', stack, await readToken(signal), signal, LIFECYCLE_STEP),
    );
  }
  await probe(services, signal);
  return { registration: { origin: 'created', id: destination.name } };
}

async function update(request: UpdateRequest<ProbeProperties>, services: ProbeServices): Promise<Outcome> {
  const { registration, properties, stackId, signal } = request;
  const { cloudTrailService, readToken, destination } = services;
  if (registration.id !== destination.name) {
    return await create(request, services);
  }
  if (cloudTrailService !== undefined) {
    const stack = stackOf(stackId, properties);
    await withAlternatives(destination, async () =>
      cloudTrailService.lifecycle('updated', stack, await readToken(signal), signal, LIFECYCLE_STEP),
    );
  }
  await probe(services, signal);
  return { registration };
}

async function farewell(request: DeleteRequest<ProbeProperties>, services: ProbeServices): Promise<void> {
  const { registration, properties, stackId, signal } = request;
  // Replaced by an update: our environment, and with it the token, is the new destination's.
  const replaced = registration !== undefined && registration.id !== services.destination.name;
  if (properties !== undefined && !replaced) {
    await sayGoodbye(services, stackOf(stackId, properties), signal);
  }
}

/**
 * Tells Cloud One that the stack is gone, and never rejects.
 *
 * The note gives nothing back: nothing at the vendor's is held by it (as far as is known of an unpublished
 * protocol). Its token may be gone or revoked by now, which is the vendor's word that we are forgotten
 * already. A teardown that fails for a courtesy would leave the user worse off than one that warns.
 */
async function sayGoodbye(
  { cloudTrailService, readToken }: ProbeServices,
  stack: ForwardingStack,
  signal: AbortSignal,
): Promise<void> {
  try {
    await cloudTrailService?.lifecycle('deleted', stack, await readToken(signal), signal, LIFECYCLE_STEP);
  } catch (error) {
    logger.warn('Cloud One did not take note of the deletion, which goes on', {
      reason: (error as Error).message,
    });
  }
}

async function probe({ destination, sender }: ProbeServices, signal: AbortSignal): Promise<void> {
  await withAlternatives(destination, async () => {
    const outcome = await sender.send(
      { body: probeBody(destination), records: 0, idempotencyKey: randomUUID() },
      signal,
    );
    if (outcome === 'too-large') {
      throw new DestinationProbeError('The destination refuses even the smallest upload for its size.');
    }
  });
}

/** The smallest thing that the destination takes and that shows nowhere as an event of CloudTrail's. */
function probeBody(destination: Destination): Buffer | readonly Buffer[] {
  switch (destination.format) {
    case 'records-document':
      return emptyDocument();
    case 'json-lines':
      return Buffer.from(
        JSON.stringify({
          trailbridge: 'connection check',
          message: 'Trailbridge was deployed and checks that it may send CloudTrail records here.',
          time: new Date().toISOString(),
        }),
      );
  }
}

/** Adds to a failure what the user can do instead. */
async function withAlternatives(destination: Destination, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (cause) {
    const message = (cause as Error).message;
    const step = cause instanceof PoisonError || cause instanceof RetryableError ? `${PROBE_STEP}: ` : '';
    const alternative = ALTERNATIVES[destination.name as ForwarderDestination];
    const patience =
      cause instanceof RetryableError && cause.reason === 'DestinationUnavailable' ? PATIENCE : '';
    throw new DestinationProbeError(`${step}${message} ${patience}${alternative}`, { cause });
  }
}

function stackOf(stackId: string, { AwsAccountId, AwsRegion }: ProbeProperties): ForwardingStack {
  return { accountId: AwsAccountId, region: AwsRegion, stackId };
}
