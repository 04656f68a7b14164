/** A listing of a bucket's CloudTrail files as a series of steps, between any two of which it can stop. */
import { parseCloudTrailKey } from '../../contract/cloudtrail-key.ts';
import type { ListingPosition } from '../../contract/listing.ts';
import {
  type BucketListing,
  REGIONS_OF_FORWARDED_FILES,
  walkFolders,
} from '../shared/listing/folder-walk.ts';
import {
  type DaySpan,
  type StoredObject,
  type VersionMarker,
  versionPage,
} from '../shared/listing/stored-objects.ts';

/** What is to be listed. */
export interface ListingScope {
  /** Days of CloudTrail's folders, both included. */
  readonly days: DaySpan;
  /** Of what those folders hold, objects stored at or after the one, and before the other. @default all of it */
  readonly stored?: { readonly from: string; readonly before: string } | undefined;
  /** @default all */
  readonly accounts?: readonly string[];
  /** @default all */
  readonly regions?: readonly string[];
  /** The most versions of a page. @default 1000 */
  readonly pageSize?: number | undefined;
}

export interface ListingStep {
  /** Everything before it is listed; a listing can go on with it. */
  readonly position: ListingPosition;
  /** The wanted objects of this step; none where it is a folder on the way only. */
  readonly list: () => Promise<readonly StoredObject[]>;
}

/** An account's folder, or a region's in it. `AWSLogs` is no region: see the walk. */
const PLACE =
  /(?:^|\/)AWSLogs\/(?:o-[^/]+\/)?(\d{12})\/(?:CloudTrail(?:-Insight)?\/(?!AWSLogs\/)([^/]+)\/)?$/;

/**
 * Lists every forwarded file of the scope, page by page.
 *
 * @param keyPrefixes of the trails that are known to write to the bucket.
 * @param from the position of the step to begin with.
 */
export async function* listingSteps(
  listing: BucketListing,
  keyPrefixes: readonly string[],
  scope: ListingScope,
  from?: ListingPosition,
): AsyncGenerator<ListingStep> {
  const { isGoal, isPassedOver } = REGIONS_OF_FORWARDED_FILES;
  const goal = { isGoal, isPassedOver: (folder: string) => isPassedOver(folder) || !mayHold(folder, scope) };
  const walk = walkFolders(listing, keyPrefixes, walkPosition(from), { goal });
  for await (const { start, folder, holdsFiles } of walk) {
    let after = from?.start === start && from.folder === folder ? markerOf(from) : undefined;
    do {
      const page = { next: undefined as VersionMarker | undefined };
      yield {
        position: { start, folder, ...after },
        list: async () => {
          if (!holdsFiles) {
            return [];
          }
          const { objects, next } = await versionPage(listing, folder, scope.days, {
            after,
            size: scope.pageSize,
          });
          page.next = next;
          return objects.filter((object) => isWanted(object, scope));
        },
      };
      after = page.next;
    } while (after !== undefined);
  }
}

/** A message of an earlier version names no start: its listing begins anew, which costs time only. */
function walkPosition(from: ListingPosition | undefined) {
  return from?.start === undefined ? undefined : { start: from.start, folder: from.folder };
}

function markerOf({ key, versionId }: ListingPosition): VersionMarker | undefined {
  return key === undefined ? undefined : { key, versionId };
}

function mayHold(folder: string, { accounts = [], regions = [] }: ListingScope): boolean {
  const [, account, region] = PLACE.exec(folder) ?? [];
  return isAmong(accounts, account) && isAmong(regions, region);
}

function isWanted({ key, storedAt }: StoredObject, scope: ListingScope): boolean {
  const parsed = parseCloudTrailKey(key);
  if (parsed === undefined || parsed.kind === 'CloudTrail-Digest') {
    return false;
  }
  const { days, stored, accounts = [], regions = [] } = scope;
  const isInTime =
    stored === undefined
      ? parsed.day >= days.first && parsed.day <= days.last
      : storedAt >= new Date(stored.from) && storedAt < new Date(stored.before);
  return isInTime && isAmong(accounts, parsed.accountId) && isAmong(regions, parsed.region);
}

/** Whether no choice was made, or it is among those chosen; what a folder does not tell may be any. */
function isAmong(chosen: readonly string[], value: string | undefined): boolean {
  return chosen.length === 0 || value === undefined || chosen.includes(value);
}
