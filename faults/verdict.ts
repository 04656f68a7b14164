/** Judges a case by what is at the destination, in the queues, in the ledger and in the logs. */
import { createHash } from 'node:crypto';
import { DEAD_LETTER_ATTRIBUTES } from '../contract/forwarding.ts';
import { FORWARDING_METRICS } from '../contract/metrics.ts';
import type { FaultCase } from './case.ts';
import { LoggedMetrics } from './metrics.ts';
import type { QueuedMessage } from './stand-ins/sqs.ts';
import type { StoredTrailFile, World } from './world.ts';

export interface Verdict {
  readonly observed: string;
  /** Events that are neither at the destination nor in a file with a dead letter. */
  readonly lost: number;
  /** Events that arrived again. */
  readonly duplicates: number;
  /** What is not as it must be; none where the case is survived. */
  readonly complaints: readonly string[];
}

export function judge(fault: FaultCase, world: World, found: readonly string[]): Verdict {
  const metrics = new LoggedMetrics(world.lines);
  const letters = world.aws.deadLetters.messages;
  const counts = world.destination.counts;
  const lost = lostEvents(world, counts);
  const duplicates = [...counts.values()].reduce((sum, count) => sum + count - 1, 0);
  const complaints = [
    ...found,
    ...(lost.length > 0 ? [`lost: ${shortened(lost)}`] : []),
    ...duplicateComplaints(fault, world, duplicates),
    ...letterComplaints(fault, letters),
    ...queueComplaints(world),
    ...ledgerComplaints(world, counts),
    ...metricComplaints(fault, world, metrics),
    ...secretComplaints(world, letters),
    ...world.aws.server.defects,
    ...world.destination.server.defects,
  ];
  return { observed: observationOf(world, metrics, counts), lost: lost.length, duplicates, complaints };
}

function lostEvents(world: World, counts: ReadonlyMap<string, number>): string[] {
  const accounted = new Set(world.aws.deadLetters.messages.filter(reasonOf).map(({ body }) => body));
  return world.files
    .filter(({ messageBody }) => !accounted.has(messageBody))
    .flatMap(({ ids }) => ids)
    .filter((id) => !counts.has(id));
}

function duplicateComplaints(fault: FaultCase, world: World, duplicates: number): string[] {
  const { duplicates: allowed = 0, otherKeys = false } = fault;
  const complaints = duplicates > allowed ? [`${duplicates} events arrived again, and ${allowed} may`] : [];
  const contents = new Map<string, string>();
  const keyOfEvent = new Map<string, string>();
  for (const { ids, idempotencyKey } of world.destination.kept) {
    const content = ids.join();
    if ((contents.get(idempotencyKey) ?? content) !== content) {
      complaints.push('one idempotency key stands for two contents');
    }
    contents.set(idempotencyKey, content);
    for (const id of ids) {
      if (!otherKeys && (keyOfEvent.get(id) ?? idempotencyKey) !== idempotencyKey) {
        complaints.push(`${id} arrived again under another key`);
      }
      keyOfEvent.set(id, idempotencyKey);
    }
  }
  return complaints;
}

function letterComplaints({ deadLetters = [] }: FaultCase, letters: readonly QueuedMessage[]): string[] {
  const reasons = letters.map((letter) => reasonOf(letter) ?? 'no reason');
  const wanted = deadLetters.toSorted().join(', ') || 'none';
  const there = reasons.toSorted().join(', ') || 'none';
  const undetailed = letters.filter(
    ({ attributes }) => (attributes[DEAD_LETTER_ATTRIBUTES.detail]?.length ?? 0) < 10,
  );
  return [
    ...(wanted === there ? [] : [`dead letters: ${there}; expected: ${wanted}`]),
    ...undetailed.map(() => 'a dead letter without a sentence for a person'),
  ];
}

function queueComplaints(world: World): string[] {
  const { queue } = world.aws;
  const { errors, misunderstood } = world.mapping.invocations;
  return [
    ...(queue.messages.length > 0 ? [`${queue.messages.length} messages are left in the queue`] : []),
    ...(queue.dropped.length > 0 ? [`the queue dropped ${queue.dropped.length} messages for their age`] : []),
    ...(queue.redriven > 0 ? [`the queue gave up ${queue.redriven} messages after their receives`] : []),
    ...errors.map((error) => `the handler threw: ${error}`),
    ...misunderstood.map((answer) => `an answer that Lambda does not understand: ${answer}`),
  ];
}

