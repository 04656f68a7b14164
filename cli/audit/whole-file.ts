/** Writing a file that is there whole, or not at all. */
import { constants, copyFile, type FileHandle, link, open, rename, rm, stat } from 'node:fs/promises';
import { UserError } from '../errors.ts';

/**
 * Writes text beside a file, and puts it in its place when all is written.
 *
 * @param replaces whether a file that is there may be replaced.
 * @throws UserError where it cannot be written, or is there already; besides what the text throws.
 */
export async function writeWholeFile(
  path: string,
  replaces: boolean,
  text: AsyncIterable<string>,
): Promise<void> {
  const draft = `${path}.${process.pid}.part`;
  const file = await asUserError(() => open(draft, 'wx'));
  try {
    try {
      await writeAll(file, text);
    } finally {
      await file.close();
    }
    await asUserError(() => (replaces ? rename(draft, path) : linkNew(draft, path)));
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Before anything is read or made: whether a file may be written there.
 *
 * @param replaces whether a file that is there may be replaced.
 * @throws UserError where there is one, and it may not.
 */
export async function refuseExisting(path: string, replaces: boolean): Promise<void> {
  if (!replaces && (await exists(path))) {
    throw new UserError(`"${path}" is there already. Give another --output, or --force to replace it.`);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    // Whatever keeps it from being looked at is found when it is written.
    return false;
  }
}

/** Characters that are written at once. */
const CHUNK = 256 * 1024;

async function writeAll(file: FileHandle, text: AsyncIterable<string>): Promise<void> {
  let chunk = '';
  for await (const part of text) {
    chunk += part;
    if (chunk.length >= CHUNK) {
      await file.writeFile(chunk);
      chunk = '';
    }
  }
  await file.writeFile(chunk);
  await file.sync();
}

/** Fails where a file has come into being meanwhile, also on file systems without links. */
export async function linkNew(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      throw error;
    }
    await copyFile(draft, path, constants.COPYFILE_EXCL);
  }
}

async function asUserError<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(
      code === 'EEXIST'
        ? 'The file is there already. Give another --output, or --force to replace it.'
        : `The file cannot be written: ${message}.`,
      { cause: error },
    );
  }
}
