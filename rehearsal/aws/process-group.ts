import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalAwsFailure } from './errors.ts';

const politeMs = 2000;
const forcedMs = 5000;

/**
 * Ends a detached child and everything in its process group: first asked to, then without asking.
 *
 * @throws LocalAwsFailure when something of it is still there afterwards
 */
export async function endProcessGroup(leader: ChildProcess): Promise<void> {
  const group = leader.pid;
  // Without an id it never started.
  if (group === undefined) return;
  signal(group, 'SIGTERM');
  if (await gone(group, politeMs)) return;
  signal(group, 'SIGKILL');
  if (await gone(group, forcedMs)) return;
  throw new LocalAwsFailure(`Processes of the local AWS are still running (process group ${group}).`);
}

async function gone(group: number, limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    if (!signal(group, 0)) return true;
    await sleep(20);
  }
  return false;
}

/** Signals every process of the group; false when there is none. */
function signal(group: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    // macOS answers EPERM for a group of which only zombies are left.
    if ((error as NodeJS.ErrnoException).code === 'EPERM') return false;
    throw error;
  }
}
