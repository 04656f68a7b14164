import type { CompletenessFinding, CompletenessResult } from '../../contract/completeness.ts';
import { logger } from '../shared/logger.ts';

/** Findings of one region that are logged one by one: a log is for reading, and a metric has the count. */
const MAXIMUM_LOGGED = 100;

/** Logs what somebody should look at: what may be tampering as an error, what is merely lacking as a warning. */
export function logFindings({ series, findings, findingsLeftOut }: CompletenessResult): void {
  for (const finding of findings.slice(0, MAXIMUM_LOGGED)) {
    if (isTampering(finding)) {
      logger.error('Completeness: not as CloudTrail delivered it', { series, finding });
    } else {
      logger.warn('Completeness: not proven', { series, finding });
    }
  }
  const notLogged = findingsLeftOut + Math.max(0, findings.length - MAXIMUM_LOGGED);
  if (notLogged > 0) {
    logger.warn('Completeness: there are more findings', { series, notLogged });
  }
}

function isTampering(finding: CompletenessFinding): boolean {
  switch (finding.kind) {
    case 'Digest':
      return finding.problem !== 'KeysOutOfReach';
    case 'Chain':
      return true;
    case 'LogFile':
      return finding.verdict === 'Altered' || finding.verdict === 'Deleted';
    case 'StoredCopy':
      return finding.copy === 'Overwritten';
    case 'Unacknowledged':
      return false;
  }
}
