/** Deleting the stack where something stands in the way, and what CloudFormation says of it. */
import type { Rehearsal } from '../scenarios/scenario.ts';
import { deletionFailures } from '../stack-watch.ts';
import { createStack, deleteStack } from './create-stack.ts';
import { STACK } from './stack.ts';

/** @returns whether it is there: a scenario that goes on without it would tell nothing. */
export async function created(
  { stage, parameters, found, progress }: Rehearsal,
  templateUrl: string,
  more: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const status = await progress.phase(
    'deploy',
    'creating the stack',
    () => createStack(stage.clients, { templateUrl, parameters: { ...parameters, ...more } }),
    () => 'created the stack',
  );
  if (status !== 'CREATE_COMPLETE') {
    found.problems.push(`The stack could not be created: it is ${status}.`);
  }
  return status === 'CREATE_COMPLETE';
}

/**
 * Deletes the stack; another end than the expected one is a problem.
 *
 * @param title what stands in the way, for a person.
 * @returns the reasons of the resources that could not be deleted.
 */
export async function deleted(
  { stage, found, progress }: Rehearsal,
  title: string,
  expected: 'DELETE_COMPLETE' | 'DELETE_FAILED',
): Promise<readonly string[]> {
  const status = await progress.phase(
    'destroy',
    `deleting the stack ${title}`,
    () => deleteStack(stage.clients),
    (end) => `deleting the stack ${title}: ${end}`,
  );
  if (status !== expected) {
    found.problems.push(`Deleting the stack ${title} ended as ${status}, and not as ${expected}.`);
  }
  return status === 'DELETE_FAILED' ? deletionFailures(stage.clients, STACK) : [];
}
