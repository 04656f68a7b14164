import { beforeEach, describe, expect, test, vi } from 'vitest';
import { run } from '../../cli/program.ts';
import { Pacemaker } from '../../cli/progress-line.ts';
import {
  type BackfillProgress,
  backfillOrderSchema,
  backfillProgressSchema,
  backfillTurnSchema,
} from '../../contract/backfill.ts';
import { roughly } from '../../lambda/shared/roughly.ts';
import { type FakeAws, fakeAws, LISTINGS } from './fake-aws.ts';
import { captureStreams } from './streams.ts';

const MARCH = ['--from', '2026-03-01', '--to', '2026-03-31'];
let aws: FakeAws;

beforeEach(() => {
  vi.restoreAllMocks();
  vi.stubEnv('AWS_REGION', 'us-east-1');
  aws = fakeAws();
});

/** What the deployed lister notes, one after the other, each time the command has waited. */
type Notes = readonly Partial<BackfillProgress>[];

async function trailbridge(
  argv: readonly string[],
  { notes = [], columns }: { readonly notes?: Notes; readonly columns?: number } = {},
) {
  const { streams, written } = captureStreams();
  const coming = [...notes];
  const exitStatus = await run(['backfill', ...argv], {
    ...streams,
    ...(columns === undefined ? {} : { terminal: { columns: () => columns } }),
    wait: async () => {
      const next = coming.shift();
      if (next !== undefined) {
        note(next);
      }
    },
  });
  return { exitStatus, ...written };
}

const tally = (objects: number) => ({ objects, bytes: objects * 1_000_000 });
const COURSE: Notes = [
  { counted: tally(150) },
  { phase: 'queueing', counted: tally(200), queued: tally(50) },
  { phase: 'queueing', counted: tally(200), queued: tally(100) },
  { phase: 'complete', counted: tally(200), queued: tally(200) },
];

function item() {
  const [[key, found] = ['', {}], ...others] = [...aws.items].filter(([name]) =>
    name.startsWith('#backfill/'),
  );
  expect(others).toEqual([]);
  return {
    key,
    order: backfillOrderSchema.parse(JSON.parse(found.backfillOrder?.S ?? '')),
    progress: backfillProgressSchema.parse(JSON.parse(found.backfillProgress?.S ?? '')),
    revision: Number(found.revision?.N),
    found,
  };
}

function note(progress: Partial<BackfillProgress>): void {
  const { key, found, revision, progress: former } = item();
  aws.items.set(key, {
    ...found,
    backfillProgress: { S: JSON.stringify({ ...former, ...progress }) },
    revision: { N: String(revision + 1) },
  });
}

const turns = () => aws.bodies(LISTINGS).map((body) => backfillTurnSchema.parse(JSON.parse(body)));

describe('what the lister is asked for', () => {
  test('days, accounts, regions and the rate, counted first', async () => {
    const filters = [
      '--account',
      '111122223333',
      '444455556666',
      '--log-region',
      'eu-west-1',
      '--rate',
      '2.5',
    ];

    const { exitStatus } = await trailbridge([...MARCH, ...filters, '--no-wait']);

    expect(exitStatus).toBe(0);
    expect(item().order).toMatchObject({
      bucket: 'my-logs',
      days: { first: '2026-03-01', last: '2026-03-31' },
      accounts: ['111122223333', '444455556666'],
      regions: ['eu-west-1'],
      ratePerSecond: 2.5,
      countFirst: true,
      dryRun: false,
    });
    expect(item().progress).toMatchObject({ phase: 'counting', queued: { objects: 0, bytes: 0 } });
    expect(turns()).toEqual([{ backfill: item().key.slice('#backfill/'.length), chain: 1 }]);
  });

  test('up to today, where no last day is given', async () => {
    await trailbridge(['--from', '2026-03-01', '--no-wait']);

    expect(item().order.days.last).toBe(new Date().toISOString().slice(0, 10));
  });

  test('the region of the stack is another matter than those of the files', async () => {
    await trailbridge([...MARCH, '--region', 'eu-central-1', '--log-region', 'eu-west-1', '--no-wait']);

    expect(item().order.regions).toEqual(['eu-west-1']);
    await expect(aws.cloudFormation.calls()[0]?.thisValue.config.region()).resolves.toBe('eu-central-1');
  });

  test('not to be counted first', async () => {
    await trailbridge([...MARCH, '--no-count', '--no-wait']);

    expect(item().progress.phase).toBe('queueing');
  });
});

