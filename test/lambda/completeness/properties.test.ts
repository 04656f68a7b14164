/** Chains of random shape: untouched they prove all, and whatever is done to them is found, and named. */
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CompletenessResult, TimeSpan } from '../../../contract/completeness.ts';
import type { DigestObject } from '../../../rehearsal/input/digests.ts';
import { HOUR, KEYS, resultOf, START, urlOf, World } from './world.ts';

interface Hour {
  readonly files: number;
  readonly before: 'nothing' | 'rotate' | 'restart' | 'rename' | 'newPrefix' | 'newBucket';
  readonly backfill: boolean;
}

interface Shape {
  readonly isVersioned: boolean;
  readonly hours: readonly Hour[];
}

function shapes(before: readonly Hour['before'][]): fc.Arbitrary<Shape> {
  const hour = fc.record({
    files: fc.integer({ min: 0, max: 2 }),
    before: fc.constantFrom<Hour['before']>('nothing', 'nothing', 'nothing', ...before),
    backfill: fc.boolean(),
  });
  return fc.record({ isVersioned: fc.boolean(), hours: fc.array(hour, { minLength: 1, maxLength: 9 }) });
}

/** In one folder, under one name. */
const ONE_TRAIL = shapes(['rotate', 'restart']);
/** Links lead from place to place. What was before a restart is found in the folder only. */
const ANY_SHAPE = fc.oneof(
  shapes(['rotate', 'rename', 'newPrefix', 'newBucket']),
  shapes(['rotate', 'rename', 'restart']),
);

/** The world of a shape, and the time that its restarts leave out. */
function build({ isVersioned, hours }: Shape) {
  const world = new World({ isVersioned });
  const pauses: { from: string; to: string; reason: 'ChainRestarted' }[] = [];
  for (const [index, { files, before, backfill }] of hours.entries()) {
    if (before === 'restart' && index > 0) {
      const from = world.writer.time;
      const to = new Date(from.getTime() + 3 * HOUR);
      world.writer.restart(to);
      pauses.push({ from: from.toISOString(), to: to.toISOString(), reason: 'ChainRestarted' });
    }
    if (before === 'rotate') {
      world.writer.rotate(KEYS[1]);
    }
    if (before === 'rename') {
      world.move({ trailName: `trail_${index}` });
    }
    if (before === 'newPrefix') {
      world.move({ prefix: `prefix/${index}` });
    }
    if (before === 'newBucket') {
      world.move({ bucket: `bucket-${index}` });
    }
    world.hour(files);
    if (backfill) {
      world.backfill(1);
    }
  }
  return { world: world.forwardAll(), pauses };
}

function isBackfill({ key }: DigestObject): boolean {
  return key.includes('_backfill');
}

function uncoveredOf({ trails }: CompletenessResult) {
  return trails.flatMap(({ uncovered }) => uncovered).toSorted(byStart);
}

function spanOf({ body }: DigestObject): TimeSpan {
  const { digestStartTime, digestEndTime } = JSON.parse(gunzipSync(body).toString());
  return { from: new Date(digestStartTime).toISOString(), to: new Date(digestEndTime).toISOString() };
}

/** Whether the span lies within time that is said to be uncovered. */
function isUncovered(result: CompletenessResult, span: TimeSpan): boolean {
  let from = span.from;
  for (const uncovered of uncoveredOf(result)) {
    from = uncovered.from <= from && uncovered.to > from ? uncovered.to : from;
  }
  return from >= span.to;
}

function flipBit(bytes: Buffer, position: number): Buffer {
  const flipped = Buffer.from(bytes);
  const bit = position % (flipped.length * 8);
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return flipped;
}

const POSITION = fc.nat();

function pick<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length];
  fc.pre(item !== undefined);
  return item as T;
}

test('an untouched chain proves all that it covers', async () => {
  await fc.assert(
    fc.asyncProperty(ANY_SHAPE, async (shape) => {
      const { world, pauses } = build(shape);
      const result = await resultOf(world);
      const backfill = world.digests.filter(isBackfill).length;
      // Backfills are a chain of their own, which is not looked for under the trail's former places.
      const moved = shape.hours.some(({ before }) => before === 'newBucket' || before === 'newPrefix');
      expect(result).toMatchObject({
        verdict: pauses.length === 0 ? 'Proven' : 'Unproven',
        digests: { verified: shape.hours.length, invalid: 0, missing: 0, replaced: 0 },
        files: { Gap: 0, Altered: 0, Deleted: 0, OutOfReach: 0 },
        findings: [],
      });
      if (!moved) {
        expect(result.digests.backfill).toBe(backfill);
        expect(result.files.Forwarded).toBe(world.files.length);
        expect(uncoveredOf(result)).toEqual(pauses);
      }
      expect(world.reads).toBe(0);
    }),
  );
});

