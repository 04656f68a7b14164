/** Puts the input into the bucket, waits until it has arrived, and compares. */
import { setTimeout as wait } from 'node:timers/promises';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { DEAD_LETTER_ATTRIBUTES } from '../contract/forwarding.ts';
import type { LedgerItem } from '../contract/ledger.ts';
import { type ObjectMessage, objectMessageSchema } from '../contract/object-message.ts';
import type { Clients } from './clients.ts';
import type { Corpus } from './input/corpus.ts';
import type { RehearsalReport } from './report.ts';
import type { Simulator } from './vendors/simulator.ts';

const UPLOADS_AT_ONCE = 8;
const POLL_MS = 200;
/** Without any progress for so long, nothing more is expected to arrive. */
const PATIENCE_MS = 60_000;
const SHOWN_IDS = 20;

/** Uploads every file, and returns when each was put, in milliseconds since 1970. */
export async function upload(
  { s3 }: Clients,
  bucket: string,
  files: Corpus['files'],
): Promise<Map<string, number>> {
  const createdAt = new Map<string, number>();
  const remaining = files.values();
  const worker = async () => {
    for (const { key, body } of remaining) {
      await s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ContentType: 'application/json',
          ContentEncoding: 'gzip',
        }),
      );
      createdAt.set(key, Date.now());
    }
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, worker));
  return createdAt;
}

/** What arrived of one event, as the simulated vendors saw it. */
export interface Arrival {
  readonly count: number;
  /** SHA-256 of its distinct contents. */
  readonly contents: readonly string[];
}

/** What has arrived, by event id: at whichever destination, so that one that came to both came twice. */
export async function arrivals(simulatorUrl: string): Promise<Map<string, Arrival>> {
  const response = await fetch(`${simulatorUrl}/_sim/events`);
  const lines = (await response.text()).split('\n').filter((line) => line !== '');
  const arrived = new Map<string, Arrival>();
  for (const line of lines) {
    const { eventID, count, contents } = JSON.parse(line) as Arrival & { eventID: string };
    const known = arrived.get(eventID) ?? { count: 0, contents: [] };
    arrived.set(eventID, { count: known.count + count, contents: [...known.contents, ...contents] });
  }
  return arrived;
}

/**
 * How many of the expected events have arrived. While there are fewer than expected, their number tells. After that
 * their ids must: one that two files hold has to arrive twice, and a duplicate must not count for another.
 */
export async function countArrived(
  simulator: Pick<Simulator, 'url' | 'state'>,
  expected: ReadonlyMap<string, number>,
): Promise<number> {
  const { cloudone, visionone } = simulator.state().received;
  const count = cloudone.events + visionone.events;
  const wanted = [...expected.values()].reduce((sum, times) => sum + times, 0);
  return count < wanted ? count : wanted - compare(expected, countsOf(await arrivals(simulator.url))).missing;
}

/**
 * Waits until every expected event has arrived and every poisonous file is in the dead-letter queue, or
 * until nothing has changed for as long as the patience lasts.
 */
export async function waitForDelivery(options: {
  readonly expectedEvents: number;
  readonly expectedDeadLetters: number;
  readonly arrived: () => Promise<number>;
  readonly deadLettered: () => Promise<number>;
  readonly onProgress: (arrived: number) => void;
  /** Milliseconds. @default a minute */
  readonly patienceMs?: number;
  /** Milliseconds between two looks. @default 200 */
  readonly pollMs?: number;
}): Promise<void> {
  const { patienceMs = PATIENCE_MS, pollMs = POLL_MS } = options;
  let seen = '';
  let changedAt = Date.now();
  for (;;) {
    const [arrived, deadLettered] = await Promise.all([options.arrived(), options.deadLettered()]);
    options.onProgress(arrived);
    if (arrived >= options.expectedEvents && deadLettered >= options.expectedDeadLetters) {
      return;
    }
    const now = `${arrived}/${deadLettered}`;
    if (now !== seen) {
      seen = now;
      changedAt = Date.now();
    }
    if (Date.now() - changedAt > patienceMs) {
      return;
    }
    await wait(pollMs);
  }
}

/** Compares what must arrive with what did. */
export function compare(
  expected: ReadonlyMap<string, number>,
  arrived: ReadonlyMap<string, number>,
): Omit<RehearsalReport['delivered'], 'altered'> {
  const missingIds: string[] = [];
  const duplicateIds: string[] = [];
  let missing = 0;
  let duplicates = 0;
  for (const [id, wanted] of expected) {
    const lacking = wanted - (arrived.get(id) ?? 0);
    if (lacking > 0) {
      missing += lacking;
      missingIds.push(id);
    }
  }
  for (const [id, count] of arrived) {
    const excess = count - (expected.get(id) ?? 0);
    if (excess > 0) {
      duplicates += excess;
      duplicateIds.push(id);
    }
  }
  return {
    events: [...arrived.values()].reduce((sum, count) => sum + count, 0),
    missing,
    duplicates,
    missingIds: missingIds.slice(0, SHOWN_IDS),
    duplicateIds: duplicateIds.slice(0, SHOWN_IDS),
  };
}

