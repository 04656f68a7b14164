/** What a report means, decided in one place so that no two sections can disagree. */
import type { RehearsalReport } from '../report.ts';

/** A phase that was not reached is 0. */
export function wasForwarded(report: RehearsalReport): boolean {
  return report.seconds.forward > 0;
}

export function residueCount(report: RehearsalReport): number {
  return report.residue.aws.length + report.residue.vendors.length;
}

export type Course = 'succeeded' | 'failed' | 'failed as asked';

export function courseOf(report: RehearsalReport): Course {
  if (!report.ok) return 'failed';
  return report.failure === null ? 'succeeded' : 'failed as asked';
}
