import { UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { forgottenBy } from '../../cli/commands/resume.ts';
import { run } from '../../cli/program.ts';
import { backfillOrderSchema } from '../../contract/backfill.ts';
import { OUTPUTS } from '../../contract/parameters.ts';
import { type FakeAws, fakeAws, LISTINGS, OUTPUT_VALUES, QUEUE } from './fake-aws.ts';
import { captureStreams } from './streams.ts';

const DAY_MS = 86_400_000;
let aws: FakeAws;

beforeEach(() => {
  vi.restoreAllMocks();
  vi.stubEnv('AWS_REGION', 'us-east-1');
  aws = fakeAws();
});

async function trailbridge(...argv: string[]) {
  const { streams, written } = captureStreams();
  const exitStatus = await run(argv, streams);
  return { exitStatus, ...written };
}
const updates = () =>
  aws.lambda.commandCalls(UpdateEventSourceMappingCommand).map(({ args }) => args[0].input.Enabled);
const pausedDaysAgo = (days: number, withBacklog = false) => {
  const since = new Date(Date.now() - days * DAY_MS);
  aws.mapping = { State: 'Disabled', LastModified: since };
  aws.items.set('#pause', { pausedAt: { S: since.toISOString() }, withBacklog: { BOOL: withBacklog } });
  return since;
};

describe('pause', () => {
  test('disables the mapping, waits until it is, and remembers since when', async () => {
    aws.put(QUEUE, { body: 'waiting' });

    const { exitStatus, out } = await trailbridge('pause');

    expect(exitStatus).toBe(0);
    expect(aws.mapping.State).toBe('Disabled');
    expect(aws.transitions).toEqual([]);
    expect(aws.items.get('#pause')).toMatchObject({ withBacklog: { BOOL: true } });
    expect(out).toMatch(
      /^Forwarding is paused since \d{4}-.+Z\.\nIn the queue: 1 file\. To go on: npx trailbridge resume\n$/,
    );
  });

  test('remembers it before the mapping is disabled', async () => {
    aws.lambda.on(UpdateEventSourceMappingCommand).rejects(new Error('The terminal was closed.'));

    await expect(trailbridge('pause')).rejects.toThrow('closed');

    expect(aws.items.has('#pause')).toBe(true);
  });

  test('twice is once: the first counts', async () => {
    await trailbridge('pause');
    const first = aws.items.get('#pause');

    const { exitStatus, out } = await trailbridge('pause', '--json');

    expect(exitStatus).toBe(0);
    expect(updates()).toEqual([false]);
    expect(JSON.parse(out)).toMatchObject({ wasPaused: true, pausedSince: first?.pausedAt?.S });
  });

  test('a mapping that was disabled otherwise is paused since then', async () => {
    aws.mapping = { State: 'Disabled', LastModified: new Date('2026-03-05T06:07:08Z') };

    const { out } = await trailbridge('pause', '--json');

    expect(JSON.parse(out)).toMatchObject({ wasPaused: false, pausedSince: '2026-03-05T06:07:08.000Z' });
    expect(updates()).toEqual([]);
  });

  test.each(['Creating', 'Enabling', 'Updating'])('a mapping that is %s is waited for', async (state) => {
    aws.transitions = [state, state, state];

    await trailbridge('pause');

    expect(updates()).toEqual([false]);
    expect(aws.mapping.State).toBe('Disabled');
  });

  test('one that somebody changes between look and change is tried again', async () => {
    // The second look is the last before the change; the third state is there when it is tried.
    aws.transitions = [];
    let isFirst = true;
    const change = aws.lambda.on(UpdateEventSourceMappingCommand);
    const { ResourceConflictException } = await import('@aws-sdk/client-lambda');
    change.callsFake(({ Enabled }) => {
      if (isFirst) {
        isFirst = false;
        throw new ResourceConflictException({ message: 'Another operation is in progress.', $metadata: {} });
      }
      aws.mapping = { State: Enabled ? 'Enabled' : 'Disabled', LastModified: new Date() };
      return {};
    });

    const { exitStatus } = await trailbridge('pause');

    expect(exitStatus).toBe(0);
    expect(updates()).toEqual([false, false]);
  });

  test('one that never comes to an end is said to', async () => {
    aws.transitions = Array.from({ length: 1000 }, () => 'Disabling');

    const { exitStatus, err } = await trailbridge('pause');

    expect(exitStatus).toBe(1);
    expect(err).toContain('Lambda has not come to an end');
  });

  test('with the vendor’s client there is nothing to pause', async () => {
    aws.outputs = { [OUTPUTS.destination]: 'VendorClient' };

    const { exitStatus, err } = await trailbridge('pause');

    expect(exitStatus).toBe(1);
    expect(err).toContain("the vendor's own client forwards");
  });

  test('a stack of an earlier version is to be deployed first', async () => {
    const { [OUTPUTS.forwarderMappingId]: _, ...others } = OUTPUT_VALUES;
    aws.outputs = others;

    const { exitStatus, err } = await trailbridge('pause');

    expect(exitStatus).toBe(1);
    expect(err).toMatch(/has no output ForwarderMappingId: it was deployed by an earlier version.*Deploy it/);
  });
});

describe('resume', () => {
  test('enables the mapping, forgets the pause, and watches until the queue is empty', async () => {
    pausedDaysAgo(1);
    aws.depths = [40, 40, 20, 3, 0].map((waiting) => ({ waiting, inFlight: 0, delayed: 0 }));

    const { exitStatus, out, err } = await trailbridge('resume');

    expect(exitStatus).toBe(0);
    expect(aws.mapping.State).toBe('Enabled');
    expect(aws.items.has('#pause')).toBe(false);
    expect(out).toMatch(
      /^Forwarding has resumed; it was paused since .+\.\nIt has caught up: the queue is empty\.\n$/,
    );
    expect(err).toContain('Forwarding');
    expect(aws.bodies(LISTINGS)).toEqual([]);
  });

  test('what is not paused is left as it is', async () => {
    const { exitStatus, out } = await trailbridge('resume');

    expect({ exitStatus, out }).toEqual({ exitStatus: 0, out: 'Forwarding was not paused.\n' });
    expect(updates()).toEqual([]);
  });

  test('a mapping that was disabled otherwise is enabled, too', async () => {
    aws.mapping = { State: 'Disabled', LastModified: new Date() };

    const { exitStatus } = await trailbridge('resume');

    expect(exitStatus).toBe(0);
    expect(aws.mapping.State).toBe('Enabled');
  });

  test('a pause that the queue has outlived lists what was stored from its beginning to where the queue begins', async () => {
    const since = pausedDaysAgo(20);

    const { out } = await trailbridge('resume', '--no-wait', '--json');

    const { backfill } = JSON.parse(out);
    const order = backfillOrderSchema.parse(
      JSON.parse(aws.items.get(`#backfill/${backfill}`)?.backfillOrder?.S ?? ''),
    );
    expect(order).toMatchObject({ bucket: 'my-logs', accounts: [], regions: [], dryRun: false });
    expect(Date.parse(order.stored?.from ?? '')).toBeLessThan(since.getTime());
    expect(Date.parse(order.stored?.before ?? '')).toBeGreaterThan(Date.now() - 13 * DAY_MS);
    expect(order.days.first <= since.toISOString().slice(0, 10)).toBe(true);
    expect(aws.bodies(LISTINGS)).toEqual([JSON.stringify({ backfill, chain: 1 })]);
  });

  test('the listing is asked for before anything else: interrupted, it is asked for again', async () => {
    pausedDaysAgo(20);
    aws.lambda.on(UpdateEventSourceMappingCommand).rejectsOnce(new Error('The terminal was closed.'));

    await expect(trailbridge('resume', '--no-wait')).rejects.toThrow('closed');
    expect(aws.bodies(LISTINGS)).toHaveLength(1);
    expect(aws.items.has('#pause')).toBe(true);

    aws.lambda.on(UpdateEventSourceMappingCommand).callsFake(() => {
      aws.mapping = { State: 'Enabled', LastModified: new Date() };
      return {};
    });
    await trailbridge('resume', '--no-wait');

    // In a new chain of messages, so that the first is dropped.
    expect(aws.bodies(LISTINGS).map((body) => JSON.parse(body).chain)).toEqual([1, 2]);
    expect(aws.items.has('#pause')).toBe(false);
  });

  test('a pause that somebody has begun since is theirs', async () => {
    pausedDaysAgo(1);
    const theirs = { pausedAt: { S: '2026-11-20T00:00:00.000Z' }, withBacklog: { BOOL: false } };
    aws.lambda.on(UpdateEventSourceMappingCommand).callsFake(() => {
      aws.mapping = { State: 'Enabled', LastModified: new Date() };
      aws.items.set('#pause', theirs);
      return {};
    });

    const { exitStatus } = await trailbridge('resume', '--no-wait');

    expect(exitStatus).toBe(0);
    expect(aws.items.get('#pause')).toEqual(theirs);
  });

  test('whoever has seen enough may leave', async () => {
    pausedDaysAgo(1);
    aws.depths = [{ waiting: 7, inFlight: 0, delayed: 0 }];
    const { streams, written } = captureStreams();
    const controller = new AbortController();

    const exitStatus = await run(['resume'], {
      ...streams,
      onInterrupt: () => controller.signal,
      wait: async () => controller.abort(),
    });

    expect(exitStatus).toBe(130);
    expect(aws.mapping.State).toBe('Enabled');
    expect(written.out).toContain('It is catching up: 7 files in the queue.');
  });
});

describe('what the queue may have forgotten', () => {
  const now = Date.parse('2026-11-20T00:00:00Z');
  const forgottenAfter = (hours: number, withBacklog: boolean) =>
    forgottenBy({ since: new Date(now - hours * 3_600_000), withBacklog }, now);

  test.each([
    [1, false],
    [1, true],
    [11, true],
    [11 * 24, false],
  ])('nothing in %i hours (with a backlog: %s)', (hours, withBacklog) => {
    expect(forgottenAfter(hours, withBacklog)).toBeUndefined();
  });

  test.each([13, 24 * 12 + 1, 24 * 100])(
    'in %i hours, what waited when the pause began may be gone, however long it had waited',
    (hours) => {
      const { from, before } = forgottenAfter(hours, true) ?? { from: Number.NaN, before: Number.NaN };
      const since = now - hours * 3_600_000;
      expect(since - from).toBeGreaterThanOrEqual(14 * DAY_MS);
      // Whatever is left out is younger than the queue's memory.
      expect(now - before).toBeLessThan(14 * DAY_MS);
    },
  );

  test('without a backlog, what was stored right before the pause is listed, too', () => {
    const { from } = forgottenAfter(24 * 15, false) ?? { from: Number.NaN };
    expect(from).toBeLessThan(now - 15 * DAY_MS);
  });
});

describe('status', () => {
  test('says that forwarding is paused, and since when', async () => {
    const since = pausedDaysAgo(2);

    const { exitStatus, out } = await trailbridge('status');

    expect(exitStatus).toBe(1);
    expect(out).toContain(
      `Forwarding         paused since ${since.toISOString()}; to go on: npx trailbridge resume`,
    );
  });

  test('and where something has enabled it again', async () => {
    pausedDaysAgo(2);
    aws.mapping = { State: 'Enabled', LastModified: new Date() };

    const { exitStatus, out } = await trailbridge('status');

    expect(exitStatus).toBe(0);
    expect(out).toMatch(/^Forwarding +on, although it was paused at .+ and nobody has resumed/m);
  });

  test('and where something else has disabled it', async () => {
    aws.mapping = { State: 'Disabled', LastModified: new Date() };

    expect((await trailbridge('status')).out).toMatch(
      /^Forwarding +off: the event source mapping is disabled/m,
    );
  });
});
