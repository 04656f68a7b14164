/** Writes what is to be uploaded into a folder. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { archiveName, CODE_FOLDER } from '../contract/publishing.ts';
import type { Publication } from './synthesis.ts';

/** The folder must not be written; the message says why. */
export class OutputFolderError extends Error {
  override readonly name = 'OutputFolderError';
}

/** By this file a folder is known to be ours. */
export const LAUNCH_LIST = 'launch.json';
export const LAUNCH_PAGE = 'launch.html';

const OURS = [/^functions$/, /^launch\.(json|html)$/, /\.template\.json$/];

/** @throws OutputFolderError where the folder holds what this command has not written: all of it would be uploaded. */
export async function assertOurs(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const present = await readdir(folder);
  const foreign = present.filter((name) => !OURS.some((pattern) => pattern.test(name)));
  if (foreign.length > 0 || (present.length > 0 && !present.includes(LAUNCH_LIST))) {
    const [example = present[0]] = foreign;
    throw new OutputFolderError(
      `${folder} holds other things (${example}), which would be published with the rest. Name a new or an empty folder.`,
    );
  }
}

/** Replaces what an earlier run has written into a folder of ours. */
export async function write(
  folder: string,
  { templates, archives }: Publication,
  launch: { readonly list: string; readonly page: string },
): Promise<void> {
  for (const name of await readdir(folder)) {
    await rm(join(folder, name), { recursive: true });
  }
  // First: by this file the folder is known again, should something stop the rest.
  await writeFile(join(folder, LAUNCH_LIST), launch.list);
  await mkdir(join(folder, CODE_FOLDER));
  for (const [sha256, bytes] of archives) {
    await writeFile(join(folder, CODE_FOLDER, archiveName(sha256)), bytes);
  }
  for (const [file, text] of templates) {
    await writeFile(join(folder, file), text);
  }
  await writeFile(join(folder, LAUNCH_PAGE), launch.page);
}
