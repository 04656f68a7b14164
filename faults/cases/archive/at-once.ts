/** Two at once: runs of one function, and a collector beside the derivation. */
import { BUCKETS } from '../../../bench/archive/protocol.ts';
import { AUDIT_SOURCES } from '../../../contract/archive.ts';
import type { ArchiveCallKind } from '../../archive/calls.ts';
import type { ArchiveCase } from '../../archive/trial.ts';
import type { ArchiveFunction, ArchiveWorld } from '../../archive/world.ts';

/** Real time: what is held must not be given up meanwhile. */
const options = { timeScale: 1 };
const HALF_AN_HOUR_MS = 30 * 60_000;
/** All that a source holds. */
const MOST_AT_ONCE = 31;

/** Has something happen when the first of some calls comes, and holds the call until it is done. */
function meanwhile(
  world: ArchiveWorld,
  [bucket, kind]: readonly [bucket: string, ArchiveCallKind],
  action: () => Promise<unknown>,
): () => readonly string[] {
  let come = false;
  world.calls.on('before', kind, async (call) => {
    if (!come && call.bucket === bucket) {
      come = true;
      await action();
    }
    return undefined;
  });
  return () => (come ? [] : [`there was no ${kind}`]);
}

const FUNCTIONS: readonly ArchiveFunction[] = [...AUDIT_SOURCES, 'derivation'];

const twice = FUNCTIONS.map(
  (name): ArchiveCase => ({
    name: `archive/${name}-twice-at-once`,
    injected: `a second run of ${name} begins while the first one is about to write`,
    expected: 'the second run ends without doing anything; every record is archived and derived once',
    options: { ...options, sources: [name === 'derivation' ? 'cloudone' : name] },
    run: async (world) => {
      if (name === 'derivation') {
        await world.run('cloudone');
      }
      const bucket = name === 'derivation' ? BUCKETS.derived : BUCKETS.raw;
      let calls = 0;
      const missed = meanwhile(world, [bucket, 'PutObject'], async () => {
        const before = callsOf(world);
        await world.run(name, 'two');
        calls = callsOf(world) - before;
      });
      await world.run(name);
      return [...missed(), ...(calls === 0 ? [] : [`the second run began to work: ${calls} calls`])];
    },
  }),
);

/** With which the work begins; the first run, which is held as it writes, makes none of them. */
const KINDS: readonly ArchiveCallKind[] = ['vendor call', 'Query', 'GetObject'];

function callsOf({ calls }: ArchiveWorld): number {
  return KINDS.reduce((sum, kind) => sum + calls.countOf(kind), 0);
}

const outlived = AUDIT_SOURCES.map(
  (source): ArchiveCase => ({
    name: `archive/${source}-outlives-its-lease`,
    injected: `a run of ${source} stands still before it writes; its lease is over, another one does it all; then it goes on`,
    expected: 'what both have stored is there twice under one id, and is read once and derived once',
    options: { ...options, sources: [source] },
    storedAgain: MOST_AT_ONCE,
    run: async (world) => {
      const missed = meanwhile(world, [BUCKETS.raw, 'PutObject'], async () => {
        world.skipLease();
        await world.run(source, 'two');
      });
      await world.run(source);
      return missed();
    },
  }),
);

const beside: readonly ArchiveCase[] = [
  {
    name: 'archive/stored-while-deriving-before-its-files',
    injected:
      'late records are stored after the derivation has read their hour, and before it writes its files',
    expected: 'the hour stays marked, and is derived again; every record is in Parquet once',
    options: { ...options, sources: ['cloudone'] },
    run: async (world) => {
      await world.run('cloudone');
      const missed = meanwhile(world, [BUCKETS.derived, 'PutObject'], async () => {
        world.fill(HALF_AN_HOUR_MS);
        await world.run('cloudone');
      });
      await world.run('derivation');
      return [...missed(), ...(world.staleHours > 0 ? [] : ['no hour is marked any more'])];
    },
  },
  {
    name: 'archive/stored-while-deriving-before-the-mark-goes',
    injected:
      'late records are stored after the derivation has written its files, and before it takes the marks away',
    expected: 'the hour stays marked, and is derived again; every record is in Parquet once',
    options: { ...options, sources: ['cloudone'] },
    run: async (world) => {
      await world.run('cloudone');
      const missed = meanwhile(world, ['', 'DeleteItem'], async () => {
        world.fill(HALF_AN_HOUR_MS);
        await world.run('cloudone');
      });
      await world.run('derivation');
      return [...missed(), ...(world.staleHours > 0 ? [] : ['no hour is marked any more'])];
    },
  },
  {
    name: 'archive/derived-between-the-mark-and-the-record',
    injected:
      'the derivation works from beginning to end while a collector has marked an hour, and not yet stored its records',
    expected: 'the hour is derived again; every record is in Parquet once',
    options: { ...options, sources: ['cloudone'] },
    run: async (world) => {
      const missed = meanwhile(world, [BUCKETS.raw, 'PutObject'], () => world.run('derivation'));
      await world.run('cloudone');
      return missed();
    },
  },
];

export const atOnce: readonly ArchiveCase[] = [...twice, ...outlived, ...beside];
