/** `kill -9` before and after every call that a function of the archive makes. */
import { AUDIT_SOURCES, type AuditSource } from '../../../contract/archive.ts';
import type { ArchiveCallKind, CallMoment } from '../../archive/calls.ts';
import type { ArchiveCase, Audit } from '../../archive/trial.ts';
import type { ArchiveFunction, ArchiveWorld } from '../../archive/world.ts';

const MOMENTS: readonly CallMoment[] = ['before', 'after'];
/** Calls of a collector that finds nothing there yet, and of the derivation of a day that it has derived before. */
const COLLECTORS_CALLS: readonly ArchiveCallKind[] = [
  'vendor call',
  'UpdateItem',
  'ListObjectsV2',
  'PutObject',
];
const DERIVATIONS_CALLS: readonly ArchiveCallKind[] = [
  'Query',
  'UpdateItem',
  'ListObjectsV2',
  'GetObject',
  'PutObject',
  'DeleteItem',
];
const FIRST = 1;
const LAST = 3;
const MINUTE_MS = 60_000;
const TEN_MINUTES_MS = 10 * MINUTE_MS;
const HALF_AN_HOUR_MS = 30 * MINUTE_MS;

/** Which of so many calls: all, or the first and the last ones of many; those of AppDynamics's empty month are alike. */
function someOf(count: number): readonly number[] {
  const all = Array.from({ length: count }, (_, index) => index + 1);
  return count <= FIRST + LAST ? all : [...all.slice(0, FIRST), ...all.slice(-LAST)];
}

async function killAtEach(
  world: ArchiveWorld,
  audit: Audit,
  {
    name,
    moment,
    kind,
  }: { readonly name: ArchiveFunction; readonly moment: CallMoment; readonly kind: ArchiveCallKind },
): Promise<readonly string[]> {
  const before = world.stored();
  world.calls.beginAnew();
  await world.run(name);
  const count = world.calls.countOf(kind);
  const complaints = count === 0 ? [`it makes no ${kind}`] : [];
  for (const n of someOf(count)) {
    await audit();
    world.restore(before);
    world.killAt(name, moment, kind, n);
    const { kind: end } = await world.run(name);
    if (end !== 'died') {
      complaints.push(`it was not killed ${moment} ${kind} ${n}`);
    }
    world.skipLease();
  }
  return complaints;
}

const slug = (kind: ArchiveCallKind) => kind.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase();

const collectors = AUDIT_SOURCES.flatMap((source) =>
  COLLECTORS_CALLS.flatMap((kind) => MOMENTS.map((moment) => collectorKilled(source, moment, kind))),
);

function collectorKilled(source: AuditSource, moment: CallMoment, kind: ArchiveCallKind): ArchiveCase {
  return {
    name: `archive/${source}-killed-${moment}-${slug(kind)}`,
    injected: `the collector of ${source} is killed ${moment} a ${kind}: at each in turn, in an archive as it was`,
    expected: 'the next run goes on; every record is stored once and derived once',
    options: { sources: [source] },
    run: (world, audit) => killAtEach(world, audit, { name: source, moment, kind }),
  };
}

/** A second portion of a day whose files there are: they are replaced, and not only written. */
const derivation = DERIVATIONS_CALLS.flatMap((kind) =>
  MOMENTS.map(
    (moment): ArchiveCase => ({
      name: `archive/derivation-killed-${moment}-${slug(kind)}`,
      injected: `the derivation is killed ${moment} a ${kind}: at each in turn, in an archive as it was`,
      expected: 'the hours stay marked, and the next run derives them; every record is in Parquet once',
      options: { sources: ['cloudone'] },
      run: async (world, audit) => {
        await world.settle();
        world.fill(HALF_AN_HOUR_MS);
        await world.run('cloudone');
        return await killAtEach(world, audit, { name: 'derivation', moment, kind });
      },
    }),
  ),
);

/** Its day has no other mark, by which its records would be derived all the same. */
const onlyObject: ArchiveCase = {
  name: 'archive/killed-after-its-only-object',
  injected: 'a collector is killed when it has stored the only object of its run',
  expected: 'the hour was marked before: the records, known to the next run, are derived all the same',
  options: { sources: ['cloudone'] },
  run: async (world) => {
    await world.settle();
    world.skip(HALF_AN_HOUR_MS - (world.clock.now() % HALF_AN_HOUR_MS) + TEN_MINUTES_MS);
    world.fill(MINUTE_MS);
    world.calls.beginAnew();
    world.killAt('cloudone', 'after', 'PutObject', 1);
    const { kind } = await world.run('cloudone');
    world.skipLease();
    return kind === 'died' ? [] : ['it was not killed'];
  },
};

export const kills: readonly ArchiveCase[] = [...collectors, ...derivation, onlyObject];
