/**
 * Finds CloudTrail's files in a bucket by listing it, wherever the trail's key prefix puts them.
 *
 * Everything is walked in one fixed order, that of the keys, so that a listing can stop and go on later.
 */
import { ListObjectsV2Command, ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ObjectReference } from '../../contract/object-message.ts';
import { logger } from '../shared/logger.ts';

/** A bucket is laid out so that its CloudTrail files cannot be found within bounds. */
export class ListingError extends Error {
  override readonly name = 'ListingError';
}

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

export interface BucketListing {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly signal: AbortSignal;
}

const ROOT = 'AWSLogs/';
/** In the order of the keys: a hyphen comes before a slash. Digest files are not forwarded. */
const FORWARDED_KINDS = ['CloudTrail-Insight/', 'CloudTrail/'];
/** A trail's key prefix of more folders than this is not searched for. */
const MAXIMUM_PREFIX_DEPTH = 5;
/** Folders that are looked into for `AWSLogs/`, in a bucket that holds other things too. */
const MAXIMUM_FOLDERS_SEARCHED = 1000;

/**
 * The folders that hold forwarded files of given days, `[prefix/]AWSLogs/[o-…/]<account>/<kind>/<region>/yyyy/mm/dd/`,
 * of all accounts and regions there are. A folder may be empty.
 *
 * @param days `YYYY-MM-DD`.
 * @throws ListingError where `AWSLogs/` cannot be found within bounds; what was found by then has been given.
 */
export async function* dayFolders(listing: BucketListing, days: readonly string[]): AsyncGenerator<string> {
  const dates = days.toSorted().map((day) => `${day.replaceAll('-', '/')}/`);
  for await (const root of logRoots(listing)) {
    for await (const account of accountFolders(listing, root)) {
      for (const kind of FORWARDED_KINDS) {
        for (const region of await subfolders(listing, account + kind)) {
          yield* dates.map((date) => region + date);
        }
      }
    }
  }
}

/**
 * One page of what a folder holds, every version on its own; a bucket without versions has one of each.
 *
 * @param after where the page before it ended.
 */
export async function versionPage(
  { s3, bucket, signal }: BucketListing,
  folder: string,
  after: VersionMarker = {},
): Promise<VersionPage> {
  const { Versions, IsTruncated, NextKeyMarker, NextVersionIdMarker } = await s3.send(
    new ListObjectVersionsCommand({
      Bucket: bucket,
      Prefix: folder,
      KeyMarker: after.key,
      VersionIdMarker: after.versionId,
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
  return {
    objects,
    next: IsTruncated ? { key: NextKeyMarker, versionId: NextVersionIdMarker } : undefined,
  };
}

/**
 * Every `AWSLogs/` folder, depth first. A trail's prefix may itself hold one.
 *
 * @throws ListingError where none is found within bounds although there are folders beyond them.
 */
async function* logRoots(listing: BucketListing): AsyncGenerator<string> {
  let searched = 0;
  let found = 0;
  const tooDeep: string[] = [];
  const search = async function* (folder: string, depth: number): AsyncGenerator<string> {
    searched += 1;
    if (searched > MAXIMUM_FOLDERS_SEARCHED) {
      throw new ListingError(
        `The bucket ${listing.bucket} has more than ${MAXIMUM_FOLDERS_SEARCHED} folders outside AWSLogs/, too many ` +
          'to search for CloudTrail files. Files stored before the deployment was complete may be missing at the destination.',
      );
    }
    for (const subfolder of await subfolders(listing, folder)) {
      if (subfolder === folder + ROOT) {
        found += 1;
        yield subfolder;
      }
      if (isAccountOrOrganization(subfolder)) {
        continue;
      }
      if (depth < MAXIMUM_PREFIX_DEPTH) {
        yield* search(subfolder, depth + 1);
      } else {
        tooDeep.push(subfolder);
      }
    }
  };
  yield* search('', 0);
  if (tooDeep.length > 0) {
    // Never silently: nothing tells whether CloudTrail's files are further down.
    logger.warn('Not searched for CloudTrail files: too deep', { bucket: listing.bucket, folders: tooDeep });
    if (found === 0) {
      throw new ListingError(
        `The bucket ${listing.bucket} has no AWSLogs/ within ${MAXIMUM_PREFIX_DEPTH} folders. Files stored before the ` +
          'deployment was complete may be missing at the destination.',
      );
    }
  }
}

function isAccountOrOrganization(folder: string): boolean {
  return /\/AWSLogs\/(\d{12}|o-[^/]+)\/$/.test(`/${folder}`);
}

/** The accounts below `AWSLogs/`, an organisation's among them. */
async function* accountFolders(listing: BucketListing, root: string): AsyncGenerator<string> {
  for (const folder of await subfolders(listing, root)) {
    if (/\/\d{12}\/$/.test(folder)) {
      yield folder;
    } else if (/\/o-[^/]+\/$/.test(folder)) {
      yield* await subfolders(listing, folder);
    }
  }
}

async function subfolders({ s3, bucket, signal }: BucketListing, folder: string): Promise<string[]> {
  const found: string[] = [];
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: folder,
        Delimiter: '/',
        ContinuationToken: token,
      }),
      { abortSignal: signal },
    );
    found.push(...(page.CommonPrefixes ?? []).flatMap(({ Prefix }) => Prefix ?? []));
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return found.sort();
}
