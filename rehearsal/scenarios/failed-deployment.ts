import { deployInVain } from '../acts/deploy.ts';
import { destroy } from '../acts/destroy.ts';
import type { Step } from '../step.ts';
import type { OtherStack, Scenario } from './scenario.ts';

/**
 * What `--fail-at` plays: one step fails, and the deployment is rolled back.
 *
 * @param stack whose deployment it is, where it is not Cloud One's.
 */
export function failedDeployment(step: Step, stack?: OtherStack): Scenario {
  return {
    name: 'failed-deployment',
    about: `fails to deploy at ${step.id}`,
    ...(stack === undefined ? {} : { stack }),
    play: async (rehearsal) => {
      const takeAway = await stack?.prepare(rehearsal.stage);
      try {
        await deployInVain(rehearsal, step, stack?.name);
      } finally {
        await takeAway?.();
      }
    },
    end: (rehearsal) => destroy(rehearsal, stack?.name),
  };
}
