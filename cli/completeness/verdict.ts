import {
  COMPLETENESS_VERDICTS,
  type CompletenessResult,
  type CompletenessVerdict,
} from '../../contract/completeness.ts';
import { isSilent } from '../../contract/completeness-sums.ts';

/** The gravest verdict. Nothing at all proves nothing. */
export function gravestOf(results: readonly CompletenessResult[]): CompletenessVerdict {
  const spoken = results.filter((result) => !isSilent(result));
  const found = COMPLETENESS_VERDICTS.findLast((verdict) =>
    spoken.some((result) => result.verdict === verdict),
  );
  return found ?? 'Unproven';
}
