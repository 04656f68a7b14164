/** The queues that messages are put aside in, and what is known of each message. */
import { DEAD_LETTER_ATTRIBUTES, POISON_REASONS, RETRYABLE_REASONS } from '../../contract/forwarding.ts';
import { objectMessageSchema } from '../../contract/object-message.ts';
import type { ForwardingStack } from '../forwarding-stack.ts';

/** Reasons that are not the forwarder's to give. */
export const OTHER_REASONS = {
  /** EventBridge could not put the event into the queue. */
  event: 'EventNotDelivered',
  /** What was to be listed could not be. */
  listing: 'NotListed',
  /** SQS moved it, after more receives than the forwarder could ever answer. */
  unexplained: 'Unexplained',
} as const;

/** What `--reason` takes. */
export const REASONS: readonly string[] = [
  ...POISON_REASONS,
  ...RETRYABLE_REASONS,
  ...Object.values(OTHER_REASONS),
];

/** A message as it was received. */
export interface ReceivedMessage {
  readonly id: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
}

export interface DeadLetter extends ReceivedMessage {
  readonly reason: string;
  /** A sentence for a person, where somebody gave one. */
  readonly detail: string | undefined;
  /** Key of the object that the message is about; absent where it is about none. */
  readonly key: string | undefined;
}

/** A queue of dead letters, and where they go on from. */
export interface DeadLetterQueue {
  readonly name: string;
  readonly url: string;
  readonly targetUrl: string;
  readonly read: (message: ReceivedMessage) => DeadLetter;
}

export function deadLetterQueues(stack: ForwardingStack): readonly DeadLetterQueue[] {
  return [
    {
      name: 'files',
      url: stack.deadLetterQueueUrl,
      targetUrl: stack.queueUrl,
      read: (message) => ({
        ...message,
        reason: message.attributes[DEAD_LETTER_ATTRIBUTES.reason] ?? OTHER_REASONS.unexplained,
        detail: message.attributes[DEAD_LETTER_ATTRIBUTES.detail],
        key: keyIn(message.body),
      }),
    },
    {
      name: 'events',
      url: stack.eventDeadLetterQueueUrl,
      targetUrl: stack.queueUrl,
      read: (message) => ({
        ...message,
        reason: OTHER_REASONS.event,
        // Amazon EventBridge User Guide, "Using dead-letter queues to process undelivered events".
        detail: message.attributes.ERROR_MESSAGE ?? message.attributes.ERROR_CODE,
        key: keyIn(message.body),
      }),
    },
    {
      name: 'listings',
      url: stack.listingDeadLetterQueueUrl,
      targetUrl: stack.listingQueueUrl,
      read: (message) => ({ ...message, reason: OTHER_REASONS.listing, detail: undefined, key: undefined }),
    },
  ];
}

function keyIn(body: string): string | undefined {
  try {
    return objectMessageSchema.safeParse(JSON.parse(body)).data?.detail.object.key;
  } catch {
    // A malformed message is one of the things that are dead-lettered.
    return undefined;
  }
}
