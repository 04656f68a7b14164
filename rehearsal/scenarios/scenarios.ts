/** The scenarios that `--scenario` knows, by name. The first is the default. */
import { audit } from './audit.ts';
import { fromTheConsole } from './console.ts';
import { deletedByHand } from './deleted-by-hand.ts';
import { lateWriter } from './late-writer.ts';
import { operate } from './operate.ts';
import { refusedDeletion } from './refused-deletion.ts';
import { relay } from './relay.ts';
import { retainedLogs } from './retained-logs.ts';
import { roundTrip } from './round-trip.ts';
import type { Scenario } from './scenario.ts';
import { secretsByArn } from './secrets-by-arn.ts';
import { update } from './update.ts';

export const SCENARIOS: readonly Scenario[] = [
  roundTrip,
  update,
  operate,
  fromTheConsole,
  secretsByArn,
  refusedDeletion,
  deletedByHand,
  retainedLogs,
  lateWriter,
  relay,
  audit,
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
