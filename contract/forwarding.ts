/** What the forwarding constructs and their functions agree on. */
import * as z from 'zod';
import { optionalText } from './environment.ts';

export const FORWARDING_DESTINATIONS = ['CloudOne', 'VisionOne'] as const;

/** Values of the parameter `ForwardingDestination`. */
export type ForwardingDestination = (typeof FORWARDING_DESTINATIONS)[number];

/** How a function reaches the destination. The token is in Secrets Manager, never in the environment. */
export const destinationEnvironment = z.object({
  DESTINATION: z.enum(FORWARDING_DESTINATIONS),
  /** Base URL of the Cloud One CloudTrail service, or the Vision One collector's endpoint. */
  DESTINATION_URL: z.url(),
  /** Cloud One's `api-version` header; Vision One has none. */
  DESTINATION_API_VERSION: optionalText,
  DESTINATION_TOKEN_SECRET_ARN: z.string().startsWith('arn:'),
});

export const forwarderEnvironment = destinationEnvironment.extend({
  STACK_NAME: z.string(),
  LEDGER_TABLE: z.string(),
  /** The queue that the function works off. */
  QUEUE_URL: z.url(),
  DEAD_LETTER_QUEUE_URL: z.url(),
  /** Receives after which a message that still fails is dead-lettered with its reason. */
  MAXIMUM_RECEIVES: z.coerce.number().int().positive(),
});

/**
 * The custom resource that proves the destination accepts us. Its properties repeat what its
 * environment says, so that a changed destination is an update and is proven again.
 */
export const destinationProbeProperties = z.object({
  Destination: z.enum(FORWARDING_DESTINATIONS),
  DestinationUrl: z.string(),
  AwsAccountId: z.string(),
  AwsRegion: z.string(),
  StackId: z.string(),
});

/** Attributes of a dead-lettered message, beside the message's own body. */
export const DEAD_LETTER_ATTRIBUTES = {
  /** A stable code, such as `NotGzip`. */
  reason: 'Reason',
  /** The sentence for a person. */
  detail: 'Detail',
} as const;

/**
 * Why an object was dead-lettered: values of the attribute `Reason`. Stable, because people and the redrive
 * command select by them.
 *
 * The first group can never be cured by another try. The second can; it is given up after
 * `MAXIMUM_RECEIVES`.
 */
export const POISON_REASONS = [
  'MalformedMessage',
  'NotACloudTrailFile',
  'ObjectGone',
  'ObjectOverwritten',
  'ObjectArchived',
  'EmptyObject',
  'NotGzip',
  'TruncatedGzip',
  'CorruptGzip',
  'TrailingGarbage',
  'DecompressionBomb',
  'NotJson',
  'TruncatedJson',
  'NoRecords',
  'RecordsNotAnArray',
  'RecordsTwice',
  'RecordNotAnObject',
  'RecordTooLarge',
  'RecordRefused',
  'DestinationRefused',
] as const;

export const RETRYABLE_REASONS = [
  'DestinationUnavailable',
  'DestinationUnauthorized',
  'TokenUnreadable',
  'LedgerUnavailable',
  'LeaseLost',
  'LeaseHeld',
  'ObjectUnreadable',
  'OutOfTime',
  'Unexpected',
] as const;

export type PoisonReason = (typeof POISON_REASONS)[number];
export type RetryableReason = (typeof RETRYABLE_REASONS)[number];
