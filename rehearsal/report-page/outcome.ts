/** What a report means, decided in one place so that no two sections can disagree. */
import type { RehearsalReport } from '../report.ts';

/** In a phase of its own, which is 0 where it was not reached, or while the stack was updated. */
export function wasForwarded({ seconds, delivered }: RehearsalReport): boolean {
  return seconds.forward > 0 || delivered.events > 0;
}

/** Whether files were to be forwarded, and the account to be connected: nothing of that is said of an audit archive. */
export function isOfForwarding({ audit }: RehearsalReport): boolean {
  return audit.sources.length === 0;
}

/** Records that the filter dropped, by all rules together. */
export function filteredEvents({ filtered }: RehearsalReport): number {
  return Object.values(filtered).reduce((sum, count) => sum + count, 0);
}

export function residueCount(report: RehearsalReport): number {
  return report.residue.aws.length + report.residue.vendors.length;
}

export type Course = 'succeeded' | 'failed' | 'failed as asked';

export function courseOf(report: RehearsalReport): Course {
  if (!report.ok) return 'failed';
  return report.failure === null ? 'succeeded' : 'failed as asked';
}
