/** Someone who operates the stack with its command line tool, and looks at what it prints. */
import { setTimeout as wait } from 'node:timers/promises';
import { STACK } from './acts/stack.ts';
import { trailbridge } from './cdk.ts';
import { countMessages } from './delivery.ts';
import type { Rehearsal } from './scenarios/scenario.ts';
import type { Stage } from './stage.ts';

export type Outputs = Readonly<Record<string, string>>;

const POLL_MS = 200;
const PATIENCE_MS = 60_000;

/**
 * Gives a command, with `--json`.
 *
 * @throws CdkError where its exit status is another one than expected.
 */
export async function command<T>(
  { aws, folder }: Stage,
  args: readonly string[],
  exitStatus = 0,
): Promise<T> {
  const [name = ''] = args;
  const output = await trailbridge([...args, '--stack', STACK, '--json'], {
    aws,
    log: `${folder}/trailbridge-${name}.log`,
    exitStatus,
  });
  return JSON.parse(output) as T;
}

/** Notes as a problem what is not so. */
export function expectThat({ found }: Pick<Rehearsal, 'found'>, holds: boolean, problem: string): void {
  if (!holds) {
    found.problems.push(problem);
  }
}

/** Waits until a queue holds as many messages that can be seen, or patience ends. @returns how many it holds. */
export async function waitForMessages({ clients }: Stage, queueUrl: string, count: number): Promise<number> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const { visible } = await countMessages(clients, queueUrl);
    if (visible >= count || Date.now() > until) {
      return visible;
    }
    await wait(POLL_MS);
  }
}
