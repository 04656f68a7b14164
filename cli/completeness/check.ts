/** The check of a deployed stack's bucket, with the user's own credentials. */
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { CompletenessResult, DigestSeries } from '../../contract/completeness.ts';
import { DUE_AFTER_MS, SERIES_AT_ONCE } from '../../contract/completeness-round.ts';
import type { ObjectReference } from '../../contract/object-message.ts';
import { completenessServices } from '../../lambda/completeness/adapters/services.ts';
import { CheckMemory } from '../../lambda/completeness/check-memory.ts';
import { checkCompleteness, objectsToQueue } from '../../lambda/completeness/completeness-check.ts';
import { CompletenessTally } from '../../lambda/completeness/completeness-tally.ts';
import type { CompletenessServices, Span } from '../../lambda/completeness/ports.ts';
import { seriesOf, walkAccounts } from '../../lambda/completeness/series-discovery.ts';
import { AwsCallError } from '../../lambda/shared/aws-errors.ts';
import { mapBounded } from '../../lambda/shared/concurrency.ts';
import type { BucketListing } from '../../lambda/shared/listing/folder-walk.ts';
import { queueObjects } from '../../lambda/shared/listing/object-queue.ts';
import { files, thousands } from '../amounts.ts';
import { type AwsOptions, askAws, clientConfiguration } from '../aws.ts';
import { UsageError, UserError } from '../errors.ts';
import { findForwardingStack } from '../forwarding-stack.ts';
import type { LogFileOptions } from '../options.ts';
import type { Output } from '../output.ts';
import type { ProgressLine } from '../progress-line.ts';

/** What is to be checked; of everything, where it is not said. */
export interface Selection extends LogFileOptions {
  readonly from?: Date;
  readonly to?: Date;
  readonly prefix?: string;
}

export interface BucketCheck {
  readonly bucket: string;
  readonly span: Span;
  /** One for each region of each account, in their order. */
  readonly results: readonly CompletenessResult[];
  /** Files that were queued; `undefined` where that was not asked for. */
  readonly queued: number | undefined;
}

interface CheckedStack {
  readonly listing: BucketListing;
  readonly services: CompletenessServices;
  /** From when on files are known to be forwarded, where the stack remembers it. */
  readonly since: Date | undefined;
  readonly queue: ((objects: readonly ObjectReference[]) => Promise<void>) | undefined;
}

const HOUR_MS = 3_600_000;
const DEFAULT_SPAN_MS = 24 * HOUR_MS;

/** @throws UserError where there is no such stack, nothing to check, or AWS refuses or cannot be reached. */
export async function checkBucket(
  options: AwsOptions & Selection & { readonly requeue?: boolean },
  output: Output,
  line: ProgressLine,
): Promise<BucketCheck> {
  if (options.from !== undefined && options.from >= (options.to ?? new Date())) {
    const end = options.to === undefined ? 'now' : `the end of --to (${options.to.toISOString()})`;
    throw new UsageError(`--from (${options.from.toISOString()}) must be before ${end}.`);
  }
  const stack = await openStack(options);
  const span = spanOf(options, stack, output);
  const { bucket } = stack.listing;
  const progress = new CheckProgress(line);
  const results: CompletenessResult[] = [];
  try {
    await explained(async () => {
      for await (const all of seriesIn(stack, options, progress)) {
        results.push(
          ...(await mapBounded(all, SERIES_AT_ONCE, (series) => checkOne(series, span, stack, progress))),
        );
      }
    });
  } finally {
    line.clear();
  }
  if (results.length === 0) {
    throw new UserError(
      `The bucket ${bucket} holds no CloudTrail files or digests${isNarrowed(options) ? ' of what was asked for' : ''}. ` +
        'Check --account, --log-region and --prefix; a new trail writes its first files within minutes.',
    );
  }
  return { bucket, span, results, queued: options.requeue === true ? progress.queued : undefined };
}

