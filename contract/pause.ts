/** What the ledger's table remembers of a pause of forwarding. */
import { QUEUE_RETENTION_DAYS } from './forwarding.ts';

/** Partition key of the item; there is one at most. No object's key begins so. */
export const PAUSE_KEY = '#pause';

const DAY_MS = 86_400_000;

/**
 * How long a message is counted on to stay in the queue, milliseconds: two days less than SQS keeps it, for what is
 * received on its last day may be gone before it is forwarded.
 */
export const QUEUE_MEMORY_MS = (QUEUE_RETENTION_DAYS - 2) * DAY_MS;
/**
 * A pause that is shorter loses nothing that waited when it began, however long it had: what has waited for 13 days
 * the forwarder dead-letters when it fails again, and nothing waits for longer than half an hour for that.
 */
export const HARMLESS_WITH_BACKLOG_MS = DAY_MS / 2;
/** The oldest message that can have waited when a pause began. */
export const LONGEST_WAIT_MS = QUEUE_RETENTION_DAYS * DAY_MS;
