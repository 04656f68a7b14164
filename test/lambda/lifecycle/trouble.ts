/** What may go wrong, as arbitraries of fast-check. */
import fc from 'fast-check';
import type { Fault } from '../../../rehearsal/vendors/simulator.ts';
import type { Course, Delivery } from '../shared/lifecycle-driver.ts';

/** One request's share of trouble. */
export interface Trouble {
  readonly faults: readonly Fault[];
  readonly delivery: Delivery;
  /** The function is killed at its n-th call, counted from 0; before or after the other side has acted. */
  readonly kill: { readonly atCall: number; readonly afterEffect: boolean } | undefined;
}

export const NO_TROUBLE: Trouble = { faults: [], delivery: 'once', kill: undefined };

/** Garbled answers are the vendors': AWS's own client takes some of them for an empty answer. */
const VENDORS = '*.trendmicro.com';

/** The other side did nothing, and says so, or it does not get that far. */
const REFUSALS: readonly Fault[] = [
  { status: 400 },
  { status: 401 },
  { status: 403 },
  { status: 413 },
  { status: 491 },
  { status: 429, headers: {} },
  { status: 429, headers: { 'retry-after': '0' } },
  { status: 429, headers: { 'retry-after': 'Thu, 01 Jan 2026 00:00:00 GMT' } },
  // The SDK waits for twenty seconds when told so, which a test has not.
  { host: VENDORS, status: 429, headers: { 'retry-after': '3600' } },
  { status: 500 },
  { status: 502 },
  { status: 503, headers: {} },
  { status: 504 },
  { host: VENDORS, action: 'html' },
  { action: 'html', status: 403 },
  { action: 'redirect' },
  { action: 'reset' },
];
/**
 * Of a creation only: elsewhere they would say that something is not there, and a vendor that lies about that, or
 * with 409 that something is, is beyond help.
 */
const REFUSED_CREATIONS: readonly Fault[] = [{ status: 404 }, { status: 405 }];
/** The other side did it, and the answer does not tell. */
const LOST_ANSWERS: readonly Fault[] = [
  { action: 'reset', afterEffect: true },
  { action: 'reset-mid-body' },
  { host: VENDORS, action: 'truncate' },
  { host: VENDORS, status: 200, body: '', afterEffect: true },
  { host: VENDORS, status: 200, body: ['unexpected'], afterEffect: true },
  { status: 500, afterEffect: true },
  { status: 502, afterEffect: true },
  { status: 503, headers: {}, afterEffect: true },
  { host: VENDORS, action: 'html', afterEffect: true },
];
/** They cost a test the time that the function is given, and are therefore rare. */
const SILENCES: readonly Fault[] = [
  { action: 'hang' },
  { action: 'hang', afterEffect: true },
  { action: 'drip', afterEffect: true },
];

const fault = fc
  .record({
    kind: fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(...REFUSALS, ...LOST_ANSWERS) },
      {
        weight: 2,
        arbitrary: fc.constantFrom(...REFUSED_CREATIONS.map((kind) => ({ ...kind, method: 'POST' }))),
      },
      { weight: 1, arbitrary: fc.constantFrom(...SILENCES) },
    ),
    method: fc.constantFrom('*', 'GET', 'POST', 'DELETE', 'PUT'),
    skip: fc.nat(4),
    times: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined, freq: 3 }),
  })
  .map(
    ({ kind, method, skip, times }): Fault => ({
      ...(method === '*' ? {} : { method }),
      ...kind,
      skip,
      times,
    }),
  );

const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(NO_TROUBLE) },
  {
    weight: 6,
    arbitrary: fc.record({
      faults: fc.array(fault, { minLength: 1, maxLength: 3 }),
      delivery: fc.constantFrom<Delivery[]>('once', 'once', 'again', 'again-cold'),
      kill: fc.constant(undefined),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      faults: fc.constant([]),
      delivery: fc.constant<Delivery>('once'),
      kill: fc.record({ atCall: fc.nat(7), afterEffect: fc.boolean() }),
    }),
  },
  // Two processes at once are not told apart from a lost answer, should the other side fail as well.
  { weight: 1, arbitrary: fc.constant<Trouble>({ faults: [], delivery: 'twice-at-once', kill: undefined }) },
);

/** For each request in turn; the requests after them are left in peace. */
export const troubles = fc.array(trouble, { maxLength: 8 });

export const course: fc.Arbitrary<Course> = fc.record(
  {
    rolledBack: fc.boolean(),
    rollbackNames: fc.constantFrom('before', 'after'),
    replacedIsPutBack: fc.boolean(),
    givenUp: fc.constantFrom('before', 'after'),
  },
  { requiredKeys: [] },
);

/** The faults that make a kill: nothing gets through from that call on. */
export function cutOff({ atCall, afterEffect }: NonNullable<Trouble['kill']>): Fault[] {
  const silence: Fault = { action: 'reset', skip: atCall };
  return afterEffect ? [{ ...silence, afterEffect: true, times: 1 }, silence] : [silence];
}
