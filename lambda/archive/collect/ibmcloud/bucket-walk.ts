/** Ways through a bucket of Event Routing. */

import { mapBounded } from '../../../shared/concurrency.ts';
import type { IbmBucket, IbmObject } from '../../../vendors/ibm-object-storage.ts';
import { DEEPEST_BASE, isHourFolder } from '../../ibmcloud/object-key.ts';

export interface Walk {
  readonly bucket: IbmBucket;
  readonly signal: AbortSignal;
}

/** Calls under way at a time. */
const WIDTH = 8;

/**
 * The folders that may have the folders of hours in them: `<prefix><account>/<region>/`, `<prefix><region>/`, and the prefix itself.
 *
 * Whatever lies beside each other is looked at: an hour's folder that strayed does not hide the accounts next to it, nor do
 * other folders hide the hours. As deep as `deepest` a folder is taken without a look, which whoever lists its hours has anyway.
 *
 * @throws IbmObjectStorageError
 */
export async function foldersOfHours(walk: Walk, prefix: string, deepest = DEEPEST_BASE): Promise<string[]> {
  if (deepest === 0) {
    return [prefix];
  }
  const folders = await foldersIn(walk, prefix);
  const others = folders.filter((folder) => !isHourFolder(folder));
  const inner = await mapBounded(others, WIDTH, (folder) => foldersOfHours(walk, folder, deepest - 1));
  return [...(others.length < folders.length ? [prefix] : []), ...inner.flat()];
}

/** All of the folders right below a prefix, but of a year's hours perhaps the first ones only. */
async function foldersIn({ bucket, signal }: Walk, prefix: string): Promise<string[]> {
  const folders: string[] = [];
  for (let after: string | undefined, isLast = false; !isLast; ) {
    const page = await bucket.page({ prefix, after, byFolder: true }, signal);
    folders.push(...page.folders);
    isLast = page.isLast;
    after = latest(page.objects.at(-1)?.key, page.folders.at(-1), prefix);
  }
  return folders;
}

/** What to list behind. */
function latest(key = '', folder = '', prefix = ''): string {
  const behindFolder = folder === '' ? '' : behind(folder, prefix);
  return key > behindFolder ? key : behindFolder;
}

const YEAR_DIGITS = 4;

/**
 * Behind a folder comes what is behind all that it holds: `0` follows the slash. Behind an hour's comes what is behind its year,
 * for years have 8,760 of them: `.` follows the hyphen, and neither an account nor a region begins with a year and a hyphen.
 */
function behind(folder: string, prefix: string): string {
  return isHourFolder(folder)
    ? `${folder.slice(0, prefix.length + YEAR_DIGITS)}.`
    : folder.replace(/\/$/, '0');
}

/**
 * The objects below a prefix, page by page, in the order of their keys.
 *
 * @param from behind which key to begin. @default the first
 * @param until no page is asked for behind this key. @default the last
 * @throws IbmObjectStorageError
 */
export async function* pagesOf(
  { bucket, signal }: Walk,
  prefix: string,
  { from, until }: { readonly from?: string | undefined; readonly until?: string } = {},
): AsyncGenerator<readonly IbmObject[], void, undefined> {
  for (let after = from, isLast = false; !isLast; ) {
    const page = await bucket.page({ prefix, after }, signal);
    yield page.objects;
    after = page.objects.at(-1)?.key ?? after;
    isLast = page.isLast || (until !== undefined && after !== undefined && after >= until);
  }
}
