/**
 * Finds where CloudTrail's files lie in a bucket, wherever the trails' key prefixes put them, by walking its
 * folders in one fixed order, so that a walk can stop anywhere and go on later.
 */
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';

export interface BucketListing {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly signal: AbortSignal;
}

/** Where a walk is: in which of its starting folders, and how far. */
export interface WalkPosition {
  readonly start: string;
  readonly folder: string;
}

export interface WalkStep extends WalkPosition {
  /** The folder is of those that are looked for; it is not walked into. */
  readonly holdsFiles: boolean;
}

/** What a walk looks for, and where it does not look. */
export interface WalkGoal {
  readonly isGoal: (folder: string) => boolean;
  readonly isPassedOver: (folder: string) => boolean;
}

export interface WalkOptions {
  /** @default REGIONS_OF_FORWARDED_FILES */
  readonly goal?: WalkGoal;
  /** Whether to look in the whole bucket when all has been seen below the prefixes. @default true */
  readonly everywhere?: boolean;
}

/** Of an account below `AWSLogs/`, an organisation's among them. */
const ACCOUNT = String.raw`(?:^|/)AWSLogs/(?:o-[^/]+/)?\d{12}/`;
/** `AWSLogs` is no region: it begins the files of a trail whose own prefix ends in `…/CloudTrail`. */
const REGION_OF_FORWARDED_FILES = new RegExp(`${ACCOUNT}CloudTrail(?:-Insight)?/(?!AWSLogs/)[^/]+/$`);
const ACCOUNT_ITSELF = new RegExp(`${ACCOUNT}$`);
const DIGESTS = new RegExp(`${ACCOUNT}CloudTrail-Digest/$`);
/**
 * A year of another service's logs: Config, load balancers, flow logs all put dates below the account. They are
 * too many to be searched, and hold nothing but their files.
 */
const YEAR_OF_OTHER_LOGS = new RegExp(`${ACCOUNT}(?:.+/)?\\d{4}/$`);

/** Regions' folders, `…/<account>/<kind>/<region>/`, that hold forwarded files below dates. */
export const REGIONS_OF_FORWARDED_FILES: WalkGoal = {
  isGoal: (folder) => REGION_OF_FORWARDED_FILES.test(folder),
  isPassedOver: (folder) => DIGESTS.test(folder) || YEAR_OF_OTHER_LOGS.test(folder),
};

/** Accounts' folders, `…/AWSLogs/[o-…/]<account>/`. */
export const ACCOUNTS: WalkGoal = {
  isGoal: (folder) => ACCOUNT_ITSELF.test(folder),
  isPassedOver: () => false,
};

/**
 * Walks a bucket's folders in the order of the keys. It first goes where trails are known to write to, then
 * everywhere else, for a bucket may take the files of trails that this account cannot see. Each folder is one
 * step, and told before it is listed, so the caller can stop there.
 *
 * @param prefixes key prefixes of the trails that are known to write to the bucket, without a trailing slash.
 * @param from the step to begin with, which is told again.
 */
export async function* walkFolders(
  listing: BucketListing,
  prefixes: readonly string[],
  from?: WalkPosition,
  { goal = REGIONS_OF_FORWARDED_FILES, everywhere = true }: WalkOptions = {},
): AsyncGenerator<WalkStep> {
  const known = [...new Set(prefixes.map((prefix) => (prefix === '' ? 'AWSLogs/' : `${prefix}/AWSLogs/`)))];
  const starts = everywhere ? [...known, ''] : known;
  // Another start than any of these: the trails have changed since, and the walk begins anew.
  const first = Math.max(0, starts.indexOf(from?.start ?? starts[0] ?? ''));
  for (const start of starts.slice(first)) {
    const walked = new Set(starts.slice(0, starts.indexOf(start)));
    const resumeAt = from?.start === start && from.folder.startsWith(start) ? from.folder : start;
    for await (const step of walkFrom({ ...listing, goal }, start, resumeAt, walked)) {
      yield { start, ...step };
    }
  }
}

/** @param resumeAt a folder at or below `folder`: what comes before it is left out. */
async function* walkFrom(
  listing: BucketListing & { readonly goal: WalkGoal },
  folder: string,
  resumeAt: string,
  walked: ReadonlySet<string>,
): AsyncGenerator<Omit<WalkStep, 'start'>> {
  if (walked.has(folder) || listing.goal.isPassedOver(folder)) {
    return;
  }
  const holdsFiles = listing.goal.isGoal(folder);
  const resumed = resumeAt.length > folder.length && !holdsFiles;
  if (!resumed) {
    yield { folder, holdsFiles };
  }
  if (holdsFiles) {
    return;
  }
  let after: string | undefined;
  if (resumed) {
    const child = resumeAt.slice(0, resumeAt.indexOf('/', folder.length) + 1);
    yield* walkFrom(listing, child, resumeAt, walked);
    // The character after the slash: what S3 lists behind it comes after all that the child holds.
    after = `${child.slice(0, -1)}0`;
  }
  for await (const child of subfolders(listing, folder, after)) {
    yield* walkFrom(listing, child, child, walked);
  }
}

/** The folders right below a folder, in S3's order. */
export async function* subfolders(
  { s3, bucket, signal }: BucketListing,
  folder: string,
  after?: string,
): AsyncGenerator<string> {
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: folder,
        Delimiter: '/',
        StartAfter: after,
        ContinuationToken: token,
      }),
      { abortSignal: signal },
    );
    for (const { Prefix } of page.CommonPrefixes ?? []) {
      if (Prefix !== undefined) {
        yield Prefix;
      }
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
}
