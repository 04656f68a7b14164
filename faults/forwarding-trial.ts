import type { FaultCase, Trial } from './case.ts';
import { DEFAULT_TIME_SCALE } from './clock.ts';
import { findingsOf } from './patience.ts';
import { judge } from './verdict.ts';
import { World } from './world.ts';

/** A case of the forwarder's, in a world of its own. */
export function forwardingTrial(fault: FaultCase): Trial {
  const { name, injected, expected, options } = fault;
  return {
    name,
    injected,
    expected,
    carryOut: async (bundles) => {
      const world = new World({
        destination: 'CloudOne',
        timeScale: DEFAULT_TIME_SCALE,
        isVersioned: true,
        namesNotFound: 0,
        bundles,
        ...options,
      });
      await world.start();
      let found: readonly string[];
      try {
        found = await findingsOf(fault.run(world));
      } finally {
        await world.stop();
      }
      return judge(fault, world, found);
    },
  };
}
