import type { S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { parseCloudTrailKey } from '../../contract/cloudtrail-key.ts';
import type { ListingRequest } from '../../contract/trail.ts';
import { type WalkStep, walkFolders } from '../shared/listing/folder-walk.ts';
import { queueObjects } from '../shared/listing/object-queue.ts';
import {
  daysOfFolders,
  type StoredObject,
  type VersionMarker,
  versionPage,
} from '../shared/listing/stored-objects.ts';
import { logger } from '../shared/logger.ts';

export interface LateObjectsServices {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly forwardingQueueUrl: string;
  /** Where the rest of the request goes when time runs out. */
  readonly lateObjectsQueueUrl: string;
  /** Key prefixes of the trails that are known to write to the bucket. */
  readonly keyPrefixes: readonly string[];
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

/**
 * Queues every CloudTrail file that was stored in a span of time. It stops between two pages when time runs
 * out, and goes on there with a new message, however large the bucket is.
 *
 * What is queued may be queued already, by its own event: the ledger forwards it once.
 *
 * @throws QueueError, and what S3 and SQS throw: the message is then received again.
 */
export async function queueStoredObjects(
  request: ListingRequest,
  services: LateObjectsServices,
): Promise<ListingResult> {
  const { s3, sqs, signal, hasTime } = services;
  const listing = { s3, bucket: request.bucket, signal };
  const days = daysOfFolders(new Date(request.storedFrom), new Date(request.storedBefore));
  let queued = 0;
  let steps = 0;

  const stopAt = async (resumeAt: ListingRequest['resumeAt']): Promise<ListingResult> => {
    await continueLater(services, { ...request, resumeAt });
    logger.info('Listing goes on in a new message', { bucket: request.bucket, resumeAt, queued });
    return { queued, complete: false };
  };

  for await (const step of walkFolders(listing, services.keyPrefixes, positionOf(request))) {
    const { start, folder } = step;
    let at: VersionMarker | undefined = markerIn(step, request);
    do {
      // At least one step a run, or it would never end.
      if (steps > 0 && !hasTime()) {
        return stopAt({ start, folder, ...at });
      }
      steps += 1;
      if (step.holdsFiles) {
        const page = await versionPage(listing, folder, days, at);
        const wanted = page.objects.filter((object) => isWanted(object, request));
        await queueObjects(sqs, services.forwardingQueueUrl, wanted, signal);
        queued += wanted.length;
        at = page.next;
      }
    } while (at !== undefined);
  }
  logger.info('Listing complete', { bucket: request.bucket, queued });
  return { queued, complete: true };
}

/** A message of an earlier version names no start: its listing begins anew, which costs time only. */
function positionOf({ resumeAt }: ListingRequest) {
  return resumeAt?.start === undefined ? undefined : { start: resumeAt.start, folder: resumeAt.folder };
}

function markerIn({ start, folder }: WalkStep, { resumeAt }: ListingRequest): VersionMarker | undefined {
  return resumeAt?.key !== undefined && resumeAt.start === start && resumeAt.folder === folder
    ? { key: resumeAt.key, versionId: resumeAt.versionId }
    : undefined;
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

async function continueLater(
  { sqs, lateObjectsQueueUrl, signal }: LateObjectsServices,
  rest: ListingRequest,
): Promise<void> {
  await sqs.send(
    new SendMessageCommand({ QueueUrl: lateObjectsQueueUrl, MessageBody: JSON.stringify(rest) }),
    { abortSignal: signal },
  );
}
