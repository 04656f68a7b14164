import { OUTPUTS } from '../contract/parameters.ts';
import { type AwsOptions, describeStack } from './aws.ts';
import { UserError } from './errors.ts';

/** Where a deployed stack's forwarding is: what its commands work on. */
export interface ForwardingStack {
  readonly region: string;
  readonly bucket: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  /** Of events that EventBridge could not put into the queue. */
  readonly eventDeadLetterQueueUrl: string;
  readonly listingQueueUrl: string;
  readonly listingDeadLetterQueueUrl: string;
  readonly ledgerTable: string;
  /** UUID of the forwarder's event source mapping. */
  readonly mappingId: string;
}

/**
 * @throws UserError where the stack cannot be reached, forwards with the vendor's client, or is not (yet) deployed with
 *   what the commands need.
 */
export async function findForwardingStack(options: AwsOptions): Promise<ForwardingStack> {
  const stack = await describeStack(options);
  if (stack.output(OUTPUTS.destination) === 'VendorClient') {
    throw new UserError(
      `In the stack "${options.stack}" the vendor's own client forwards. Without a queue and a ledger ` +
        'of ours there is nothing to pause, redrive, backfill or prove from here.',
    );
  }
  const output = (name: string): string => {
    const value = stack.output(name);
    if (value === null) {
      throw new UserError(
        `The stack "${options.stack}" (${stack.status}) has no output ${name}: it was deployed by an earlier version, or ` +
          'is not deployed completely. Deploy it with this version first.',
      );
    }
    return value;
  };
  return {
    region: stack.region,
    bucket: output(OUTPUTS.bucketName),
    queueUrl: output(OUTPUTS.queueUrl),
    deadLetterQueueUrl: output(OUTPUTS.deadLetterQueueUrl),
    eventDeadLetterQueueUrl: output(OUTPUTS.eventDeadLetterQueueUrl),
    listingQueueUrl: output(OUTPUTS.listingQueueUrl),
    listingDeadLetterQueueUrl: output(OUTPUTS.listingDeadLetterQueueUrl),
    ledgerTable: output(OUTPUTS.ledgerTable),
    mappingId: output(OUTPUTS.forwarderMappingId),
  };
}
