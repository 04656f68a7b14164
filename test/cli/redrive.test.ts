import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { run } from '../../cli/program.ts';
import {
  DEAD_LETTERS,
  EVENTS,
  type FakeAws,
  fakeAws,
  LISTING_DEAD_LETTERS,
  LISTINGS,
  QUEUE,
} from './fake-aws.ts';
import { captureStreams } from './streams.ts';

let aws: FakeAws;

beforeEach(() => {
  vi.restoreAllMocks();
  vi.stubEnv('AWS_REGION', 'us-east-1');
  aws = fakeAws();
});

async function trailbridge(...argv: string[]) {
  const { streams, written } = captureStreams();
  const exitStatus = await run(['redrive', ...argv], streams);
  return { exitStatus, ...written };
}

function bodyOf(key: string): string {
  const detail = { bucket: { name: 'my-logs' }, object: { key } };
  return JSON.stringify({ source: 'aws.s3', 'detail-type': 'Object Created', detail });
}
const KEY = 'AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/01/a.json.gz';
const dead = (reason: string, key = KEY) =>
  aws.put(DEAD_LETTERS, { body: bodyOf(key), reason, detail: 'why' });
const hidden = (queue: string) => aws.queues.get(queue)?.filter(({ isVisible }) => !isVisible) ?? [];

test('everything goes back to where it came from, and is gone here', async () => {
  dead('NotGzip', 'a');
  aws.put(DEAD_LETTERS, { body: bodyOf('b') });
  aws.put(EVENTS, { body: bodyOf('c') });
  aws.put(LISTING_DEAD_LETTERS, { body: '{"backfill":"b1","chain":1}' });

  const { exitStatus, out } = await trailbridge();

  expect(exitStatus).toBe(0);
  expect(aws.bodies(QUEUE)).toEqual(['a', 'b', 'c'].map(bodyOf));
  expect(aws.bodies(LISTINGS)).toEqual(['{"backfill":"b1","chain":1}']);
  expect([DEAD_LETTERS, EVENTS, LISTING_DEAD_LETTERS].flatMap(aws.bodies)).toEqual([]);
  expect(out).toBe(
    [
      'NotGzip                 1  a: why',
      'Unexplained             1  b',
      'EventNotDelivered       1  c',
      'NotListed               1  ',
      '4 moved back, 0 left.',
      '',
    ].join('\n'),
  );
});

test('nothing there', async () => {
  await expect(trailbridge()).resolves.toMatchObject({ exitStatus: 0, out: 'There are no dead letters.\n' });
});

test('a dry run shows, and lets everything go', async () => {
  dead('NotGzip');
  dead('NotGzip');
  dead('Unexpected');

  const { exitStatus, out } = await trailbridge('--dry-run', '--reason', 'notgzip', '--json');

  expect(exitStatus).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    found: { NotGzip: 2, Unexpected: 1 },
    chosen: 2,
    moved: 0,
    dryRun: true,
  });
  expect(aws.bodies(DEAD_LETTERS)).toHaveLength(3);
  expect(hidden(DEAD_LETTERS)).toEqual([]);
});

describe('what is chosen', () => {
  beforeEach(() => {
    for (let index = 0; index < 25; index += 1) {
      dead(index % 2 === 0 ? 'ObjectUnreadable' : 'NotJson', `${index % 5 === 0 ? 'x' : 'y'}/${index}`);
    }
    aws.put(LISTING_DEAD_LETTERS, { body: '{}' });
  });

  test.each([
    ['by reason', ['--reason', 'ObjectUnreadable'], 13],
    ['by several', ['--reason', 'ObjectUnreadable', 'NotJson'], 25],
    ['by the beginning of the key', ['--object', 'x/'], 5],
    ['by both', ['--object', 'x/', '--reason', 'NotJson'], 2],
    ['as many as asked for', ['--limit', '7'], 7],
    ['as many of those as asked for', ['--reason', 'NotJson', '--limit', '3'], 3],
  ])('%s; the rest stays, and can be seen', async (_what, argv, count) => {
    const { exitStatus } = await trailbridge(...argv);

    expect(exitStatus).toBe(0);
    expect(aws.bodies(QUEUE)).toHaveLength(count);
    expect(aws.bodies(DEAD_LETTERS)).toHaveLength(25 - count);
    expect(hidden(DEAD_LETTERS)).toEqual([]);
    expect(aws.bodies(LISTING_DEAD_LETTERS)).toHaveLength(1);
  });
});

test('with a limit it looks no further, and says about how many it has not seen', async () => {
  for (let letter = 0; letter < 40; letter += 1) {
    dead('NotJson', `key-${letter}`);
  }

  const { exitStatus, out } = await trailbridge('--limit', '5');

  expect(exitStatus).toBe(0);
  expect(out).toMatch(/5 moved back.*About 3\d more were not looked at/s);
});

