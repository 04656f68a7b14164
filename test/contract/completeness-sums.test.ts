import { describe, expect, test } from 'vitest';
import type { CompletenessResult, UncoveredReason } from '../../contract/completeness.ts';
import {
  gapsIn,
  isSilent,
  tamperedIn,
  unprovenHoursOf,
  verifiedIn,
} from '../../contract/completeness-sums.ts';

const SPAN = { from: '2026-03-01T10:00:00.000Z', to: '2026-03-01T12:30:00.000Z' };

function uncovered(reason: UncoveredReason, trail = '') {
  return { trail, covered: [], uncovered: [{ ...SPAN, reason }] };
}

/** Of a region in which nothing was ever seen. */
const SILENT: CompletenessResult = {
  series: { bucket: 'logs', prefix: '', accountId: '111122223333', region: 'eu-central-1' },
  ...SPAN,
  verdict: 'Unproven',
  basis: 'Listing',
  trails: [uncovered('NoDigests')],
  digests: { verified: 0, backfill: 0, invalid: 0, unverifiable: 0, missing: 0, replaced: 0 },
  files: { Forwarded: 0, Gap: 0, Altered: 0, Deleted: 0, OutOfReach: 0 },
  storedCopies: { overwritten: 0, deleted: 0 },
  listed: { acknowledged: 0, unacknowledged: 0 },
  findings: [],
  findingsLeftOut: 0,
};

test('everything that was changed, deleted or replaced is tampered with; a deleted copy is not', () => {
  expect(
    tamperedIn({
      digests: { verified: 1_000, backfill: 2_000, unverifiable: 3_000, invalid: 1, missing: 2, replaced: 4 },
      files: { Forwarded: 4_000, Gap: 5_000, OutOfReach: 6_000, Altered: 8, Deleted: 16 },
      storedCopies: { overwritten: 32, deleted: 7_000 },
    }),
  ).toBe(63);
});

test('gaps are of digests and of listings', () => {
  const files = { ...SILENT.files, Forwarded: 10, Gap: 1, Altered: 20 };
  expect(gapsIn({ files, listed: { acknowledged: 30, unacknowledged: 2 } })).toBe(3);
});

test('backfill digests are verified ones, too', () => {
  expect(
    verifiedIn({ ...SILENT, digests: { ...SILENT.digests, verified: 1, backfill: 2, invalid: 4 } }),
  ).toBe(3);
});

describe('a region where nothing was seen', () => {
  test('is silent, and has no hours to prove', () => {
    expect(isSilent(SILENT)).toBe(true);
    expect(unprovenHoursOf(SILENT)).toBe(0);
  });

  test.each<[string, Partial<CompletenessResult>]>([
    ['a digest', { digests: { ...SILENT.digests, verified: 1 } }],
    ['a backfill digest', { digests: { ...SILENT.digests, backfill: 1 } }],
    ['a digest that cannot be verified', { digests: { ...SILENT.digests, unverifiable: 1 } }],
    ['a digest that is no proof', { verdict: 'Tampered', digests: { ...SILENT.digests, invalid: 1 } }],
    ['a forwarded file', { listed: { acknowledged: 1, unacknowledged: 0 } }],
    ['a gap', { verdict: 'Gaps', listed: { acknowledged: 0, unacknowledged: 1 } }],
    ['a chain that broke off', { trails: [uncovered('DigestOverdue', 'events, us-east-1')] }],
  ])('is not one with %s: its hours are unproven', (_, seen) => {
    const result = { ...SILENT, ...seen };
    expect(isSilent(result)).toBe(false);
    expect(unprovenHoursOf(result)).toBe(2.5);
  });
});

test('the hours of every trail count', () => {
  const trails = [uncovered('DigestOverdue', 'one'), uncovered('DigestMissing', 'other')];
  expect(unprovenHoursOf({ ...SILENT, trails })).toBe(5);
});
