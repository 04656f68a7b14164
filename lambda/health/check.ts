/** What a health check is made of: looks that know nothing of each other, taken at the same time and in bounded time. */
import type { MetricUnit } from '@aws-lambda-powertools/metrics/types';
import { settleBy } from '../shared/deadline.ts';
import { logger } from '../shared/logger.ts';

export interface Finding {
  /** `undefined` where it cannot be said at present, which says nothing good either. */
  readonly value: number | undefined;
  /** For the log. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

export interface Check {
  /** What it tells, under the metric's name in CloudWatch. */
  readonly metric: string;
  readonly unit: MetricUnit;
  /** @param signal ends the time that it has. */
  look(signal: AbortSignal): Promise<Finding>;
}

/** What was found, by metric. */
export type Findings = Readonly<Record<string, number | 'unknown'>>;

export interface LookOptions {
  /** For each of them, all of which begin at once. */
  readonly patienceMs: number;
  readonly tell: (check: Check, value: number) => void;
}

/**
 * Takes every look, and tells what each has found as soon as it has. Never rejects: a look that fails or hangs tells
 * nothing, which is what its own alarm takes for a breach, and keeps nothing from the others.
 */
export async function lookAtAll(checks: readonly Check[], options: LookOptions): Promise<Findings> {
  const found = await Promise.all(
    checks.map(async (check) => [check.metric, await lookAt(check, options)] as const),
  );
  return Object.fromEntries(found);
}

async function lookAt(check: Check, { patienceMs, tell }: LookOptions): Promise<number | 'unknown'> {
  const { metric } = check;
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const { value, facts } = await settleBy(check.look(signal), signal);
    if (value === undefined) {
      logger.warn('Not known at present', { check: metric, ...facts });
      return 'unknown';
    }
    tell(check, value);
    logger.info('Looked', { check: metric, value, ...facts });
    return value;
  } catch (error) {
    logger.error('Could not look', { check: metric, error: error as Error });
    return 'unknown';
  }
}
