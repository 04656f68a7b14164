/** The cases find what is wrong: each defect is put into the function's bundle, and a case must not survive it. */
import { describe, expect, it, vi } from 'vitest';
import { bundleFunctions, type Sabotage } from '../../faults/bundles.ts';
import { CASES } from '../../faults/cases/index.ts';
import { type CaseResult, runCases } from '../../faults/run.ts';

// Not a target: only so that a busy machine fails nothing.
vi.setConfig({ testTimeout: 180_000 });

const DEFECTS: readonly (readonly [defect: string, found: string, Sabotage, complaint: RegExp])[] = [
  // First, for it takes longest.
  [
    'the circuit never opens',
    'outage/an-hour-of-503',
    { file: 'forwarding/circuit.ts', replace: 'FAILURES_TO_OPEN = 3', by: 'FAILURES_TO_OPEN = 3e9' },
    /^the metric CircuitOpen does not show it$/,
  ],
  [
    'an object is acknowledged in the ledger before it is sent',
    'killed/alone-in-the-middle-of-the-upload',
    {
      file: 'forwarding/object-forwarder.ts',
      replace: 'const { summary, parts, records } = await deliver(',
      by:
        "await ledger.acknowledge(object, { parts: 1, records: 3, readRecords: 3, droppedByRule: new Map(), rawBytes: 1, sha256: 'x', acknowledgedAt: new Date() }, turn.cleanUpSignal);" +
        'const { summary, parts, records } = await deliver(',
    },
    /^lost: event/,
  ],
  [
    'a message that failed is deleted',
    'answer/503',
    {
      file: 'forwarding/batch.ts',
      replace: 'batchItemFailures: returns.map(',
      by: 'batchItemFailures: returns.slice(1).map(',
    },
    /^lost: event/,
  ],
  [
    'a bad object is swallowed',
    'poison/not-gzip',
    {
      file: 'forwarding/message-group.ts',
      replace: 'await this.#services.deadLetters.put(letter, this.#deadlines.cleanUp);',
      by: '',
    },
    /^dead letters: none; expected: NotGzip$/,
  ],
  [
    'a part has another key each time',
    'connection/reset-after-the-body-kept',
    {
      file: 'forwarding/part-uploader.ts',
      replace: "createHash('sha256')",
      by: "createHash('sha256').update(String(Math.random()))",
    },
    /arrived again under another key$/,
  ],
  [
    'what was acknowledged is forgotten',
    'message/twice-with-an-hour-between',
    {
      file: 'forwarding/ledger.ts',
      replace: "'attribute_not_exists(#state) ' +",
      by: "'attribute_not_exists(#state) OR #state = :acknowledged ' +",
    },
    /^the metric ObjectsForwarded says 10, and it is 5$/,
  ],
  [
    'nobody respects a lease',
    'message/to-two-functions-at-once',
    { file: 'forwarding/ledger.ts', replace: 'leaseUntil < :now', by: 'leaseUntil > :now' },
    /arrived again/,
  ],
  [
    'the circuit never closes',
    'outage/vision-one',
    { file: 'forwarding/circuit.ts', replace: 'await this.#change(undefined, signal);', by: '' },
    /^no metric says that it is over$/,
  ],
  [
    'receives are taken for tries',
    'outage/receives-do-not-count',
    {
      file: 'forwarding/message-group.ts',
      replace: 'if (this.#isLastCall) {\n      return await this.#deadLetter(failure,',
      by: 'if (this.#receives > 5) {\n      return await this.#deadLetter(failure,',
    },
    /^dead letters: /,
  ],
  [
    'Retry-After is not heeded',
    'answer/429-retry-after-seconds',
    {
      file: 'vendors/destination.ts',
      replace: "retryAfterMs(response.headers['retry-after'])",
      by: 'undefined as number | undefined; void retryAfterMs',
    },
    /^waited for .* ms, and was asked for 2000$/,
  ],
  [
    'a refused token is kept',
    'token/replaced-and-revoked',
    { file: 'forwarding/destination-token.ts', replace: 'this.#secrets.forget(this.#secretArn);', by: '' },
    /invocations for four batches$/,
  ],
  [
    'a failure is not counted',
    'answer/500',
    { file: 'forwarding/message-group.ts', replace: 'this.#services.metrics.failed();', by: '' },
    /^the metric ObjectsFailed does not show it$/,
  ],
  [
    'a token is told to whoever reads the dead letter',
    'answer/echo-of-the-token',
    { file: 'vendors/destination.ts', replace: 'credential === undefined ? []', by: 'true ? []' },
    /^a secret is shown/,
  ],
  [
    'half an object is taken for a whole one',
    's3/cut-off',
    {
      file: 'shared/stored-version.ts',
      replace: 'throw brokenOff(`S3 broke off',
      by: 'return; throw brokenOff(`S3 broke off',
    },
    /^dead letters: TruncatedGzip; expected: none$/,
  ],
  [
    'a checkpoint is saved before the data',
    'archive/appdynamics-killed-before-putobject',
    {
      file: 'archive/collect/run-collector.ts',
      replace: 'await archive.flush();\n        await checkpoint.save(next);',
      by: 'await checkpoint.save(next); await archive.flush();',
    },
    /^lost: /,
  ],
  [
    'what is stored is not marked stale',
    'archive/cloudone-stale-cursor',
    {
      file: 'archive/table/stale-hours.ts',
      replace: 'const markedAt = now();',
      by: 'const markedAt = now(); return store();',
    },
    /^lost: /,
  ],
  [
    'an hour is marked stale only when its records are stored',
    'archive/killed-after-its-only-object',
    {
      file: 'archive/table/stale-hours.ts',
      replace: 'await this.#update(source, hour, {\n      // Where',
      by: '((..._: unknown[]) => undefined)(source, hour, {\n      // Where',
    },
    /^lost: /,
  ],
  [
    'a mark is taken away while something is being stored',
    'archive/derived-between-the-mark-and-the-record',
    // And what was stored does not look whether its mark still stands.
    {
      file: 'archive/table/stale-hours.ts',
      replace: 'storingUntil: Number(storingUntil?.N ?? 0),',
      by: 'storingUntil: 0,',
      and: {
        replace: 'if (!(await this.#settle(source, hour, mark)))',
        by: 'if ((await this.#settle(source, hour, mark)) && mark === source)',
      },
    },
    /^lost: /,
  ],
  [
    'a record that is known is stored again',
    'archive/cloudone-killed-after-putobject',
    { file: 'archive/raw/known-ids.ts', replace: '!known.has(shortOf(id))', by: 'true' },
    /records are stored again/,
  ],
  [
    'a collector respects no lease',
    'archive/cloudone-twice-at-once',
    { file: 'archive/table/lease.ts', replace: 'leaseUntil < :now', by: 'leaseUntil > :now' },
    /^the second run began to work/,
  ],
  [
    'the derivation respects no lease',
    'archive/derivation-twice-at-once',
    { file: 'archive/table/lease.ts', replace: 'leaseUntil < :now', by: 'leaseUntil > :now' },
    /^the second run began to work/,
  ],
  [
    'a mark is taken away although it was renewed',
    'archive/stored-while-deriving-before-its-files',
    {
      file: 'archive/table/stale-hours.ts',
      replace: "Key: keyOf(source, hour),\n      ConditionExpression: 'staleMark = :mark'",
      by: "Key: keyOf(source, hour),\n      ConditionExpression: 'staleMark <> :mark OR staleMark = :mark'",
      and: {
        replace: 'if (!(await this.#settle(source, hour, mark)))',
        by: 'if ((await this.#settle(source, hour, mark)) && mark === source)',
      },
    },
    /^lost: /,
  ],
];

async function run(name: string, sabotage: Sabotage): Promise<CaseResult | undefined> {
  const bundles = await bundleFunctions(sabotage);
  try {
    const cases = CASES.filter((fault) => fault.name === name);
    return (await runCases({ cases, bundles: bundles.paths, width: 1 })).cases[0];
  } finally {
    bundles.remove();
  }
}

// At once, for most of them wait for most of their time. That they find nothing else is what npm run faults shows.
describe.concurrent('the cases', () => {
  it.each(DEFECTS)('find that %s, by %s', async (_defect, name, sabotage, complaint) => {
    const result = await run(name, sabotage);

    expect(result?.complaints).toContainEqual(expect.stringMatching(complaint));
    expect(result?.survived).toBe(false);
  });
});