async function openStack(options: AwsOptions & { readonly requeue?: boolean }): Promise<CheckedStack> {
  const { bucket, ledgerTable: table, queueUrl, region: home } = await findForwardingStack(options);
  const configuration = { ...clientConfiguration(options), region: home };
  const { signal } = new AbortController();
  const dynamoDb = new DynamoDBClient(configuration);
  const sqs = new SQSClient(configuration);
  // The bucket may be in another region than the stack.
  const s3 = new S3Client({ ...configuration, followRegionRedirects: true });
  const listing = { s3, bucket, signal };
  const memory = await explained(() => new CheckMemory(dynamoDb, table, bucket, signal).recallRound());
  return {
    listing,
    services: completenessServices({
      home: listing,
      dynamoDb,
      table,
      cloudTrailOf: (region) => new CloudTrailClient({ ...configuration, region }),
    }),
    since: memory && new Date(memory.since),
    queue: options.requeue === true ? (objects) => queueObjects(sqs, queueUrl, objects, signal) : undefined,
  };
}

function spanOf(options: Selection, { since }: CheckedStack, output: Output): Span {
  const to = options.to ?? new Date(Date.now() - DUE_AFTER_MS);
  const dayBefore = to.getTime() - DEFAULT_SPAN_MS;
  const from = options.from ?? new Date(Math.max(dayBefore, since?.getTime() ?? dayBefore));
  if (options.from === undefined && from >= to) {
    throw new UserError(
      `There is nothing to prove yet: the stack is known to forward from ${from.toISOString()} on, and digests come ` +
        'hourly, and late. Try again in some hours, or give --from and --to.',
    );
  }
  if (from >= to) {
    throw new UserError(
      `--from (${from.toISOString()}) must be before the end of --to (${to.toISOString()}).`,
    );
  }
  if (to.getTime() > Date.now() - DUE_AFTER_MS) {
    output.warning(
      'Digests come hourly, and late: of the last two hours before now, time may be shown as not proven, and files as gaps ' +
        'that are on their way.',
    );
  }
  if (since !== undefined && from < since) {
    output.warning(
      `The stack is known to forward from ${since.toISOString()} on. What was delivered before may be shown as gaps, unless ` +
        'BackfillDays reaches back to it.',
    );
  }
  return { from, to };
}

function isNarrowed({ account, logRegion, prefix }: Selection): boolean {
  return account !== undefined || logRegion !== undefined || prefix !== undefined;
}

async function* seriesIn(
  { listing }: CheckedStack,
  { account: wanted, logRegion: regions, prefix }: Selection,
  progress: CheckProgress,
): AsyncGenerator<readonly DigestSeries[], void, undefined> {
  const bare = prefix?.replace(/\/+$/, '');
  const where = { prefixes: bare === undefined ? [] : [bare], everywhere: bare === undefined };
  for await (const { account } of walkAccounts(listing, where)) {
    progress.searching();
    if (account !== undefined && wanted?.includes(account.accountId) !== false) {
      const all = await seriesOf(listing, account);
      yield all.filter(({ region }) => regions?.includes(region) !== false);
    }
  }
}

async function checkOne(
  series: DigestSeries,
  span: Span,
  { services, queue }: CheckedStack,
  progress: CheckProgress,
): Promise<CompletenessResult> {
  const window = { ...span, series };
  const tally = new CompletenessTally(window);
  for await (const event of checkCompleteness(window, services)) {
    tally.add(event);
    const gaps = objectsToQueue(event);
    if (queue !== undefined && gaps.length > 0) {
      await queue(gaps);
      progress.queued += gaps.length;
    }
    if (event.kind === 'VerifiedDigest') {
      progress.verified(event.document.logFiles.length);
    }
  }
  progress.regionDone();
  return tally.result();
}

/** How far the check is. How much there is to do is not known beforehand: the bucket is read as it goes. */
class CheckProgress {
  queued = 0;
  readonly #line: ProgressLine;
  #regions = 0;
  #digests = 0;
  #files = 0;

  constructor(line: ProgressLine) {
    this.#line = line;
  }

  searching(): void {
    this.#show();
  }

  verified(count: number): void {
    this.#digests += 1;
    this.#files += count;
    this.#show();
  }

  regionDone(): void {
    this.#regions += 1;
    this.#show();
  }

  #show(): void {
    const regions = `${thousands(this.#regions)} ${this.#regions === 1 ? 'region' : 'regions'} checked`;
    this.#line.show('Checking', `${regions}, ${files(this.#files)} in ${thousands(this.#digests)} digests …`);
  }
}

/** @throws UserError as `askAws` does; what the check itself says of a failure is made for a function's log. */
function explained<T>(ask: () => Promise<T>): Promise<T> {
  return askAws('AWS', async () => {
    try {
      return await ask();
    } catch (error) {
      throw error instanceof AwsCallError ? error.cause : error;
    }
  });
}
