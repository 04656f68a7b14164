/** Rows of events, for what is made of them. */
import fc from 'fast-check';
import { AUDIT_COLUMNS } from '../../../../contract/audit-columns.ts';
import { readReportDefinition } from '../../../../contract/report.ts';
import type { EventRow } from '../../../../lambda/archive/ocsf/action-course.ts';
import type { ReportOrder } from '../../../../lambda/archive/reports/report-head.ts';

export const NOTHING = Object.fromEntries(AUDIT_COLUMNS.map(({ name }) => [name, null]));
export const FROM = Date.parse('2026-03-01T00:00:00+09:00');

export function row(given: Partial<EventRow> = {}): EventRow {
  return {
    ...NOTHING,
    id: `appdynamics.20260228T15.${'0'.repeat(32)}`,
    time: FROM,
    source: 'appdynamics',
    event: 'LOGIN',
    outcome: 'Success',
    course: null,
    ...given,
  } as EventRow;
}

export function order(given: object = {}, collected: ReportOrder['collected'] = undefined): ReportOrder {
  return {
    definition: readReportDefinition({ name: 'r', title: 'Access', timeZone: 'Asia/Tokyo', ...given }),
    period: { from: FROM, to: FROM + 86_400_000 },
    collected,
    made: { at: FROM + 90_000_000, place: 's3://archive' },
  };
}

export async function* each<T>(values: Iterable<T>): AsyncGenerator<T, void, undefined> {
  yield* values;
}

/** Texts that have what spreadsheets and CSV take for something else. */
export const dangerousText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...'=+-@＝＋－＠﹦−\t\r\n",;|\' \u200B\uFEFF\u00A0'),
    fc.string({ minLength: 1, maxLength: 1, unit: 'grapheme' }),
  ),
  maxLength: 12,
});
