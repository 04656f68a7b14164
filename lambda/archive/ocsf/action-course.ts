/** Of an action that takes time and is told in two events: the other event, beside each of them. */
import type { AuditRow } from '../../../contract/audit-columns.ts';
import { roughly } from '../../shared/roughly.ts';
import type { Counterpart, PairedEvent } from './pair-actions.ts';

/** Of a pending event, how it ended, if that is known; of a final one, how it began. */
export type ActionCourse =
  | { readonly kind: 'unended' }
  | { readonly kind: 'pending' | 'final'; readonly other: Counterpart };

/** An event in the archive's columns, and the course of its action; `null` where it is told in one event. */
export type EventRow = AuditRow & { readonly course: ActionCourse | null };

export function courseOf(paired: PairedEvent): ActionCourse | null {
  switch (paired.kind) {
    case 'single':
      return null;
    case 'unended':
      return { kind: 'unended' };
    case 'pending':
      return { kind: 'pending', other: paired.endedBy };
    case 'final':
      return { kind: 'final', other: paired.begunBy };
  }
}

/**
 * Such as `ended 2026-03-01 10:04:05 (Success), after 4 min`, or nothing.
 *
 * @param clock how a time is told, of milliseconds since the epoch
 */
export function courseInWords({ course, time }: EventRow, clock: (time: number) => string): string {
  switch (course?.kind) {
    case undefined:
      return '';
    case 'unended':
      return 'no end is known';
    case 'pending':
      return `ended ${clock(course.other.time)} (${course.other.status}), after ${roughly(course.other.time - time)}`;
    case 'final':
      return `begun ${clock(course.other.time)}, ${roughly(time - course.other.time)} before`;
  }
}
