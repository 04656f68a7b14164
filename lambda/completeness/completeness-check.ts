/** The whole check of one region of one account: its digests, the files that they list, and what else lies there. */
import { type DigestPosition, NO_POSITION } from '../../contract/completeness.ts';
import { ledgerKeyOf } from '../../contract/ledger.ts';
import type { ObjectReference } from '../../contract/object-message.ts';
import type { CheckWindow, DigestObservation } from './digest-observations.ts';
import { walkDigests } from './digest-walk.ts';
import { compareListing, type ListingComparison } from './listing-comparison.ts';
import { type JudgedLogFile, judgeLogFiles } from './log-files.ts';
import type { CompletenessServices, Span } from './ports.ts';

export type CompletenessEvent =
  | DigestObservation
  | { readonly kind: 'LogFiles'; readonly digest: string; readonly files: readonly JudgedLogFile[] }
  | ({ readonly kind: 'Listed' } & ListingComparison)
  /** All events before it are settled: a check that begins here does not tell them again. */
  | { readonly kind: 'Position'; readonly position: DigestPosition };

/**
 * Checks one region, and tells what it sees as it goes. Stop it after any `Position`, and go on with that one. A check
 * without a position can be made of any time, and be repeated.
 *
 * Memory: one digest, a page of a listing, the keys of the window's digests, and those of unacknowledged files.
 *
 * @throws whatever the services throw: what cannot be read for now is no finding.
 */
export async function* checkCompleteness(
  window: CheckWindow,
  services: CompletenessServices,
  from: DigestPosition = NO_POSITION,
): AsyncGenerator<CompletenessEvent, void, undefined> {
  const uncovered: Span[] = [];
  const judged = new Set<string>();
  for await (const { observations, position, isLast } of walkDigests(window, services, from)) {
    for (const observation of observations) {
      yield observation;
      if (observation.kind === 'VerifiedDigest') {
        const { digest, document } = observation;
        for await (const files of judgeLogFiles(document.logFiles, services)) {
          for (const version of files.flatMap(({ unacknowledged }) => unacknowledged)) {
            judged.add(ledgerKeyOf(version));
          }
          yield { kind: 'LogFiles', digest, files };
        }
      } else if (observation.kind === 'Uncovered') {
        uncovered.push({ from: new Date(observation.span.from), to: new Date(observation.span.to) });
      }
    }
    if (isLast) {
      for await (const comparison of compareListing(window.series, window, { uncovered, judged }, services)) {
        yield { kind: 'Listed', ...comparison };
      }
    }
    yield { kind: 'Position', position };
  }
}

/** The objects that an event asks to have forwarded. */
export function objectsToQueue(event: CompletenessEvent): readonly ObjectReference[] {
  switch (event.kind) {
    case 'LogFiles':
      return event.files.flatMap(({ toQueue }) => toQueue);
    case 'Listed':
      return event.unacknowledged;
    default:
      return [];
  }
}
