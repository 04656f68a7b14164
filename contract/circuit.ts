/**
 * The circuit before a destination: one item in the ledger's table, which all forwarders of the stack share.
 *
 * While it is open, nothing is read, claimed or uploaded: messages wait in their queue.
 */
import type { RetryableReason } from './forwarding.ts';

/** The ledger's key of a destination's circuit. No object's key begins with "#": no bucket's name does. */
export function circuitKey(destination: string): string {
  return `#circuit/${destination}`;
}

/** Failures that every object would meet alike: it is the destination, or the way to it. */
export const PAUSING_REASONS = [
  'DestinationUnavailable',
  'DestinationUnauthorized',
  'TokenUnreadable',
] as const satisfies readonly RetryableReason[];

export type PausingReason = (typeof PAUSING_REASONS)[number];

/** All attributes but the first three are absent while the circuit is closed. */
export interface CircuitItem {
  /** See `circuitKey`. */
  readonly object: string;
  /** Counts the changes; each is conditional on the one before. */
  readonly revision: number;
  readonly expiresAt: number;
  /** Milliseconds since 1970: when the destination was last known to take anything. */
  readonly openedAt?: number;
  /** Milliseconds since 1970: from then on one invocation may try. While it tries, the end of its turn. */
  readonly openUntil?: number;
  /** Openings in a row: the first, and each try since that failed. */
  readonly openings?: number;
  /** Whether an invocation is trying. */
  readonly probing?: boolean;
  /** What the last object failed with. */
  readonly reason?: PausingReason;
  /** A sentence for a person. */
  readonly detail?: string;
}
