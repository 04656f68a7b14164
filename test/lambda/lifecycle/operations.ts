/** The operations that every resource is put through, each from its own starting point. */
import type { LifecycleDriver, Properties } from '../shared/lifecycle-driver.ts';
import type { Subject } from './subject.ts';

export interface Operation {
  readonly name: string;
  /** Whether it differs from the operations before it in more than the property that changes. */
  readonly thorough: boolean;
  /** What comes before, in peace. */
  prepare(driver: LifecycleDriver): Promise<void>;
  /** Sends the request in question first; what the stack does then follows it. */
  perform(driver: LifecycleDriver): Promise<void>;
}

export function operationsOf({
  properties,
  changes,
  fitting = (whole) => whole,
  replaces,
}: Subject): Operation[] {
  const create = (driver: LifecycleDriver) => driver.create(properties);
  const kinds = new Set<string>();
  const updates = Object.entries(changes).map(([name, values]): Operation => {
    const changed = fitting({ ...properties, [name]: values.at(-1) as string }) as Properties;
    const kind = replaces(properties, changed) ? 'replace' : 'update';
    const thorough = !kinds.has(kind);
    kinds.add(kind);
    return {
      name: `${kind} (${name})`,
      thorough,
      prepare: create,
      perform: (driver) => driver.update(changed),
    };
  });
  return [
    { name: 'create', thorough: true, prepare: async () => {}, perform: create },
    ...updates,
    { name: 'delete', thorough: true, prepare: create, perform: (driver) => driver.delete() },
  ];
}
