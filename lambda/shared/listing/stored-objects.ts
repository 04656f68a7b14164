/** Lists what lies in a folder of CloudTrail's layout, every version, between two days. */
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { ObjectReference } from '../../../contract/object-message.ts';
import type { BucketListing } from './folder-walk.ts';

export interface StoredObject extends ObjectReference {
  readonly storedAt: Date;
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
  const objects = (Versions ?? []).flatMap(({ Key, VersionId, ETag, Size, LastModified }) =>
    Key === undefined || LastModified === undefined
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
          },
        ],
  );
  const hasMore = IsTruncated === true && !isBeyond(NextKeyMarker, folder, days.last);
  return { objects, next: hasMore ? { key: NextKeyMarker, versionId: NextVersionIdMarker } : undefined };
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
