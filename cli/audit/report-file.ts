/** A file that appears whole, or not at all. */
import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../errors.ts';

/**
 * @param make writes the file somewhere in a folder that it is given, and says where
 * @throws UserError where nothing can be written there
 */
export async function writeWhole(path: string, make: (folder: string) => Promise<string>): Promise<void> {
  const target = resolve(path);
  // In the same folder, and so on the same disk: it is only renamed at the end.
  const folder = await draftFolder(dirname(target), path);
  try {
    await putInPlace(await make(folder), target, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function putInPlace(draft: string, target: string, path: string): Promise<void> {
  try {
    await rename(draft, target);
  } catch (error) {
    throw new UserError(
      `${path} cannot be written (${(error as NodeJS.ErrnoException).code}). Name another file with --output.`,
      { cause: error },
    );
  }
}

async function draftFolder(parent: string, path: string): Promise<string> {
  try {
    if ((await stat(parent)).isDirectory()) {
      return await mkdtemp(join(parent, '.trailbridge-report-'));
    }
  } catch (error) {
    throw new UserError(
      `${path} cannot be written (${(error as Error).message}). Name another file with --output.`,
      { cause: error },
    );
  }
  throw new UserError(`${path} cannot be written: ${parent} is no folder. Name another file with --output.`);
}
