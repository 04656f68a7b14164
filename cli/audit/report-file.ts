/** A file that appears whole, or not at all. */
import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { linkNew, refuseExisting } from './whole-file.ts';

/**
 * @param replaces whether a file that is there may be replaced
 * @param make writes the file somewhere in a folder that it is given, and says where
 * @throws UserError where nothing can be written there, or a file is there already
 */
export async function writeWhole(
  path: string,
  replaces: boolean,
  make: (folder: string) => Promise<string>,
): Promise<void> {
  await refuseExisting(path, replaces);
  const target = resolve(path);
  // In the same folder, and so on the same disk: it is only renamed at the end.
  const folder = await draftFolder(dirname(target), path);
  try {
    const draft = await make(folder);
    await putInPlace(path, () => (replaces ? rename(draft, target) : linkNew(draft, target)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function putInPlace(path: string, put: () => Promise<void>): Promise<void> {
  try {
    await put();
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