/** Whatever has no dead letter must be acknowledged there, with the digest that CloudTrail lists. */
function ledgerComplaints(world: World, counts: ReadonlyMap<string, number>): string[] {
  const given = new Set(world.aws.deadLetters.messages.map(({ body }) => body));
  return world.files.flatMap(({ ledgerKey, messageBody, text, ids, key }: StoredTrailFile) => {
    const item = world.aws.dynamoDb.items.get(ledgerKey);
    const isAcknowledged = item?.state?.S === 'acknowledged';
    if (isAcknowledged && ids.some((id) => !counts.has(id))) {
      return [`the ledger says that ${key} is acknowledged, and it has not arrived`];
    }
    if (given.has(messageBody)) {
      return [];
    }
    const sha256 = createHash('sha256')
      .update(text ?? '')
      .digest('hex');
    return isAcknowledged && item.sha256?.S === sha256 ? [] : [`the ledger does not vouch for ${key}`];
  });
}

function metricComplaints({ visible = [] }: FaultCase, world: World, metrics: LoggedMetrics): string[] {
  const complaints = visible.flatMap((name) =>
    metrics.sum(name) > 0 ? [] : [`the metric ${name} does not show it`],
  );
  const acknowledged = [...world.aws.dynamoDb.items.values()].filter(
    ({ state }) => state?.S === 'acknowledged',
  );
  const records = acknowledged.reduce((sum, { records: count }) => sum + Number(count?.N), 0);
  const expected: readonly (readonly [string, number])[] = [
    [FORWARDING_METRICS.objectsForwarded, acknowledged.length],
    [FORWARDING_METRICS.recordsForwarded, records],
    [FORWARDING_METRICS.objectsDeadLettered, world.aws.deadLetters.messages.length],
  ];
  for (const [name, value] of expected) {
    // A process that is killed takes along what it was about to tell.
    const isRight = world.deaths > 0 ? metrics.sum(name) <= value : metrics.sum(name) === value;
    if (!isRight) {
      complaints.push(`the metric ${name} says ${metrics.sum(name)}, and it is ${value}`);
    }
  }
  return complaints;
}

function secretComplaints(world: World, letters: readonly QueuedMessage[]): string[] {
  const shown = [...world.lines, ...letters.map((letter) => JSON.stringify(letter))].join('\n');
  return world.aws.secrets
    .allValues()
    .filter((value) => value.trim() !== '' && shown.includes(value))
    .map(() => 'a secret is shown in a log or a dead letter');
}

function observationOf(world: World, metrics: LoggedMetrics, counts: ReadonlyMap<string, number>): string {
  const total = world.files.reduce((sum, { ids }) => sum + ids.length, 0);
  const { answered, died } = world.mapping.invocations;
  const reasons = world.aws.deadLetters.messages.map((letter) => reasonOf(letter) ?? 'no reason');
  const failed = metrics.sum(FORWARDING_METRICS.objectsFailed);
  const postponed = metrics.sum(FORWARDING_METRICS.objectsPostponed);
  const openings = world.aws.dynamoDb.circuitStates.filter(({ probing }) => probing?.BOOL === false).length;
  const { uploads } = world.destination;
  return [
    `${counts.size} of ${total} events arrived, with ${plural(uploads, 'upload')} in ${plural(answered + died, 'invocation')}`,
    ...(died > 0 ? [`killed ${plural(died, 'time')}`] : []),
    ...(failed > 0 ? [`${plural(failed, 'try', 'tries')} failed and came back`] : []),
    ...(openings > 0 ? [`circuit opened ${plural(openings, 'time')}, ${postponed} put off`] : []),
    ...(reasons.length > 0 ? [`dead letters: ${shortened(reasons)}`] : []),
    `over ${duration(world.clock.elapsedMs)}`,
  ].join('; ');
}

function reasonOf({ attributes }: QueuedMessage): string | undefined {
  return attributes[DEAD_LETTER_ATTRIBUTES.reason];
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

const SHOWN = 5;

function shortened(words: readonly string[]): string {
  const more = words.length > SHOWN ? ` and ${words.length - SHOWN} more` : '';
  return `${words.slice(0, SHOWN).join(', ')}${more}`;
}

function duration(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 2) {
    return `${Math.round(ms / 1000)} s`;
  }
  return minutes < 120 ? `${Math.round(minutes)} min` : `${(minutes / 60).toFixed(1)} h`;
}
