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
/** Enough to tell by, whatever else lies among the hours. */
const GLANCE = 10;

/**
 * The folders that have the folders of hours in them: `<prefix><account>/<region>/`, `<prefix><region>/`, or the prefix itself.
 *
 * @throws IbmObjectStorageError
 */
export async function foldersOfHours(walk: Walk, prefix: string, deepest = DEEPEST_BASE): Promise<string[]> {
  const glance = await walk.bucket.page({ prefix, byFolder: true, limit: GLANCE }, walk.signal);
  if (glance.folders.some(isHourFolder)) {
    return [prefix];
  }
  if (deepest === 0 || glance.folders.length === 0) {
    return [];
  }
  const inner = glance.isLast ? glance.folders : await subfoldersOf(walk, prefix);
  return (await mapBounded(inner, WIDTH, (folder) => foldersOfHours(walk, folder, deepest - 1))).flat();
}

async function subfoldersOf({ bucket, signal }: Walk, prefix: string): Promise<string[]> {
  const folders: string[] = [];
  for (let after: string | undefined, isLast = false; !isLast; ) {
    const page = await bucket.page({ prefix, after, byFolder: true }, signal);
    folders.push(...page.folders);
    isLast = page.isLast;
    // The character after the slash: what is listed behind it comes after all that the last folder holds.
    after = latest(page.objects.at(-1)?.key, page.folders.at(-1)?.replace(/\/$/, '0'));
  }
  return folders;
}

function latest(key = '', folder = ''): string {
  return key > folder ? key : folder;
}

/**
 * The objects below a prefix, page by page, in the order of their keys.
 *
 * @throws IbmObjectStorageError
 */
export async function* pagesOf(
  { bucket, signal }: Walk,
  prefix: string,
  from?: string,
): AsyncGenerator<readonly IbmObject[], void, undefined> {
  for (let after = from, isLast = false; !isLast; ) {
    const page = await bucket.page({ prefix, after }, signal);
    yield page.objects;
    after = page.objects.at(-1)?.key ?? after;
    isLast = page.isLast;
  }
}