describe('in a chain of random shape', () => {
  test.each([false, true])('a bit changed in a log file, forwarded before: %s', async (forwardedBefore) => {
    await fc.assert(
      fc.asyncProperty(ANY_SHAPE, fc.nat(), POSITION, async (shape, index, position) => {
        const { world } = build(shape);
        const file = pick(
          world.files.filter(({ bucket, key }) => bucket === world.series.bucket && inSeries(world, key)),
          index,
        );
        if (!forwardedBefore) {
          world.delete(file, true);
        }
        world.put(file.bucket, file.key, gzipSync(flipBit(file.content, position)), START);
        const { verdict, files, storedCopies, findings } = await resultOf(world);
        const isKnown = forwardedBefore && shape.isVersioned;
        expect({ verdict, Altered: files.Altered, Gap: files.Gap, ...storedCopies }).toEqual({
          verdict: 'Tampered',
          Altered: isKnown ? 0 : 1,
          Gap: 0,
          overwritten: isKnown ? 1 : 0,
          deleted: 0,
        });
        // A file of a backfill may have come while the trail was off: then the listing sees it, too.
        const told = findings.filter(({ kind }) => kind !== 'Unacknowledged');
        expect(told).toEqual([expect.objectContaining({ file: urlOf(file), digest: urlOf(file.digest) })]);
      }),
    );
  });

  test('a log file deleted', async () => {
    await fc.assert(
      fc.asyncProperty(ONE_TRAIL, fc.nat(), async (shape, index) => {
        const { world } = build(shape);
        const file = pick(world.files, index);
        world.delete(file, true);
        const { verdict, files, findings } = await resultOf(world);
        expect({ verdict, files }).toEqual({
          verdict: 'Tampered',
          files: { Forwarded: world.files.length - 1, Gap: 0, Altered: 0, Deleted: 1, OutOfReach: 0 },
        });
        expect(findings).toMatchObject([{ kind: 'LogFile', verdict: 'Deleted', file: urlOf(file) }]);
      }),
    );
  });

  test('log files never forwarded', async () => {
    await fc.assert(
      fc.asyncProperty(ONE_TRAIL, fc.integer({ min: 1, max: 9 }), async (shape, every) => {
        const { world } = build(shape);
        fc.pre(world.files.length > 0);
        const lost = world.files.filter((_file, index) => index % every === 0);
        world.ledger.clear();
        for (const file of world.files.filter((each) => !lost.includes(each))) {
          world.forward(file);
        }
        const { verdict, files, findings } = await resultOf(world);
        expect({ verdict, files }).toEqual({
          verdict: 'Gaps',
          files: {
            Forwarded: world.files.length - lost.length,
            Gap: lost.length,
            Altered: 0,
            Deleted: 0,
            OutOfReach: 0,
          },
        });
        const found = findings.flatMap((finding) => (finding.kind === 'LogFile' ? finding.file : []));
        expect(found.toSorted()).toEqual(lost.map(urlOf).toSorted());
      }),
    );
  });

  test('a bit changed in a digest’s content', async () => {
    await fc.assert(
      fc.asyncProperty(ONE_TRAIL, fc.nat(), POSITION, async (shape, index, position) => {
        const { world, pauses } = build(shape);
        const digest = pick(world.digests, index);
        world.replaceDigest(digest, { body: gzipSync(flipBit(gunzipSync(digest.body), position)) });
        await expectInvalid(world, digest, pauses);
      }),
    );
  });

  test('a bit changed in a digest as it is stored: found, unless nothing of its content changed', async () => {
    await fc.assert(
      fc.asyncProperty(ONE_TRAIL, fc.nat(), POSITION, async (shape, index, position) => {
        const { world, pauses } = build(shape);
        const digest = pick(world.digests, index);
        const body = flipBit(digest.body, position);
        world.replaceDigest(digest, { body });
        if (inflates(body, gunzipSync(digest.body))) {
          // Such as the time in gzip's header.
          expect((await resultOf(world)).findings).toEqual([]);
        } else {
          await expectInvalid(world, digest, pauses);
        }
      }),
    );
  });

  test('a bit changed in a digest’s signature', async () => {
    await fc.assert(
      fc.asyncProperty(ONE_TRAIL, fc.nat(), POSITION, async (shape, index, position) => {
        const { world, pauses } = build(shape);
        const digest = pick(world.digests, index);
        const bytes = Buffer.from(digest.metadata.signature ?? '', 'hex');
        const signature = flipBit(bytes, position).toString('hex');
        world.replaceDigest(digest, { metadata: { ...digest.metadata, signature } });
        await expectInvalid(world, digest, pauses);
      }),
    );
  });

  test('any digests deleted', async () => {
    await fc.assert(
      fc.asyncProperty(
        ONE_TRAIL,
        fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
        async (shape, indexes) => {
          const { world } = build(shape);
          const hourly = world.digests.filter((digest) => !isBackfill(digest));
          const deleted = new Set(indexes.map((index) => pick(hourly, index)));
          for (const digest of deleted) {
            world.delete(digest);
          }
          const result = await resultOf(world);
          expect(result.digests).toMatchObject({
            verified: hourly.length - deleted.size,
            invalid: 0,
            replaced: 0,
          });
          for (const digest of hourly) {
            expect(isUncovered(result, spanOf(digest))).toBe(deleted.has(digest));
          }
          // Named by the digest after them; before a new beginning, and at the end, nothing names them.
          const named = hourly.filter((digest, index) => {
            const next = hourly[index + 1];
            return next !== undefined && !deleted.has(next) && deleted.has(digest) && statesPrevious(next);
          });
          const links = result.findings.map((finding) =>
            finding.kind === 'Chain' ? finding.previous : finding,
          );
          expect(links).toEqual(named.map(urlOf));
          expect(result.verdict).toBe(named.length > 0 ? 'Tampered' : 'Unproven');
          expect(result.files).toMatchObject({ Gap: 0, Altered: 0, Deleted: 0, OutOfReach: 0 });
        },
      ),
    );
  });

  test('a backfill digest deleted that is not the newest', async () => {
    await fc.assert(
      fc.asyncProperty(ONE_TRAIL, fc.nat(), async (shape, index) => {
        const { world, pauses } = build(shape);
        const backfills = world.digests.filter(isBackfill);
        const digest = pick(backfills.slice(0, -1), index);
        world.delete(digest);
        const result = await resultOf(world);
        expect(result).toMatchObject({ verdict: 'Tampered', digests: { missing: 1, invalid: 0 } });
        expect(result.findings).toMatchObject([{ link: 'PreviousMissing', previous: urlOf(digest) }]);
        expect(uncoveredOf(result)).toEqual(pauses);
      }),
    );
  });

  test('anything at once, in any shape: never called proven', async () => {
    const deed = fc.record({
      what: fc.constantFrom('digest', 'signature', 'file', 'ledger'),
      index: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(ANY_SHAPE, fc.array(deed, { minLength: 1, maxLength: 5 }), async (shape, deeds) => {
        const { world } = build(shape);
        const hourly = world.digests.filter((digest) => !isBackfill(digest));
        const files = world.files.filter(({ digest }) => !isBackfill(digest));
        for (const { what, index } of deeds) {
          if (what === 'digest') {
            world.delete(pick(hourly, index));
          } else if (what === 'signature') {
            world.replaceDigest(pick(hourly, index), { metadata: { signature: '00' } });
          } else if (what === 'file') {
            world.delete(pick(files, index), true);
          } else {
            pick(files, index);
            world.ledger.clear();
          }
        }
        expect((await resultOf(world)).verdict).not.toBe('Proven');
      }),
    );
  });
});

/** The one digest is told, its time is uncovered, and nothing else is said. */
async function expectInvalid(world: World, digest: DigestObject, pauses: readonly TimeSpan[]): Promise<void> {
  const result = await resultOf(world);
  const isOfAnHour = !isBackfill(digest);
  const listed = world.files.filter((file) => file.digest !== digest).length;
  expect(result).toMatchObject({
    verdict: 'Tampered',
    digests: { invalid: 1, missing: 0, replaced: 0 },
    files: { Forwarded: listed, Gap: 0, Altered: 0, Deleted: 0, OutOfReach: 0 },
    findings: [{ kind: 'Digest', digest: urlOf(digest) }],
  });
  const { from, to } = spanOf(digest);
  // When the digest after a pause began is not to be believed: the pause and its hour are one.
  const start = pauses.find((pause) => isOfAnHour && pause.to === from)?.from ?? from;
  const invalid = { from: start, to, reason: 'DigestInvalid' };
  const apart = pauses.filter((pause) => pause.from !== start || !isOfAnHour);
  expect(uncoveredOf(result)).toEqual((isOfAnHour ? [...apart, invalid] : apart).toSorted(byStart));
}

function byStart(one: TimeSpan, other: TimeSpan): number {
  return one.from < other.from ? -1 : 1;
}

function statesPrevious({ body }: DigestObject): boolean {
  return JSON.parse(gunzipSync(body).toString()).previousDigestS3Object !== null;
}

function inflates(body: Buffer, content: Buffer): boolean {
  try {
    return gunzipSync(body).equals(content);
  } catch {
    // The bit was one that matters to gzip.
    return false;
  }
}

function inSeries(world: World, key: string): boolean {
  const { prefix } = world.series;
  return prefix === '' ? key.startsWith('AWSLogs/') : key.startsWith(`${prefix}/AWSLogs/`);
}
