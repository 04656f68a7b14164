/** The middle of a rehearsal: the input goes into the bucket, and everything that must come of it is looked at. */
import { setTimeout as wait } from 'node:timers/promises';
import { inspect, isDeepStrictEqual } from 'node:util';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { ListingRequest } from '../contract/listing.ts';
import { OUTPUTS } from '../contract/parameters.ts';
import {
  arrivals,
  compare,
  countAltered,
  countArrived,
  countMessages,
  countsOf,
  filteredByRule,
  keyIn,
  type LedgerEntry,
  latencies,
  readDeadLetters,
  readLedger,
  upload,
  waitForDelivery,
} from './delivery.ts';
import { bucketClients } from './existing-bucket.ts';
import type { Found } from './findings.ts';
import type { Corpus } from './input/corpus.ts';
import { overwriteAndRepair } from './notification-watch.ts';
import type { Progress } from './progress.ts';
import type { RehearsalReport } from './report.ts';
import { physicalIdOf } from './stack-resources.ts';
import type { Stage } from './stage.ts';
import { rotateToken } from './token-rotation.ts';

const POLL_MS = 200;
const DRAINED_WITHIN_MS = 20_000;
const MINUTE_MS = 60_000;

export interface ForwardOptions {
  readonly corpus: Corpus;
  readonly stackName: string;
  readonly outputs: Readonly<Record<string, string>>;
  /**
   * The bucket was there before: it is listed too, as happens when its notifications have just been switched on, and
   * they are overwritten.
   */
  readonly existingBucket:
    | { /** Key of a file that was stored before. */ readonly earlierFile: string }
    | undefined;
  /** Has the CloudTrail token rotated half-way, and the former one revoked. */
  readonly rotateMidway: boolean;
}

export async function forward(
  stage: Stage,
  progress: Progress,
  { corpus, stackName, outputs, existingBucket, rotateMidway }: ForwardOptions,
  found: Found,
): Promise<void> {
  const output = (name: string) => outputs[name] ?? '';
  const deadLetterQueue = output(OUTPUTS.deadLetterQueueUrl);
  const startedAt = Date.now();
  const uploadFiles = (files: Corpus['files']) =>
    upload(bucketClients(stage), output(OUTPUTS.bucketName), files);
  const middle = Math.ceil(corpus.files.length / 2);
  const createdAt = await uploadFiles(corpus.files.slice(0, middle));
  if (rotateMidway) {
    progress.detail('forward', 'renewing the CloudTrail token …');
    found.tokenRotation = await renewToken(stage, stackName);
  }
  for (const [key, at] of await uploadFiles(corpus.files.slice(middle))) {
    createdAt.set(key, at);
  }
  const events = [...corpus.expected.values()].reduce((sum, count) => sum + count, 0);
  await waitForDelivery({
    expectedEvents: events,
    expectedDeadLetters: corpus.poison.size,
    arrived: () => countArrived(stage.simulator, corpus.expected),
    deadLettered: async () => (await countMessages(stage.clients, deadLetterQueue)).visible,
    onProgress: (arrived) => progress.detail('forward', `${arrived} of ${events} events arrived …`),
  });
  if (existingBucket !== undefined) {
    const bucket = output(OUTPUTS.bucketName);
    const lateObjectsQueueUrl = await listBucket(stage, stackName, bucket, startedAt, found);
    found.problems.push(...(await overwriteAndRepair(stage, { stackName, bucket, lateObjectsQueueUrl })));
  }
  await noteUndrained(stage, 'forwarding', output(OUTPUTS.queueUrl), found);
  const ledger = await noteResults(stage, outputs, { corpus, createdAt }, found);
  if (existingBucket !== undefined) {
    found.problems.push(...backfillProblems(existingBucket.earlierFile, ledger));
  }
}

/**
 * Notes what has become of files that were put: at the destinations, in the ledger, in the dead-letter queue.
 *
 * @returns the ledger.
 */
export async function noteResults(
  { clients, simulator }: Stage,
  outputs: ForwardOptions['outputs'],
  { corpus, createdAt }: { readonly corpus: Corpus; readonly createdAt: ReadonlyMap<string, number> },
  found: Found,
): Promise<LedgerEntry[]> {
  const arrived = await arrivals(simulator.url);
  const ledger = await readLedger(clients, outputs[OUTPUTS.ledgerTable] ?? '');
  found.delivered = {
    ...compare(corpus.expected, countsOf(arrived)),
    altered: countAltered(corpus.contents, arrived),
  };
  found.deadLettered = await readDeadLetters(clients, outputs[OUTPUTS.deadLetterQueueUrl] ?? '');
  found.filtered = filteredByRule(ledger);
  found.latencyMs = latencies(createdAt, ledger);
  found.problems.push(...deliveryProblems(corpus, found), ...ledgerProblems(corpus, ledger));
  return ledger;
}

