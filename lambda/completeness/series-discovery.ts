/** Which accounts and regions there are in a bucket: whose digests and files are to be checked. */
import type { DigestSeries } from '../../contract/completeness.ts';
import {
  ACCOUNTS,
  type BucketListing,
  subfolders,
  type WalkPosition,
  walkFolders,
} from '../shared/listing/folder-walk.ts';

/** One account of one trail's prefix, `…/AWSLogs/[o-…/]<account>/`. */
export type TrailAccount = Pick<DigestSeries, 'prefix' | 'organizationId' | 'accountId'>;

export interface AccountStep {
  /** Where to begin to have it told again. */
  readonly position: WalkPosition;
  /** `undefined` where the folder is none, and was only searched. */
  readonly account: TrailAccount | undefined;
}

export interface DiscoveryOptions {
  /** Key prefixes of trails, without a trailing slash. */
  readonly prefixes: readonly string[];
  /** Whether to search the whole bucket besides, for trails that nobody knows of. */
  readonly everywhere: boolean;
  readonly from?: WalkPosition | undefined;
}

const ACCOUNT_FOLDER =
  /^(?:(?<prefix>.+)\/)?AWSLogs\/(?:(?<organizationId>o-[^/]+)\/)?(?<accountId>\d{12})\/$/s;

/** A region has folders of files, of digests, or both: none of files where nothing happened. */
const KINDS = ['CloudTrail-Digest', 'CloudTrail', 'CloudTrail-Insight'];

/** Accounts in the order of their folders, with every folder on the way: the caller can stop at each. */
export async function* walkAccounts(
  listing: BucketListing,
  { prefixes, everywhere, from }: DiscoveryOptions,
): AsyncGenerator<AccountStep> {
  for await (const { start, folder, holdsFiles } of walkFolders(listing, prefixes, from, {
    goal: ACCOUNTS,
    everywhere,
  })) {
    yield { position: { start, folder }, account: holdsFiles ? accountOf(folder) : undefined };
  }
}

/** The regions of an account, in the order of their names. */
export async function seriesOf(
  listing: BucketListing,
  account: TrailAccount,
): Promise<readonly DigestSeries[]> {
  const folder = accountFolderOf(account);
  const regions = new Set<string>();
  for (const kind of KINDS) {
    const parent = `${folder}/${kind}/`;
    for await (const child of subfolders(listing, parent)) {
      regions.add(child.slice(parent.length, -1));
    }
  }
  // It is no region: it begins the files of a trail whose own prefix ends in `…/CloudTrail`.
  regions.delete('AWSLogs');
  return [...regions].toSorted().map((region) => ({ bucket: listing.bucket, ...account, region }));
}

/** Without a trailing slash. */
export function accountFolderOf({ prefix, organizationId, accountId }: TrailAccount): string {
  const parts = [prefix, 'AWSLogs', organizationId ?? '', accountId];
  return parts.filter((part) => part !== '').join('/');
}

function accountOf(folder: string): TrailAccount | undefined {
  const { prefix = '', organizationId, accountId } = ACCOUNT_FOLDER.exec(folder)?.groups ?? {};
  return accountId === undefined ? undefined : { prefix, organizationId, accountId };
}
