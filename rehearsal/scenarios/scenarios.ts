/** The scenarios that `--scenario` knows, by name. The first is the default. */
import { fromTheConsole } from './console.ts';
import { deletedByHand } from './deleted-by-hand.ts';
import { refusedDeletion } from './refused-deletion.ts';
import { relay } from './relay.ts';
import { roundTrip } from './round-trip.ts';
import type { Scenario } from './scenario.ts';
import { secretsByArn } from './secrets-by-arn.ts';

export const SCENARIOS: readonly Scenario[] = [
  roundTrip,
  fromTheConsole,
  secretsByArn,
  refusedDeletion,
  deletedByHand,
  relay,
];

export const DEFAULT_SCENARIO = roundTrip.name;

/** @throws RangeError for a name that is none of them: the command line has checked it before. */
export function scenarioNamed(name: string): Scenario {
  const scenario = SCENARIOS.find((candidate) => candidate.name === name);
  if (scenario === undefined) {
    throw new RangeError(`There is no scenario "${name}".`);
  }
  return scenario;
}