/** How often each event has arrived. */
export function countsOf(arrived: ReadonlyMap<string, Arrival>): Map<string, number> {
  return new Map([...arrived].map(([id, { count }]) => [id, count]));
}

/** How many events arrived with other content than the input has of them. */
export function countAltered(
  contents: ReadonlyMap<string, ReadonlySet<string>>,
  arrived: ReadonlyMap<string, Arrival>,
): number {
  return [...arrived].filter(([id, arrival]) => {
    const ours = contents.get(id);
    return ours !== undefined && arrival.contents.some((content) => !ours.has(content));
  }).length;
}

export interface LedgerEntry
  extends Pick<LedgerItem, 'object' | 'state' | 'acknowledgedAt' | 'sha256' | 'readRecords' | 'filter'> {
  readonly droppedByRule: ReadonlyMap<string, number>;
}

/** Reads the whole ledger. */
export async function readLedger({ dynamoDb }: Clients, table: string): Promise<LedgerEntry[]> {
  const items = [];
  for await (const page of paginateScan({ client: dynamoDb }, { TableName: table })) {
    for (const item of page.Items ?? []) {
      items.push({
        object: item.object?.S ?? '',
        state: item.state?.S as LedgerItem['state'],
        acknowledgedAt: item.acknowledgedAt?.S,
        sha256: item.sha256?.S,
        readRecords: item.readRecords === undefined ? undefined : Number(item.readRecords.N),
        filter: item.filter?.S,
        droppedByRule: new Map(
          Object.entries(item.droppedByRule?.M ?? {}).map(([rule, { N }]) => [rule, Number(N)]),
        ),
      });
    }
  }
  return items;
}

/** Records that the filter dropped, by the name of the rule, as the ledger says. */
export function filteredByRule(
  ledger: readonly Pick<LedgerEntry, 'droppedByRule'>[],
): RehearsalReport['filtered'] {
  const counts: Record<string, number> = {};
  for (const [rule, count] of ledger.flatMap(({ droppedByRule }) => [...droppedByRule])) {
    counts[rule] = (counts[rule] ?? 0) + count;
  }
  return counts;
}

/** From the object's creation to the acknowledgement that the ledger holds, in the order of creation. */
export function latencies(
  createdAt: ReadonlyMap<string, number>,
  ledger: readonly Pick<LedgerEntry, 'object' | 'acknowledgedAt'>[],
): RehearsalReport['latencyMs'] {
  const acknowledgedAt = new Map(
    ledger.flatMap(({ object, acknowledgedAt: at }) => {
      return at === undefined ? [] : [[keyIn(object), Date.parse(at)] as const];
    }),
  );
  const samples = [...createdAt]
    .sort(([, left], [, right]) => left - right)
    .flatMap(([key, created]) => {
      const acknowledged = acknowledgedAt.get(key);
      return acknowledged === undefined ? [] : [Math.max(0, acknowledged - created)];
    });
  const sorted = samples.toSorted((left, right) => left - right);
  const quantile = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { p50: quantile(0.5), p95: quantile(0.95), max: sorted.at(-1) ?? 0, samples };
}

/** The object's key in the ledger's name of it, `<bucket>/<key>#<version>`. */
export function keyIn(object: string): string {
  return object.slice(object.indexOf('/') + 1, object.lastIndexOf('#'));
}

/** Receives every message of the dead-letter queue. They stay invisible for a while, not deleted. */
export async function readDeadLetters(
  { sqs }: Clients,
  queueUrl: string,
): Promise<RehearsalReport['deadLettered']> {
  const letters: { key: string; reason: string; detail: string }[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        WaitTimeSeconds: 0,
      }),
    );
    if (Messages.length === 0) {
      return letters;
    }
    for (const { Body = '', MessageAttributes = {} } of Messages) {
      letters.push({
        key: keyOf(Body),
        reason: MessageAttributes[DEAD_LETTER_ATTRIBUTES.reason]?.StringValue ?? 'none given',
        detail: MessageAttributes[DEAD_LETTER_ATTRIBUTES.detail]?.StringValue ?? '',
      });
    }
  }
}

function keyOf(body: string): string {
  const parsed = objectMessageSchema.safeParse(parseJson(body));
  const message: ObjectMessage | undefined = parsed.data;
  return message?.detail.object.key ?? '(not a message about an object)';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A malformed message is one of the things that end in the dead-letter queue.
    return undefined;
  }
}

/** Messages in a queue, as the queue says; with those that somebody has received and not deleted. */
export async function countMessages(
  { sqs }: Clients,
  queueUrl: string,
): Promise<{ readonly visible: number; readonly all: number }> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  const visible = Number(Attributes?.ApproximateNumberOfMessages ?? 0);
  return { visible, all: visible + Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0) };
}
