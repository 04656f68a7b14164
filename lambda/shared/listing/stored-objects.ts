/** Lists what lies in a folder of CloudTrail's layout, every version, between two days. */
import { ListObjectVersionsCommand, type ObjectVersion } from '@aws-sdk/client-s3';
import type { ObjectReference } from '../../../contract/object-message.ts';
import type { BucketListing } from './folder-walk.ts';

export interface StoredObject extends ObjectReference {
  readonly storedAt: Date;
  /** It is what a reader of the key gets. */
  readonly isCurrent: boolean;
}

export interface VersionMarker {
  readonly key?: string | undefined;
  readonly versionId?: string | undefined;
}

export interface VersionPage {
  readonly objects: readonly StoredObject[];
  /** Where the next page begins; `undefined` on the last. */
  readonly next: VersionMarker | undefined;
}

const HOUR_MS = 3_600_000;
/** A file stored after midnight may lie in the folder of the day before. */
const FOLDER_LAG_MS = 2 * HOUR_MS;

/** Days of files, both included, `YYYY-MM-DD`, UTC. */
export interface DaySpan {
  readonly first: string;
  readonly last: string;
}

export interface VersionPageOptions {
  /** Where the page before it ended. @default the first day's files */
  readonly after?: VersionMarker | undefined;
  /** The most versions of a page. @default S3's own, 1000 */
  readonly size?: number | undefined;
}

/**
 * One page of a region's folder, from the first day's files on; the last page is the one that goes beyond the
 * last day. Every version is on its own; a bucket without versions has one of each.
 *
 * @param folder `…/<account>/<kind>/<region>/`, which has a folder `yyyy/mm/dd/` for each day.
 */
export async function versionPage(
  { s3, bucket, signal }: BucketListing,
  folder: string,
  days: DaySpan,
  { after = { key: folder + folderOf(days.first) }, size }: VersionPageOptions = {},
): Promise<VersionPage> {
  const { Versions, IsTruncated, NextKeyMarker, NextVersionIdMarker } = await s3.send(
    new ListObjectVersionsCommand({
      Bucket: bucket,
      Prefix: folder,
      KeyMarker: after.key,
      VersionIdMarker: after.versionId,
      MaxKeys: size,
    }),
    { abortSignal: signal },
  );
  const objects = (Versions ?? []).flatMap((version) => storedObjectOf(bucket, version));
  const hasMore = IsTruncated === true && !isBeyond(NextKeyMarker, folder, days.last);
  return { objects, next: hasMore ? { key: NextKeyMarker, versionId: NextVersionIdMarker } : undefined };
}

/** A version as S3 lists it; none where S3 leaves out what every version has. */
export function storedObjectOf(
  bucket: string,
  { Key, VersionId, ETag, Size, LastModified, IsLatest }: ObjectVersion,
): StoredObject[] {
  return Key === undefined || LastModified === undefined
    ? []
    : [
        {
          bucket,
          key: Key,
          storedAt: LastModified,
          createdAt: LastModified.toISOString(),
          // S3 calls the one version of an unversioned bucket "null"; its events leave it out.
          ...(VersionId === undefined || VersionId === 'null' ? {} : { versionId: VersionId }),
          // Quoted in listings, unquoted in events.
          etag: ETag?.replaceAll('"', ''),
          size: Size,
          isCurrent: IsLatest ?? true,
        },
      ];
}

/** The days whose folders may hold what was stored in a span of time. */
export function daysOfFolders(storedFrom: Date, storedBefore: Date): DaySpan {
  return { first: dayOf(storedFrom.getTime() - FOLDER_LAG_MS), last: dayOf(storedBefore.getTime()) };
}

/** `YYYY-MM-DD`, UTC. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 'YYYY-MM-DD'.length);
}

/** Dates are in the order of time, and plain text: only the part of the key that is the date is compared. */
function isBeyond(key: string | undefined, folder: string, day: string): boolean {
  const date = key?.slice(folder.length, folder.length + day.length) ?? '';
  return date > folderOf(day).slice(0, -1);
}

/** `yyyy/mm/dd/` of a day. */
export function folderOf(day: string): string {
  return `${day.replaceAll('-', '/')}/`;
}
