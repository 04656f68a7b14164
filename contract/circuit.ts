/**
 * The circuit before a destination: one item in the ledger's table, which all forwarders of the stack share.
 *
 * While it is open, nothing is read, claimed or uploaded: messages wait in their queue.
 */
import * as z from 'zod';
import type { RetryableReason } from './forwarding.ts';

/** The ledger's key of a destination's circuit. No object's key begins with "#": no bucket's name does. */
export function circuitKey(destination: string): string {
  return `#circuit/${destination}`;
}

/** Failures that every object would meet alike: it is the destination, or the way to it. */
export const OPENING_REASONS = [
  'DestinationUnavailable',
  'DestinationUnauthorized',
  'TokenUnreadable',
] as const satisfies readonly RetryableReason[];

export type OpeningReason = (typeof OPENING_REASONS)[number];

/** The circuit is open. Times are milliseconds since 1970. */
export interface Opening {
  /** When the destination was last known to take anything. */
  readonly openedAt: number;
  /** From then on one invocation may try; while it tries, the end of its turn. */
  readonly until: number;
  /** The first, and each try since that failed. */
  readonly openings: number;
  /** Whether an invocation is trying. */
  readonly probing: boolean;
  /** What the last object failed with. */
  readonly reason: OpeningReason;
  /** A sentence for a person. */
  readonly detail: string;
}

export interface CircuitState {
  /** Counts the item's changes, each of which is conditional on the one before; 0 where there is no item. */
  readonly revision: number;
  /** `undefined`: closed. */
  readonly opening: Opening | undefined;
  /** The attribute that stands where the revision should, and is none: the next change replaces it. */
  readonly foreign?: unknown;
}

/** Of a stack whose destination never failed, and of one whose circuit cannot be asked. */
export const UNKNOWN_CIRCUIT: CircuitState = { revision: 0, opening: undefined };

const MAXIMUM_DETAIL_CHARACTERS = 500;

const numberAttribute = z.object({ N: z.coerce.number() }).transform(({ N }) => N);
/** Whatever else stands there is not of our making. */
const revisionSchema = z.object({
  revision: numberAttribute.pipe(z.number().int().positive().lt(Number.MAX_SAFE_INTEGER)),
});
/** The attributes that an open circuit has beside the key, the revision and the expiry; a closed one has none. */
const openingSchema = z.object({
  openedAt: numberAttribute,
  openUntil: numberAttribute,
  openings: numberAttribute,
  probing: z.object({ BOOL: z.boolean() }).optional(),
  reason: z.object({ S: z.enum(OPENING_REASONS) }),
  detail: z.object({ S: z.string() }).optional(),
});

export const OPENING_ATTRIBUTES: readonly string[] = Object.keys(openingSchema.shape);

/**
 * Reads the circuit's item. What cannot be understood does not keep the circuit open.
 *
 * @param item as DynamoDB's GetItem answers; `undefined` where there is none.
 */
export function readCircuit(item: unknown): CircuitState {
  const revision = revisionSchema.safeParse(item).data?.revision;
  if (revision === undefined) {
    const foreign = (item as { readonly revision?: unknown } | undefined)?.revision;
    return foreign === undefined ? UNKNOWN_CIRCUIT : { ...UNKNOWN_CIRCUIT, foreign };
  }
  const { data } = openingSchema.safeParse(item);
  if (data === undefined) {
    return { revision, opening: undefined };
  }
  const { openedAt, openUntil, openings, probing, reason, detail } = data;
  const opening: Opening = {
    openedAt,
    until: openUntil,
    openings,
    probing: probing?.BOOL ?? false,
    reason: reason.S,
    detail: detail?.S ?? '',
  };
  return { revision, opening };
}

/** The attributes by which `readCircuit` knows an open circuit, as DynamoDB takes them. */
export function openingAttributes({ openedAt, until, openings, probing, reason, detail }: Opening) {
  return {
    openedAt: { N: String(openedAt) },
    openUntil: { N: String(until) },
    openings: { N: String(openings) },
    probing: { BOOL: probing },
    reason: { S: reason },
    detail: { S: detail.slice(0, MAXIMUM_DETAIL_CHARACTERS) },
  } satisfies Required<z.input<typeof openingSchema>>;
}
