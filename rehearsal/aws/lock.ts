import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Does the work while holding a lock file; waits while another living process holds it. A lock whose process is gone is
 * taken over.
 *
 * @param path the lock file, which holds the process id of its owner
 */
export async function withLock<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  while (!(await take(path))) await sleep(200);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (!(await ownerLives(path))) await rm(path, { force: true });
    return false;
  }
}

async function ownerLives(path: string): Promise<boolean> {
  try {
    const owner = Number(await readFile(path, 'utf8'));
    // Empty: its owner is between creating and writing it.
    if (!owner) return true;
    process.kill(owner, 0);
    return true;
  } catch (error) {
    // EPERM: the process is there and another user's. Gone files and processes leave the lock to us.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
