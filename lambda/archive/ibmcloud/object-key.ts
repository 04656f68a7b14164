/**
 * Where Activity Tracker Event Routing puts its objects.
 *
 * `<account>/<region>/<YYYY-MM-DDTHH>/<time>+<offset>_<uuid>.log` since 15 May 2025, the same without account and UUID before.
 * Source: IBM Cloud documentation, "Changes to IBM Cloud Object Storage file naming convention".
 */

/** `2026-03-01T10`, as IBM writes an hour of UTC. Sorts as time does. */
export type FolderHour = string;

const HOUR_FOLDER = /^\d{4}-\d\d-\d\dT\d\d(?::\d\d)?$/;
/** Account and region. */
const FOLDERS_ABOVE = 2;

/** @param time milliseconds since the epoch */
export function folderHour(time: number): FolderHour {
  return new Date(time).toISOString().slice(0, 13);
}

/** @returns when the hour begins, in milliseconds since the epoch */
export function startOfFolderHour(hour: FolderHour): number {
  return Date.parse(`${hour}:00:00Z`);
}

/**
 * @param prefix that all keys begin with; empty, or with its `/`.
 * @returns `undefined` where the key is not laid out so.
 */
export function hourOfKey(key: string, prefix: string): FolderHour | undefined {
  const folders = key.slice(prefix.length).split('/').slice(0, -1);
  const last = folders.at(-1) ?? '';
  return folders.length <= FOLDERS_ABOVE + 1 && HOUR_FOLDER.test(last) ? last.slice(0, 13) : undefined;
}

/** @returns of a key that `hourOfKey` knows the hour of: the folder that the hour's folder is in, with its `/`, or empty. */
export function folderOfHours(key: string): string {
  return key.slice(0, key.lastIndexOf('/', key.lastIndexOf('/') - 1) + 1);
}

/** Comes behind every hour's folder of this century, and before most of what else may lie beside the hours. */
export const BEHIND_HOURS = '21';

/** Whether a folder, given with its `/`, is that of an hour. */
export function isHourFolder(folder: string): boolean {
  return HOUR_FOLDER.test(folder.slice(0, -1).split('/').at(-1) ?? '');
}

/** How many folders below the prefix the ones of the hours may be. */
export const DEEPEST_BASE = FOLDERS_ABOVE;

/** A key prefix as the user gave it, as one of whole folders. */
export function wholeFolder(keyPrefix: string): string {
  return keyPrefix === '' || keyPrefix.endsWith('/') ? keyPrefix : `${keyPrefix}/`;
}
