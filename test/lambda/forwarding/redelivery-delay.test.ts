import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { postponementSeconds, retryDelaySeconds } from '../../../lambda/forwarding/redelivery-delay.ts';

const HOUR = 3600;
const chance = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

describe('retryDelaySeconds', () => {
  it.each([
    [1, 60],
    [2, 240],
    [3, 720],
    [4, 1800],
    [400, 1800],
  ])('after receive %i waits for %i s, or up to a quarter less', (receives, seconds) => {
    expect(retryDelaySeconds(receives, 0, () => 0)).toBe(seconds);
    expect(retryDelaySeconds(receives, 0, () => 1)).toBe(seconds * 0.75);
  });

  it('is never shorter than asked, up to an hour, and never longer than SQS takes', () => {
    const asked = fc.oneof(fc.nat(2 * HOUR * 1000), fc.constantFrom(Number.MAX_SAFE_INTEGER, 1e300));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), asked, chance, (receives, askedMs, random) => {
        const seconds = retryDelaySeconds(receives, askedMs, () => random);
        expect(seconds).toBeGreaterThanOrEqual(Math.floor(Math.min(askedMs / 1000, HOUR)));
        expect(seconds).toBeLessThanOrEqual(1.25 * HOUR);
      }),
    );
  });
});

describe('postponementSeconds', () => {
  it('is over soon after the next try is due, however often the message was received', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 499 }),
        fc.nat(HOUR * 1000),
        chance,
        (receives, openMs, random) => {
          const seconds = postponementSeconds(receives, { openMs, probing: false }, () => random);
          expect(seconds).toBeGreaterThanOrEqual(openMs / 1000);
          expect(seconds).toBeLessThanOrEqual(openMs / 1000 + 61);
        },
      ),
    );
  });

  it('spreads what waited together', () => {
    const at = (random: number) => postponementSeconds(1, { openMs: 900_000, probing: false }, () => random);

    expect([at(0), at(0.5), at(1)]).toEqual([900, 930, 960]);
  });

  it('is a moment while another invocation tries', () => {
    expect(postponementSeconds(1, { openMs: 130_000, probing: true }, () => 0)).toBe(15);
  });

  it('is not in the past', () => {
    expect(postponementSeconds(1, { openMs: -5_000, probing: false }, () => 0)).toBe(0);
  });

  it('lets a message live through 13 days of an outage on fewer receives than the queue allows', () => {
    const longestOpenMs = 15 * 60_000;
    let receives = 0;
    for (let seconds = 0; seconds < 13 * 24 * HOUR; ) {
      receives += 1;
      seconds += postponementSeconds(receives, { openMs: longestOpenMs, probing: false }, () => 0);
    }
    expect(receives).toBeLessThan(950);
  });
});
