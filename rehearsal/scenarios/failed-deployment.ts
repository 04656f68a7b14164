import { deployInVain } from '../acts/deploy.ts';
import type { Step } from '../step.ts';
import type { Scenario } from './scenario.ts';

/** What `--fail-at` plays: one step fails, and the deployment is rolled back. */
export function failedDeployment(step: Step): Scenario {
  return {
    name: 'failed-deployment',
    about: `fails to deploy at ${step.id}`,
    play: (rehearsal) => deployInVain(rehearsal, step),
  };
}
