/**
 * Where a source's records come from: a controller, an account, a bucket. What a collector remembers is true of one place; another
 * one has a history of its own.
 */

/** What a collector finds where it is about to collect. */
export interface Arrival {
  /** The place in words, without secrets: kept beside the state, and told in the log. */
  readonly place: string;
  /** Whether it is another place than the state is of, so that the state says nothing of it. */
  readonly isAnother: boolean;
}

/**
 * Looks where the records come from.
 *
 * @param known what the last run found; `undefined` at the very first, and where the state is older than the places: then the place
 *   is the state's.
 */
export type Arrive = (known: string | undefined, signal: AbortSignal) => Promise<Arrival>;

/** Of a place that is what its name says, with nothing to look up. */
export function fixedPlace(place: string): Arrive {
  return async (known) => ({ place, isAnother: known !== undefined && known !== place });
}
