import type { S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { parseCloudTrailKey } from '../../contract/cloudtrail-key.ts';
import type { ListingRequest } from '../../contract/trail.ts';
import { logger } from '../shared/logger.ts';
import { dayFolders, type StoredObject, type VersionMarker, versionPage } from './listing.ts';
import { queueObjects } from './object-queue.ts';

export interface LateObjectsServices {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly forwardingQueueUrl: string;
  /** Where the rest of the request goes when time runs out. */
  readonly lateObjectsQueueUrl: string;
  /** Whether there is time for another page. */
  readonly hasTime: () => boolean;
  readonly signal: AbortSignal;
}

export interface ListingResult {
  /** Objects queued by this run. */
  readonly queued: number;
  /** `false` where the rest was left to a new message. */
  readonly complete: boolean;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A file stored after midnight may lie in the folder of the day before. */
const FOLDER_LAG_MS = 2 * HOUR_MS;

/**
 * Queues every CloudTrail file that was stored in a span of time. It stops between two pages when time runs
 * out, and goes on there with a new message.
 *
 * What is queued may be queued already, by its own event: the ledger forwards it once.
 *
 * @throws ListingError, QueueError, and what S3 and SQS throw: the message is then received again.
 */
export async function queueStoredObjects(
  request: ListingRequest,
  services: LateObjectsServices,
): Promise<ListingResult> {
  const { s3, sqs, signal, hasTime } = services;
  const listing = { s3, bucket: request.bucket, signal };
  const { resumeAt } = request;
  let queued = 0;
  let pages = 0;
  for await (const folder of dayFolders(listing, daysOf(request))) {
    if (resumeAt !== undefined && folder < resumeAt.folder) {
      continue;
    }
    let at: VersionMarker | undefined = resumeAt?.folder === folder ? resumeAt : {};
    while (at !== undefined) {
      // At least one page a run, or it would never end.
      if (pages > 0 && !hasTime()) {
        await continueLater(services, { ...request, resumeAt: { folder, ...at } });
        logger.info('Listing goes on in a new message', { bucket: request.bucket, folder, queued });
        return { queued, complete: false };
      }
      const page = await versionPage(listing, folder, at);
      const wanted = page.objects.filter((object) => isWanted(object, request));
      await queueObjects(sqs, services.forwardingQueueUrl, wanted, signal);
      queued += wanted.length;
      pages += 1;
      at = page.next;
    }
  }
  logger.info('Listing complete', { bucket: request.bucket, queued });
  return { queued, complete: true };
}

function isWanted({ key, storedAt }: StoredObject, { storedFrom, storedBefore }: ListingRequest): boolean {
  const kind = parseCloudTrailKey(key)?.kind;
  return (
    kind !== undefined &&
    kind !== 'CloudTrail-Digest' &&
    storedAt >= new Date(storedFrom) &&
    storedAt < new Date(storedBefore)
  );
}

/** The days whose folders may hold what was stored in the request's span, `YYYY-MM-DD`, UTC. */
function daysOf({ storedFrom, storedBefore }: ListingRequest): string[] {
  const first = dayOf(Date.parse(storedFrom) - FOLDER_LAG_MS);
  const days: string[] = [];
  for (let time = Date.parse(first); time < Date.parse(storedBefore); time += DAY_MS) {
    days.push(dayOf(time));
  }
  return days;
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 'YYYY-MM-DD'.length);
}

async function continueLater(
  { sqs, lateObjectsQueueUrl, signal }: LateObjectsServices,
  rest: ListingRequest,
): Promise<void> {
  await sqs.send(
    new SendMessageCommand({ QueueUrl: lateObjectsQueueUrl, MessageBody: JSON.stringify(rest) }),
    { abortSignal: signal },
  );
}
