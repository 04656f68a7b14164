/** CloudTrail's log files in a folder of this machine. */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { UserError } from '../errors.ts';

export interface CloudTrailFile {
  readonly path: string;
  readonly bytes: number;
}

/** Digests and Insight files lie beside the log files, and have other records. */
const NO_LOGS = /CloudTrail-(?:Digest|Insight|NetworkActivity-Digest)/;

/** @throws UserError where the folder cannot be read. */
export async function listCloudTrailFiles(folder: string): Promise<readonly CloudTrailFile[]> {
  const root = resolve(folder);
  const found: CloudTrailFile[] = [];
  try {
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const below = path.slice(root.length).replaceAll(sep, '/');
      if (entry.isFile() && /\.json(?:\.gz)?$/.test(entry.name) && !NO_LOGS.test(below)) {
        found.push({ path, bytes: (await stat(path)).size });
      }
    }
  } catch (error) {
    throw new UserError(`CloudTrail's files in "${folder}" cannot be read: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  return found;
}