/** While the files uploaded so far are being forwarded. The rest can only arrive with the new token. */
async function renewToken(
  { clients, simulator }: Stage,
  stackName: string,
): Promise<RehearsalReport['tokenRotation']> {
  const startedAt = performance.now();
  await rotateToken(clients, stackName);
  const seconds = (performance.now() - startedAt) / 1000;
  return { seconds, revoked: simulator.revokeServiceTokens('former') };
}

/**
 * Asks for the listing that follows the switching on of notifications, without the quarter of an hour that it
 * waits. Every object is forwarded already, so nothing may arrive again.
 */
async function listBucket(
  stage: Stage,
  stackName: string,
  bucket: string,
  startedAt: number,
  found: Found,
): Promise<string> {
  const queueUrl = await physicalIdOf(stage.clients, stackName, 'AWS::SQS::Queue', /LateObjectsQueue/);
  const request: ListingRequest = {
    bucket,
    storedFrom: new Date(startedAt - MINUTE_MS).toISOString(),
    storedBefore: new Date(Date.now() + MINUTE_MS).toISOString(),
  };
  await stage.clients.sqs.send(
    new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(request) }),
  );
  await noteUndrained(stage, 'late-objects', queueUrl, found);
  return queueUrl;
}

/** A queue that is not empty after all has arrived holds what is not known to be done. */
async function noteUndrained(
  { clients }: Stage,
  name: string,
  queueUrl: string,
  found: Found,
): Promise<void> {
  const until = Date.now() + DRAINED_WITHIN_MS;
  let left = await countMessages(clients, queueUrl);
  while (left.all > 0 && Date.now() < until) {
    await wait(POLL_MS);
    left = await countMessages(clients, queueUrl);
  }
  if (left.all > 0) {
    found.problems.push(`${left.all} messages stay in the ${name} queue although all is done.`);
  }
}

export function deliveryProblems({ poison }: Corpus, { delivered, deadLettered }: Found): string[] {
  const problems: string[] = [];
  if (delivered.missing > 0) {
    problems.push(`${delivered.missing} events did not arrive, such as ${delivered.missingIds[0]}.`);
  }
  if (delivered.duplicates > 0) {
    problems.push(
      `${delivered.duplicates} events arrived more often than the input holds them, such as ${delivered.duplicateIds[0]}.`,
    );
  }
  if (delivered.altered > 0) {
    problems.push(`${delivered.altered} events arrived with other content than the input has.`);
  }
  const ended = new Set(deadLettered.map(({ key }) => key));
  for (const { key, reason } of deadLettered.filter((letter) => !poison.has(letter.key))) {
    problems.push(`${key} was dead-lettered (${reason}) although it can be forwarded.`);
  }
  for (const key of [...poison].filter((each) => !ended.has(each))) {
    problems.push(`${key} cannot be forwarded, and is not in the dead-letter queue.`);
  }
  return problems;
}

/** What was stored the day before must have been listed and forwarded, as `BackfillDays` says. */
function backfillProblems(earlierFile: string, ledger: readonly LedgerEntry[]): string[] {
  const isForwarded = ledger.some(
    ({ object, state }) => state === 'acknowledged' && keyIn(object) === earlierFile,
  );
  return isForwarded ? [] : [`The backfill has not forwarded ${earlierFile}, which was there before.`];
}

/**
 * Every forwarded file must be acknowledged, with the hash that its content really has, and each of its records
 * accounted for.
 */
export function ledgerProblems({ fileHashes, records }: Corpus, ledger: readonly LedgerEntry[]): string[] {
  const entries = new Map(ledger.map((entry) => [keyIn(entry.object), entry]));
  return [...fileHashes].flatMap(([key, sha256]) => {
    const entry = entries.get(key);
    if (entry?.state !== 'acknowledged') {
      return [`The ledger does not say that ${key} is acknowledged.`];
    }
    const counts = { read: entry.readRecords, dropped: entry.droppedByRule };
    return [
      ...(entry.sha256 === sha256 ? [] : [`The ledger has another hash of ${key} than its content.`]),
      ...(isDeepStrictEqual(counts, records.get(key))
        ? []
        : [
            `The ledger accounts for the records of ${key} as ${inspect(counts)}, not as ${inspect(records.get(key))}.`,
          ]),
    ];
  });
}
