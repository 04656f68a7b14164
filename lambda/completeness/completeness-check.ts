/** The whole check of one region of one account: its digests, the files that they list, and a listing for the rest. */
import { type DigestPosition, NO_POSITION } from '../../contract/completeness.ts';
import type { ObjectReference } from '../../contract/object-message.ts';
import type { CheckWindow, DigestObservation } from './digest-observations.ts';
import { walkDigests } from './digest-walk.ts';
import { compareListing, type ListingComparison, subtractSpans } from './listing-comparison.ts';
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
 * Memory: one digest, a page of a listing, and the keys of the window's digests.
 *
 * @throws whatever the services throw: what cannot be read for now is no finding.
 */
export async function* checkCompleteness(
  window: CheckWindow,
  services: CompletenessServices,
  from: DigestPosition = NO_POSITION,
): AsyncGenerator<CompletenessEvent, void, undefined> {
  const listed: Span[] = [];
  for await (const { observations, position } of walkDigests(window, services, from)) {
    for (const observation of observations) {
      yield observation;
      if (observation.kind === 'VerifiedDigest') {
        const { digest, document } = observation;
        for await (const files of judgeLogFiles(document.logFiles, services)) {
          yield { kind: 'LogFiles', digest, files };
        }
      } else if (observation.kind === 'Uncovered') {
        const span = { from: new Date(observation.span.from), to: new Date(observation.span.to) };
        // Several trails may be silent at the same time, and the listing is of all of them.
        for (const part of subtractSpans(span, listed)) {
          for await (const comparison of compareListing(window.series, part, services)) {
            yield { kind: 'Listed', ...comparison };
          }
        }
        listed.push(span);
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
