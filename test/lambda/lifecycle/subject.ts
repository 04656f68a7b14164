/** What the suites need to know of a custom resource: how it is made, what may change, and what it leaves behind. */

import type {
  CustomResourceDefinition,
  CustomResourceHandler,
} from '../../../lambda/shared/custom-resource.ts';
import { registrationOf } from '../../../lambda/shared/custom-resource.ts';
import type { Seed } from '../../../rehearsal/vendors/simulator.ts';
import type { LiveResource, Properties } from '../shared/lifecycle-driver.ts';
import type { World } from './world.ts';

/** What the other sides hold before anybody calls: a setting of the scene. */
export interface Scene {
  readonly name: string;
  readonly vendors?: Seed;
  readonly aws?: (world: World) => void | Promise<void>;
}

export interface Subject {
  readonly name: string;
  /** How its messages begin. */
  readonly step: RegExp;
  readonly properties: Properties;
  /** Other values of each property of its schema; `Revision` stands for the properties that it does not read. */
  readonly changes: Readonly<Record<string, readonly string[]>>;
  readonly scenes: readonly Scene[];
  /**
   * Whether a creation that never answered, or reached two processes, can be told from somebody else's. Where
   * not, no process is killed in a creation or an update, and none is cancelled.
   */
  readonly survivesKills: boolean;
  /** A new process of the function, as the template with these properties deploys it. */
  coldStart(world: World, deployed: Properties): CustomResourceHandler;
  /** What the other side holds of this kind, in words. */
  held(world: World): string[];
  /** What it must hold for a resource that we created. */
  madeFor(live: LiveResource): string[];
  /** Somebody deletes by hand what we made; the next update makes it again. */
  lose?(world: World, live: LiveResource): Promise<void>;
  /** What the properties are when all of them fit together. */
  fitting?(properties: Properties): Properties;
  /** Whether another physical id is due between these properties. */
  replaces(before: Properties, after: Properties): boolean;
  /** What else must be true, while the resource lives and when all is over. */
  assertMore?(world: World, live: LiveResource | undefined): void;
}

export function isOurs(live: LiveResource | undefined): live is LiveResource {
  return live !== undefined && registrationOf(live.physicalId)?.origin === 'created';
}

/** Whether one of these properties differs. */
export function differsIn(...names: readonly string[]): Subject['replaces'] {
  return (before, after) => names.some((name) => before[name] !== after[name]);
}

export const never = () => false;

/** Has the further looks of a deletion, for what a creation makes that is still under way, wait for its end. */
export function afterCreation<P>(
  world: World,
  definition: CustomResourceDefinition<P>,
): CustomResourceDefinition<P> {
  let looks = 0;
  return {
    ...definition,
    delete: async (request) => {
      looks += 1;
      if (looks > 1) {
        await world.creating;
      }
      await definition.delete(request);
    },
  };
}
