import { describe, expect, test } from 'vitest';
import { lacksInWords, withUndated } from '../../../../lambda/archive/reports/completeness.ts';
import { ArchiveWorld, recordOf } from '../world.ts';

const at = (text: string) => Date.parse(`${text}T00:00:00Z`);
const MARCH = { from: at('2026-03-01'), to: at('2026-04-01') };
const complete = {
  source: 'appdynamics' as const,
  completeUntil: at('2026-05-01'),
  since: at('2026-02-20'),
};

describe('a period', () => {
  test('that is collected lacks nothing', () => {
    expect(lacksInWords(complete, MARCH, 'UTC')).toEqual([]);
  });

  test.each([
    ['was never collected', undefined, ['not collected']],
    ['is under way', { ...complete, completeUntil: undefined }, ['not yet collected to an end']],
    ['is not over', { ...complete, completeUntil: at('2026-03-10') }, [/only until 2026-03-10/]],
    [
      'has a gap',
      { ...complete, gaps: [{ from: at('2026-03-05'), to: at('2026-03-07') }] },
      [/from 2026-03-05.*to 2026-03-07/],
    ],
    ['begins before what was remembered', { ...complete, since: at('2026-04-01') }, [/since 2026-04-01/]],
    ['has records without a time', { ...complete, hasUndated: true }, [/2000-01-01/]],
  ])('that %s says so', (_what, standing, words) => {
    expect(lacksInWords(standing, MARCH, 'UTC')).toEqual(
      words.map((each) => expect.stringMatching(each instanceof RegExp ? each : new RegExp(`^${each}$`))),
    );
  });

  test('is not concerned by gaps beside it', () => {
    const gaps = [
      { from: at('2026-02-01'), to: MARCH.from },
      { from: MARCH.to, to: at('2026-04-02') },
    ];
    expect(lacksInWords({ ...complete, gaps }, MARCH, 'UTC')).toEqual([]);
  });

  test('lacks what happened before the bucket was first looked at, as far as anybody knows', () => {
    const standing = { ...complete, source: 'ibmcloud' as const };
    expect(lacksInWords(standing, { from: at('2020-01-01'), to: at('2020-02-01') }, 'UTC')).toEqual([
      expect.stringMatching(/since 2026-02-20/),
    ]);
  });
});

test('undated records are counted, and known to be there', async () => {
  const world = new ArchiveWorld();
  const archive = world.archive('appdynamics');
  await archive.add(recordOf('dated'));
  await archive.flush();
  expect(await withUndated([complete], world.store)).toEqual([{ ...complete, hasUndated: false }]);

  await archive.add(recordOf('undated', Number.NaN));
  await archive.flush();
  expect(archive.counts).toMatchObject({ archived: 2, undated: 1 });
  expect(await withUndated([complete], world.store)).toEqual([{ ...complete, hasUndated: true }]);
});
