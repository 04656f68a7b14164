/** What the forwarding constructs and their functions agree on. */
import * as z from 'zod';
import { optionalText } from './environment.ts';

/** What our own forwarder sends to. */
export const FORWARDER_DESTINATIONS = ['CloudOne', 'VisionOne'] as const;

export type ForwarderDestination = (typeof FORWARDER_DESTINATIONS)[number];

/** Values of the parameter `ForwardingDestination`: those, or the vendor's own client in the forwarder's place. */
export const FORWARDING_DESTINATIONS = [...FORWARDER_DESTINATIONS, 'VendorClient'] as const;

export type ForwardingDestination = (typeof FORWARDING_DESTINATIONS)[number];

/** How a function reaches the destination. The token is in Secrets Manager, never in the environment. */
export const destinationEnvironment = z.object({
  DESTINATION: z.enum(FORWARDER_DESTINATIONS),
  /** Base URL of the Cloud One CloudTrail service, or the Vision One collector's endpoint. */
  DESTINATION_URL: z.url(),
  /** Cloud One's `api-version` header; Vision One has none. */
  DESTINATION_API_VERSION: optionalText,
  DESTINATION_TOKEN_SECRET_ARN: z.string().startsWith('arn:'),
});

export const forwarderEnvironment = destinationEnvironment.extend({
  STACK_NAME: z.string(),
  LEDGER_TABLE: z.string(),
  /** Region of the bucket with the files: not always the stack's. */
  BUCKET_REGION: z.string().min(1),
  /** The queue that the function works off. */
  QUEUE_URL: z.url(),
  /** See `parseRecordFilter`; empty where nothing is filtered. */
  FORWARDING_FILTER: optionalText,
  DEAD_LETTER_QUEUE_URL: z.url(),
  /** Tries after which an object that fails for what may lie with it is dead-lettered with its reason. */
  MAXIMUM_TRIES: z.coerce.number().int().positive(),
});

/**
 * The forwarder's `NODE_OPTIONS`. Megabytes: with room for more young objects, V8 lets that much more garbage
 * pile up, buffers included, and gains nothing by it.
 */
export const FORWARDER_NODE_OPTIONS = '--max-semi-space-size=2';

/**
 * The custom resource that proves the destination accepts us. Its properties repeat what its
 * environment says, so that a changed destination is an update and is proven again.
 */
export const destinationProbeProperties = z.object({
  Destination: z.enum(FORWARDER_DESTINATIONS),
  DestinationUrl: z.string(),
  /** What comes before it: Cloud One knows of the stack, where it is the destination. Not read. */
  After: z.string().optional(),
});

/** The custom resource that tells Cloud One's CloudTrail service of this stack, and at the end that it is gone. */
export const cloudTrailLifecycleProperties = z.object({
  DestinationUrl: z.string(),
  AwsAccountId: z.string(),
  AwsRegion: z.string(),
  StackId: z.string(),
});

/** The custom resource that holds a change of bucket until the former one's files are forwarded. */
export const drainingProperties = z.object({
  /** The bucket that is forwarded from. */
  BucketName: z.string().min(3),
});

export const drainingEnvironment = z.object({
  /** The forwarding queue. */
  QUEUE_URL: z.url(),
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
 * The first group is given up at once: another try would end alike. The second comes back. What may lie
 * with the object is given up after `MAXIMUM_TRIES` tries; see `WAITING_REASONS` for the rest.
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
  'ForwarderDied',
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

/**
 * Failures that say nothing about the object: a service is away, a token is refused, others are first. The
 * object waits for as long as the queue keeps its message; it is dead-lettered only shortly before that ends.
 */
export const WAITING_REASONS: ReadonlySet<string> = new Set<RetryableReason>([
  'DestinationUnavailable',
  'DestinationUnauthorized',
  'TokenUnreadable',
  'LedgerUnavailable',
  'LeaseLost',
  'LeaseHeld',
  'OutOfTime',
]);

/** How long the queues keep a message: the longest that SQS does. */
export const QUEUE_RETENTION_DAYS = 14;

export type PoisonReason = (typeof POISON_REASONS)[number];
export type RetryableReason = (typeof RETRYABLE_REASONS)[number];