test('what comes from outside cannot write on the terminal', async () => {
  dead('NotJson', 'a\u001b[2Kb');

  const { out } = await trailbridge('--dry-run');

  expect(out).toContain('a [2Kb');
  expect(out).not.toContain('\u001b');
});

test('what fails again at once is not moved for ever', async () => {
  dead('NotGzip');
  aws.whenSent = (queue, body) => {
    if (queue === QUEUE) {
      aws.put(DEAD_LETTERS, { body, reason: 'NotGzip' });
    }
  };

  const { exitStatus, out } = await trailbridge();

  expect(exitStatus).toBe(0);
  expect(aws.bodies(QUEUE)).toHaveLength(1);
  expect(aws.bodies(DEAD_LETTERS)).toHaveLength(1);
  expect(hidden(DEAD_LETTERS)).toEqual([]);
  expect(out).toContain('1 came back at once');
});

test('what SQS does not take stays, and is 1', async () => {
  dead('Unexpected', 'a');
  dead('Unexpected', 'b');
  aws.sqs.on(SendMessageBatchCommand).callsFake(({ QueueUrl, Entries }) => {
    aws.put(QueueUrl, { body: Entries[1].MessageBody });
    return { Failed: [{ Id: '0', Code: 'InternalError', SenderFault: false }] };
  });

  const { exitStatus, out } = await trailbridge();

  expect(exitStatus).toBe(1);
  expect(aws.bodies(DEAD_LETTERS)).toEqual([bodyOf('a')]);
  expect(hidden(DEAD_LETTERS)).toEqual([]);
  expect(out).toContain('SQS did not take 1: try again.');
});

test('large bodies are sent in calls of their own', async () => {
  for (let index = 0; index < 3; index += 1) {
    aws.put(DEAD_LETTERS, { body: String(index).repeat(200_000), reason: 'MalformedMessage' });
  }

  await trailbridge();

  expect(
    aws.sqs.commandCalls(SendMessageBatchCommand).map(({ args }) => args[0].input.Entries?.length),
  ).toEqual([1, 1, 1]);
});

test('interrupted, it ends what it has begun, lets go of the rest and says so', async () => {
  for (let index = 0; index < 30; index += 1) {
    dead('Unexpected', String(index));
  }
  const { streams, written } = captureStreams();
  const controller = new AbortController();
  aws.whenSent = () => controller.abort();

  const exitStatus = await run(['redrive'], { ...streams, onInterrupt: () => controller.signal });

  expect(exitStatus).toBe(130);
  expect(written.out).toMatch(/Interrupted: 10 moved back/);
  expect(aws.bodies(QUEUE)).toHaveLength(10);
  expect(aws.bodies(DEAD_LETTERS)).toHaveLength(20);
  expect(hidden(DEAD_LETTERS)).toEqual([]);
});

test('wherever it is killed, every letter is in one of the queues', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
      fc.constantFrom<string[]>([], ['--reason', 'NotJson'], ['--limit', '13'], ['--dry-run']),
      async (letters, calls, took, argv) => {
        aws = fakeAws();
        for (let index = 0; index < letters; index += 1) {
          dead(index % 3 === 0 ? 'NotJson' : 'Unexpected', String(index));
        }
        const send = SQSClient.prototype.send as (...args: unknown[]) => Promise<unknown>;
        let left = calls;
        const spy = vi.spyOn(SQSClient.prototype, 'send').mockImplementation(async function dying(
          this: unknown,
          ...args: unknown[]
        ) {
          left -= 1;
          if (left < 0 || (left === 0 && !took)) {
            throw new Error('killed');
          }
          const answer = await send.apply(this, args);
          if (left === 0) {
            throw new Error('killed');
          }
          return answer;
        } as never);
        try {
          await trailbridge(...argv);
        } catch {
          // Killed: what it has left behind is looked at.
        } finally {
          spy.mockRestore();
        }

        const everywhere = new Set([...aws.bodies(QUEUE), ...aws.bodies(DEAD_LETTERS)]);
        expect(everywhere.size).toBe(letters);
        if (argv[0] === '--dry-run') {
          expect(aws.bodies(QUEUE)).toEqual([]);
        }
        // And the next run puts right what this one has left, when it is visible again.
        for (const message of aws.queues.get(DEAD_LETTERS) ?? []) {
          message.isVisible = true;
        }
        await trailbridge();
        expect(new Set(aws.bodies(QUEUE)).size).toBe(letters);
        expect(aws.bodies(DEAD_LETTERS)).toEqual([]);
      },
    ),
    { numRuns: 100 },
  );
});
