/** Time that no verified digest speaks for, and why. */
import type { DigestLink, UncoveredReason, UncoveredSpan } from '../../contract/completeness.ts';
import { type Chain, earlierOf, laterOf, timeSpanOf } from './digest-chains.ts';
import type { DigestDocument } from './digest-document.ts';
import type { CheckWindow } from './digest-observations.ts';
import { type Span, s3Url } from './ports.ts';

/** CloudTrail makes a digest every hour, also of an hour without events. */
export const DIGEST_PERIOD_MS = 60 * 60 * 1000;

const REASON_BY_LINK: Readonly<Record<DigestLink, UncoveredReason>> = {
  Started: 'ChainRestarted',
  PreviousMissing: 'DigestMissing',
  PreviousInvalid: 'DigestInvalid',
  PreviousReplaced: 'DigestsApart',
  PreviousOutOfReach: 'DigestOutOfReach',
  Linked: 'DigestsApart',
  BeforeWindow: 'DigestsApart',
};

/** The time between what was known and what the digest covers. What was seen beyond that is no proof. */
export function silenceBefore(
  { start, previous }: DigestDocument,
  { judgedUntil, seenUntil }: Chain,
  link: DigestLink,
): readonly UncoveredSpan[] {
  const from = earlierOf(start, judgedUntil);
  const heardUntil = earlierOf(start, laterOf(from, seenUntil));
  const rest = { from: heardUntil, to: start };
  const missing =
    link === 'PreviousMissing' && previous !== undefined
      ? { missing: { newest: s3Url(previous), about: hoursIn(rest) } }
      : {};
  return [
    { ...timeSpanOf({ from, to: heardUntil }), reason: 'DigestInvalid' as const },
    { ...timeSpanOf(rest), reason: REASON_BY_LINK[link], ...missing },
  ].filter((span) => span.from < span.to);
}

/** What is uncovered from where a chain stands to the window's end, and was not told before. */
export function silenceAfter(
  { judgedUntil, seenUntil, toldUntil = judgedUntil }: Chain,
  { to, goesOn = false }: CheckWindow,
): readonly UncoveredSpan[] {
  const spans: UncoveredSpan[] = [];
  const tell = (span: Span, reason: UncoveredReason) => {
    if (span.from < span.to) {
      spans.push({ ...timeSpanOf(span), reason });
    }
  };
  const start = laterOf(judgedUntil, toldUntil);
  const heardUntil = laterOf(start, seenUntil);
  tell({ from: start, to: heardUntil }, 'DigestInvalid');
  // The digest of the last hour may yet come; only who looks again will know.
  const patience = goesOn ? DIGEST_PERIOD_MS : 0;
  if (to.getTime() - heardUntil.getTime() >= patience) {
    tell({ from: heardUntil, to }, 'DigestOverdue');
  }
  return spans;
}

/** About how many digests are missing. */
export function missingIn(silence: readonly UncoveredSpan[]): number {
  return silence.reduce((count, { missing }) => count + (missing?.about ?? 0), 0);
}

function hoursIn({ from, to }: Span): number {
  return Math.max(1, Math.round((to.getTime() - from.getTime()) / DIGEST_PERIOD_MS));
}