describe('interrupted, it is gone on with', () => {
  test('by the same command, from where it was, at another rate', async () => {
    await trailbridge([...MARCH, '--no-wait']);
    note({
      phase: 'queueing',
      queued: tally(7),
      position: { folder: 'AWSLogs/' },
      failure: 'AccessDenied: no',
    });

    const { err } = await trailbridge([...MARCH, '--rate', '10', '--no-wait']);

    expect(err).toMatch(/^The backfill \w+ goes on from where it was\.\n$/);
    expect(item()).toMatchObject({
      order: { ratePerSecond: 10 },
      progress: { phase: 'queueing', queued: tally(7), position: { folder: 'AWSLogs/' } },
    });
    expect(item().progress.failure).toBeUndefined();
    // The messages of the former chain are dropped.
    expect(turns().map(({ chain }) => chain)).toEqual([1, 2]);
  });

  test('by its id', async () => {
    await trailbridge([...MARCH, '--no-wait', '--account', '111122223333']);
    note({ phase: 'queueing', queued: tally(7) });

    await trailbridge(['--resume', item().key.slice('#backfill/'.length), '--no-wait']);

    expect(item()).toMatchObject({
      order: { accounts: ['111122223333'], days: { first: '2026-03-01' } },
      progress: { queued: tally(7) },
    });
    expect(turns().map(({ chain }) => chain)).toEqual([1, 2]);
  });

  test('when the order was noted and no message sent', async () => {
    const { SendMessageCommand } = await import('@aws-sdk/client-sqs');
    aws.sqs.on(SendMessageCommand).rejectsOnce(new Error('The terminal was closed.'));
    await expect(trailbridge([...MARCH, '--no-wait'])).rejects.toThrow('closed');
    expect(turns()).toEqual([]);

    aws.sqs.on(SendMessageCommand).callsFake(({ QueueUrl, MessageBody }) => {
      aws.put(QueueUrl, { body: MessageBody });
      return {};
    });
    await trailbridge([...MARCH, '--no-wait']);

    expect(turns()).toEqual([expect.objectContaining({ chain: 2 })]);
  });

  test('other days or filters are another backfill, the same ones in another order are not', async () => {
    const ids = [];
    for (const argv of [
      [...MARCH],
      ['--from', '2026-03-02', '--to', '2026-03-31'],
      [...MARCH, '--dry-run'],
      [...MARCH, '--account', '111122223333', '444455556666'],
      [...MARCH, '--account', '444455556666', '111122223333'],
    ]) {
      const { out } = await trailbridge([...argv, '--no-wait', '--json']);
      ids.push(JSON.parse(out).backfill);
    }

    expect(new Set(ids).size).toBe(4);
    expect(ids[3]).toBe(ids[4]);
  });

  test('complete, it is begun anew by its days, and not by its id', async () => {
    await trailbridge([...MARCH, '--no-wait']);
    note({ phase: 'complete', counted: tally(3), queued: tally(3) });
    aws.depths = [{ waiting: 0, inFlight: 0, delayed: 0 }];

    const byId = await trailbridge(['--resume', item().key.slice('#backfill/'.length)]);
    expect(byId).toMatchObject({
      exitStatus: 0,
      err: expect.stringContaining('is complete: all is queued.'),
      out: expect.stringContaining('3 files (3.0 MB, compressed) queued'),
    });
    expect(turns()).toHaveLength(1);

    await trailbridge([...MARCH, '--no-wait']);
    expect(item().progress).toMatchObject({ phase: 'counting', queued: { objects: 0 } });
  });

  test('one that nobody knows', async () => {
    const { exitStatus, err } = await trailbridge(['--resume', 'nonsense']);

    expect(exitStatus).toBe(1);
    expect(err).toContain('There is no backfill "nonsense"');
  });
});

