import {
  COMPLETENESS_VERDICTS,
  type CompletenessResult,
  type CompletenessVerdict,
} from '../../contract/completeness.ts';

/** In a region where nothing was written there is nothing to prove: it says nothing about the others. */
export function isSilent({ trails, listed, digests, verdict }: CompletenessResult): boolean {
  const seen = digests.verified + digests.backfill + digests.unverifiable + listed.acknowledged;
  return (
    verdict === 'Unproven' &&
    seen === 0 &&
    trails.every(({ uncovered }) => uncovered.every(({ reason }) => reason === 'NoDigests'))
  );
}

/** The gravest verdict. Nothing at all proves nothing. */
export function gravestOf(results: readonly CompletenessResult[]): CompletenessVerdict {
  const spoken = results.filter((result) => !isSilent(result));
  const found = COMPLETENESS_VERDICTS.findLast((verdict) =>
    spoken.some((result) => result.verdict === verdict),
  );
  return found ?? 'Unproven';
}
