/** Clocks that differ by an hour. */
import { AUDIT_SOURCES } from '../../../contract/archive.ts';
import type { ArchiveCase } from '../../archive/trial.ts';

const HOUR_MS = 3_600_000;
const TEN_MINUTES_MS = 600_000;
const PORTIONS = 2;

export const clocks: readonly ArchiveCase[] = AUDIT_SOURCES.flatMap((source) =>
  [HOUR_MS, -HOUR_MS].map(
    (vendorsAheadMs): ArchiveCase => ({
      name: `archive/${source}-clock-${vendorsAheadMs > 0 ? 'ahead' : 'behind'}`,
      injected: `the clock of ${source} is an hour ${vendorsAheadMs > 0 ? 'ahead of' : 'behind'} ours, by which it dates its events`,
      expected: 'events of its past and of each run’s present are archived and derived once',
      options: { sources: [source], vendorsAheadMs },
      run: async (world, audit) => {
        for (let portion = 0; portion < PORTIONS; portion += 1) {
          await audit();
          world.skip(TEN_MINUTES_MS);
          world.fill(TEN_MINUTES_MS);
        }
      },
    }),
  ),
);