describe('watching', () => {
  test('to the end: counted, queued, and out of the queue', async () => {
    aws.depths = [5, 160, 80, 5, 5, 5].map((waiting) => ({ waiting, inFlight: 0, delayed: 0 }));

    const { exitStatus, out, err } = await trailbridge(MARCH, { notes: COURSE });

    expect(exitStatus).toBe(0);
    expect(out).toBe(
      '200 files (200.0 MB, compressed) queued for 2026-03-01 to 2026-03-31.\n' +
        'As many as were queued have left the queue; 5 files still wait in it, of these or of others.\n',
    );
    // Without a terminal: a line for each stage, and no control characters.
    expect(err.split('\n')).toEqual([
      expect.stringMatching(/^The backfill \w{8} has begun\.$/),
      'Counting: 0 files so far (0 KB)',
      'Queueing: 25 %, 50 of 200 files',
      'Forwarding: 20 %, 160 files in the queue, newer ones included',
      '',
    ]);
  });

  test('in a terminal: one line that is rewritten, never wider than the terminal', async () => {
    aws.depths = [{ waiting: 0, inFlight: 0, delayed: 0 }];

    const { err } = await trailbridge(MARCH, { notes: COURSE, columns: 40 });

    const shown = err.split('\r\u001b[2K').slice(1);
    expect(shown.length).toBeGreaterThan(3);
    expect(Math.max(...shown.map((line) => line.length))).toBeLessThan(40);
    expect(shown).toContainEqual(expect.stringMatching(/^Queueing █{12}░{12} {2}50 %/));
    // The line is cleared before the result is told.
    expect(shown.at(-1)).toBe('');
  });

  test('with --json nothing is told but the result', async () => {
    const { out, err } = await trailbridge([...MARCH, '--dry-run', '--json'], {
      notes: [{ phase: 'complete', counted: tally(3) }],
    });

    expect(err).toBe('');
    expect(JSON.parse(out)).toMatchObject({
      phase: 'complete',
      dryRun: true,
      counted: tally(3),
      queued: { objects: 0 },
      watchedToTheEnd: true,
    });
  });

  test('a dry run tells what it does not know', async () => {
    const { out } = await trailbridge([...MARCH, '--dry-run'], {
      notes: [{ phase: 'complete', counted: tally(1234) }],
    });

    expect(out).toMatch(/^1,234 files \(1234\.0 MB, compressed\) would be queued.*was not looked up/s);
  });

  test('a failure of the lister ends the watching, and says how to go on', async () => {
    const { exitStatus, err } = await trailbridge(MARCH, { notes: [{ failure: 'AccessDenied: no.' }] });

    expect(exitStatus).toBe(1);
    expect(err).toMatch(
      /The lister has failed \(AccessDenied: no\)\..*npx trailbridge backfill --resume \w{8}\n$/s,
    );
  });

  test('while forwarding is paused it does not wait for the queue', async () => {
    aws.items.set('#pause', { pausedAt: { S: '2026-11-01T00:00:00.000Z' }, withBacklog: { BOOL: false } });
    aws.depths = [{ waiting: 200, inFlight: 0, delayed: 0 }];

    const { exitStatus, out } = await trailbridge(MARCH, { notes: COURSE });

    expect(exitStatus).toBe(0);
    expect(out).toContain('Forwarding is paused since 2026-11-01T00:00:00.000Z: they wait until');
  });

  test('whoever has seen enough may leave: it goes on', async () => {
    const { streams, written } = captureStreams();
    const controller = new AbortController();

    const exitStatus = await run(['backfill', ...MARCH], {
      ...streams,
      onInterrupt: () => controller.signal,
      wait: async () => controller.abort(),
    });

    expect(exitStatus).toBe(130);
    expect(written.out).toMatch(/The lister goes on without this terminal.*--resume \w{8}\n$/s);
  });
});

describe('a wrong command line is 2, and nothing is asked of AWS', () => {
  test.each([
    [[], /Give the first day with --from/],
    [['--from', '2026-02-30'], /A day is given as YYYY-MM-DD/],
    [['--from', 'yesterday'], /A day is given as YYYY-MM-DD/],
    [['--from', '2026-03-02', '--to', '2026-03-01'], /--from 2026-03-02 is after --to 2026-03-01/],
    [['--from', '2026-03-02', '--to', '2999-03-01'], /is in the future/],
    [[...MARCH, '--account', '123'], /has 12 digits/],
    [[...MARCH, '--log-region', 'EU/WEST'], /given by its code/],
    [[...MARCH, '--rate', '0'], /from 0\.1 to 10000/],
    [[...MARCH, '--rate', 'fast'], /from 0\.1 to 10000/],
    [['--resume', 'x', '--from', '2026-03-01'], /Leave the other options out/],
  ])('%j', async (argv, complaint) => {
    const { exitStatus, out, err } = await trailbridge(argv);

    expect(exitStatus).toBe(2);
    expect(err).toMatch(complaint);
    expect(out).toBe('');
    expect(aws.cloudFormation.calls()).toEqual([]);
  });
});

describe('an honest estimate', () => {
  test('none while there is little to go by', () => {
    const pacemaker = new Pacemaker();
    expect(pacemaker.left({ done: 0, of: 1000 }, 0)).toBe('');
    expect(pacemaker.left({ done: 500, of: 1000 }, 4_000)).toBe('');
    expect(pacemaker.left({ done: 5, of: 1000 }, 60_000)).toBe('');
    expect(pacemaker.left({ done: 1000, of: 1000 }, 60_000)).toBe('');
  });

  test('at the pace since it was first looked at', () => {
    const pacemaker = new Pacemaker();
    pacemaker.left({ done: 400, of: 1000 }, 0);
    expect(pacemaker.left({ done: 500, of: 1000 }, 60_000)).toBe('about 5 min left');
  });

  test.each([
    [400, '1 s'],
    [80_000, '80 s'],
    [10 * 60_000, '10 min'],
    [5 * 3_600_000, '5 h'],
    [3 * 86_400_000, '3 days'],
  ])('%i ms are %s', (ms, words) => {
    expect(roughly(ms)).toBe(words);
  });
});
