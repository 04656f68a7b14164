import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { CompletenessResult } from '../../../contract/completeness.ts';
import { DigestWriter, signingKey } from '../../../rehearsal/input/digests.ts';
import { at, HOUR, KEYS, PLACE, resultOf, START, urlOf, World } from './world.ts';

const TRAIL = 'management_events, us-east-1';

/** A world of so many hours, all forwarded. */
function worldOf(hours: number): World {
  const world = new World();
  for (let hour = 0; hour < hours; hour += 1) {
    world.hour();
  }
  return world.forwardAll();
}

function digestOf(world: World, index: number) {
  const digest = world.digests.at(index);
  if (digest === undefined) {
    throw new Error(`The world has no digest ${index}.`);
  }
  return digest;
}

function uncoveredOf({ trails }: CompletenessResult) {
  return trails.flatMap(({ uncovered }) => uncovered);
}

describe('a chain that nobody touched', () => {
  test('proves its time', async () => {
    expect(await resultOf(worldOf(3))).toMatchObject({
      verdict: 'Proven',
      basis: 'Digests',
      trails: [{ trail: TRAIL, covered: [{ from: at(0), to: at(3) }], uncovered: [] }],
      digests: { verified: 3, backfill: 0, invalid: 0, missing: 0, replaced: 0 },
      files: { Forwarded: 3, Gap: 0, Altered: 0, Deleted: 0, OutOfReach: 0 },
      findings: [],
    });
  });

  test('also of a region without events', async () => {
    const world = new World();
    world.hour(0);
    world.hour(0);
    expect(await resultOf(world)).toMatchObject({
      verdict: 'Proven',
      digests: { verified: 2 },
      files: { Forwarded: 0 },
    });
  });

  test.each([
    ['an organisation', { organizationId: 'o-abc123' }],
    ['a prefix', { prefix: 'audit/trail' }],
    ['both', { organizationId: 'o-abc123', prefix: 'audit/trail' }],
    ['a region without a name of AWS', { region: 'moon-1' }],
  ])('of a trail with %s', async (_what, change) => {
    const world = new World({ place: { ...PLACE, ...change } });
    world.hour();
    world.hour();
    expect(await resultOf(world.forwardAll())).toMatchObject({ verdict: 'Proven', digests: { verified: 2 } });
  });

  test('over a change of keys, the new one listed from then on', async () => {
    const change = START.getTime() + 2 * HOUR;
    const old = signingKey({ from: START, until: new Date(change) });
    const next = signingKey({ from: new Date(change), until: new Date(change + 24 * HOUR) });
    const world = new World();
    world.publicKeys.splice(0, Number.POSITIVE_INFINITY, old, next);
    world.writer.rotate(old);
    world.hour();
    world.hour();
    world.writer.rotate(next);
    world.hour();
    world.hour();
    expect(await resultOf(world.forwardAll())).toMatchObject({ verdict: 'Proven', digests: { verified: 4 } });
  });

  test('beside that of another trail in the same folder', async () => {
    const world = worldOf(2);
    const other = new DigestWriter({ ...PLACE, trailName: 'data-events' }, KEYS[1], START);
    for (const digest of [other.next([]), other.next([])]) {
      world.put(digest.bucket, digest.key, digest.body, START, digest.metadata);
    }
    const { verdict, trails, digests } = await resultOf(world);
    expect({ verdict, digests, names: trails.map(({ trail }) => trail).toSorted() }).toMatchObject({
      verdict: 'Proven',
      digests: { verified: 4 },
      names: ['data-events, us-east-1', TRAIL],
    });
  });

  test.each([
    ['name', { trailName: 'aaa-sorts-before' }],
    ['prefix', { prefix: 'new' }],
    ['bucket', { bucket: 'another-bucket' }],
  ])('whose trail’s %s changes in the middle', async (_what, change) => {
    const world = worldOf(2);
    world.move(change);
    world.hour();
    world.hour();
    const result = await resultOf(world.forwardAll());
    expect(result).toMatchObject({ verdict: 'Proven', digests: { verified: 4 }, files: { Forwarded: 4 } });
    // Told of the trail as it was named at the time.
    expect(result.trails.flatMap(({ covered }) => covered)).toEqual(
      !('trailName' in change)
        ? [{ from: at(0), to: at(4) }]
        : [
            { from: at(0), to: at(2) },
            { from: at(2), to: at(4) },
          ],
    );
  });

  test('with backfill digests, a chain of their own that adds files and no time', async () => {
    const world = worldOf(2);
    world.backfill(2);
    world.hour();
    world.backfill(1);
    expect(await resultOf(world.forwardAll())).toMatchObject({
      verdict: 'Proven',
      trails: [{ covered: [{ from: at(0), to: at(3) }] }],
      digests: { verified: 3, backfill: 2 },
      files: { Forwarded: 6 },
    });
  });

  test('is not asked for what was before the window', async () => {
    const world = worldOf(5);
    world.delete(digestOf(world, 0));
    const window = { ...world.window, from: new Date(at(2.5)) };
    expect(await resultOf(world, window)).toMatchObject({
      verdict: 'Proven',
      trails: [{ covered: [{ from: at(2.5), to: at(5) }] }],
      digests: { verified: 3 },
    });
  });

  test('is asked for the digest that covers the window’s end, and no later one', async () => {
    const window = { ...worldOf(1).window, to: new Date(at(2.5)) };
    expect(await resultOf(worldOf(5), window)).toMatchObject({
      trails: [{ covered: [{ from: at(0), to: at(3) }], uncovered: [] }],
    });
  });
});

describe('time that no digest speaks for', () => {
  test('a chain that was started again', async () => {
    const world = worldOf(2);
    world.writer.restart(new Date(at(5)));
    world.hour();
    const result = await resultOf(world.forwardAll());
    expect(result).toMatchObject({ verdict: 'Unproven', basis: 'DigestsAndListing', findings: [] });
    expect(uncoveredOf(result)).toEqual([{ from: at(2), to: at(5), reason: 'ChainRestarted' }]);
  });

  test('a missing digest', async () => {
    const world = worldOf(4);
    world.delete(digestOf(world, 1));
    const result = await resultOf(world);
    const newest = urlOf(digestOf(world, 1));
    expect(result).toMatchObject({
      verdict: 'Tampered',
      digests: { verified: 3, missing: 1 },
      findings: [
        { kind: 'Chain', digest: urlOf(digestOf(world, 2)), link: 'PreviousMissing', previous: newest },
      ],
    });
    expect(uncoveredOf(result)).toEqual([
      { from: at(1), to: at(2), reason: 'DigestMissing', missing: { newest, about: 1 } },
    ]);
    // Its log file is still looked at, by listing.
    expect(result.listed).toEqual({ acknowledged: 1, unacknowledged: 0 });
  });

  test('adjacent missing digests, of which the chain names only the newest', async () => {
    const world = worldOf(6);
    for (const index of [1, 2, 3]) {
      world.delete(digestOf(world, index));
    }
    const result = await resultOf(world);
    const newest = urlOf(digestOf(world, 3));
    expect(result.digests).toMatchObject({ verified: 3, missing: 3 });
    expect(uncoveredOf(result)).toEqual([
      { from: at(1), to: at(4), reason: 'DigestMissing', missing: { newest, about: 3 } },
    ]);
  });

  test('the first digest is missing', async () => {
    const world = worldOf(2);
    world.delete(digestOf(world, 0));
    expect(uncoveredOf(await resultOf(world))).toMatchObject([
      { from: at(0), to: at(1), reason: 'DigestMissing', missing: { about: 1 } },
    ]);
  });

  test('the newest digest is missing, of which nothing tells but time', async () => {
    const world = worldOf(3);
    world.delete(digestOf(world, 2));
    const result = await resultOf(world);
    expect(result.verdict).toBe('Unproven');
    expect(uncoveredOf(result)).toEqual([{ from: at(2), to: at(3), reason: 'DigestOverdue' }]);
  });

  test('an invalid digest, and a missing one after it', async () => {
    const world = worldOf(4);
    world.replaceDigest(digestOf(world, 1), { metadata: {} });
    world.delete(digestOf(world, 2));
    const result = await resultOf(world);
    expect(result.digests).toMatchObject({ verified: 2, invalid: 1, missing: 1 });
    expect(uncoveredOf(result)).toMatchObject([
      { from: at(1), to: at(2), reason: 'DigestInvalid' },
      { from: at(2), to: at(3), reason: 'DigestMissing' },
    ]);
  });

  test('of two trails at the same time is listed once', async () => {
    const world = new World();
    const other = new DigestWriter({ ...PLACE, trailName: 'data-events' }, KEYS[1], START);
    for (const digest of [world.hour(), world.hour(), world.hour(), ...[1, 2, 3].map(() => other.next([]))]) {
      world.put(digest.bucket, digest.key, digest.body, START, digest.metadata);
      if (digest.key.includes('T120404Z')) {
        world.delete(digest);
      }
    }
    const { digests, listed } = await resultOf(world.forwardAll());
    expect({ digests, listed }).toMatchObject({
      digests: { verified: 4, missing: 2 },
      listed: { acknowledged: 1, unacknowledged: 0 },
    });
  });

  test('a file that is still being forwarded is not acknowledged, by listing either', async () => {
    const world = worldOf(1);
    world.delete(digestOf(world, 0));
    for (const key of world.ledger.keys()) {
      world.ledger.set(key, { state: 'forwarding' });
    }
    expect(await resultOf(world)).toMatchObject({ verdict: 'Gaps', listed: { unacknowledged: 1 } });
  });

  test('a missing backfill digest', async () => {
    const world = worldOf(1);
    const missing = world.backfill();
    world.hour();
    world.backfill();
    world.forwardAll().delete(missing);
    expect(await resultOf(world)).toMatchObject({
      verdict: 'Tampered',
      digests: { verified: 2, backfill: 1, missing: 1 },
      trails: [{ uncovered: [] }],
    });
  });

  test('not one digest: the listing is compared with the ledger, and the result says so', async () => {
    const world = worldOf(2);
    for (const digest of world.digests) {
      world.delete(digest);
    }
    world.ledger.clear();
    for (const file of world.files.slice(0, 1)) {
      world.forward(file);
    }
    const result = await resultOf(world);
    expect(result).toMatchObject({
      verdict: 'Gaps',
      basis: 'Listing',
      listed: { acknowledged: 1, unacknowledged: 1 },
      files: { Forwarded: 0, Gap: 0 },
    });
    expect(uncoveredOf(result)).toEqual([{ from: at(0), to: at(2), reason: 'NoDigests' }]);
  });
});

describe('a digest that is no proof', () => {
  const text = (world: World) => gunzipSync(digestOf(world, 1).body).toString();
  const edit = (world: World, from: string | RegExp, to: string) => ({
    body: gzipSync(text(world).replace(from, to)),
  });
  const meta = (world: World, change: Record<string, string>) => ({
    metadata: { ...digestOf(world, 1).metadata, ...change },
  });

  test.each([
    [
      'another hash of a log file',
      'SignatureWrong',
      (world: World) => edit(world, /"hashValue":"./, '"hashValue":"f'),
    ],
    [
      'a log file left out',
      'SignatureWrong',
      (world: World) => edit(world, /"logFiles":.*/, '"logFiles":[]}'),
    ],
    ['a field that nobody knows', 'SignatureWrong', (world: World) => edit(world, '{', '{"new":1,')],
    ['another time', 'SignatureWrong', (world: World) => edit(world, '12:04:04Z', '12:04:05Z')],
    ['another account', 'OtherAccount', (world: World) => edit(world, '111122223333', '444455556666')],
    ['another bucket', 'Moved', (world: World) => edit(world, 'logs-of', 'logs-at')],
    ['another key’s fingerprint', 'KeyUnknown', (world: World) => edit(world, KEYS[0].fingerprint, '00')],
    ['another algorithm', 'AlgorithmUnknown', (world: World) => edit(world, 'SHA256withRSA', 'SHA1withRSA')],
    ['a hash of another kind', 'Malformed', (world: World) => edit(world, '"SHA-256"', '"MD5"')],
    [
      'half of what was before',
      'Malformed',
      (world: World) => edit(world, /("previousDigestS3Object":)"[^"]*"/, '$1null'),
    ],
    [
      'no signature of the digest before',
      'Malformed',
      (world: World) => edit(world, /("previousDigestSignature":)"[^"]*"/, '$1null'),
    ],
    ['no JSON', 'Unreadable', () => ({ body: gzipSync('{') })],
    ['no gzip', 'Unreadable', () => ({ body: Buffer.from('{}') })],
    [
      'a truncated file',
      'Unreadable',
      (world: World) => ({ body: digestOf(world, 1).body.subarray(0, 200) }),
    ],
    ['no signature', 'SignatureMissing', () => ({ metadata: { 'signature-algorithm': 'SHA256withRSA' } })],
    ['a signature that is none', 'SignatureWrong', (world: World) => meta(world, { signature: 'signed' })],
    [
      'the signature of another digest',
      'SignatureWrong',
      (world: World) => meta(world, { signature: digestOf(world, 2).metadata.signature ?? '' }),
    ],
    [
      'another algorithm in the metadata',
      'AlgorithmUnknown',
      (world: World) => meta(world, { 'signature-algorithm': 'none' }),
    ],
    ['the digest of the hour after', 'Moved', (world: World) => digestOf(world, 2)],
  ] as const)('has %s', async (_what, problem, change) => {
    const world = worldOf(4);
    const { body, metadata }: { body?: Buffer; metadata?: Record<string, string> } = change(world);
    const digest = digestOf(world, 1);
    world.replaceDigest(digest, { ...(body && { body }), ...(metadata && { metadata }) });
    const result = await resultOf(world);
    expect(result).toMatchObject({
      verdict: 'Tampered',
      digests: { verified: 3, invalid: 1, missing: 0, replaced: 0 },
      files: { Forwarded: 3 },
      findings: [{ kind: 'Digest', digest: urlOf(digest), problem }],
    });
    expect(uncoveredOf(result)).toEqual([{ from: at(1), to: at(2), reason: 'DigestInvalid' }]);
  });

  test('is the newest: there is no later one to tell', async () => {
    const world = worldOf(2);
    world.replaceDigest(digestOf(world, 1), { metadata: {} });
    expect(uncoveredOf(await resultOf(world))).toEqual([{ from: at(1), to: at(2), reason: 'DigestInvalid' }]);
  });

  test('is signed by a key that was in use at another time', async () => {
    const world = worldOf(1);
    const expired = signingKey({ from: START, until: new Date(at(1)) });
    world.publicKeys.push(expired);
    world.writer.rotate(expired);
    world.hour(0);
    expect(await resultOf(world)).toMatchObject({ verdict: 'Proven' });
    for (let hour = 0; hour < 3; hour += 1) {
      world.hour(0);
    }
    expect(await resultOf(world)).toMatchObject({
      digests: { verified: 3, invalid: 2 },
      findings: [{ problem: 'KeyNotValidThen' }, { problem: 'KeyNotValidThen' }],
    });
  });

  test('is signed by a key that CloudTrail lists, and that is no RSA key', async () => {
    const world = worldOf(1);
    world.publicKeys[0] = { ...KEYS[0], value: Buffer.from('no key') };
    expect(await resultOf(world)).toMatchObject({ findings: [{ problem: 'KeyUnusable' }] });
  });

  test('is a backfill digest: its key is one that was in use when it was made', async () => {
    const world = worldOf(1);
    const later = signingKey({ from: new Date(at(15)), until: new Date(at(24 * 30)) });
    world.publicKeys.push(later);
    world.writer.rotate(later);
    const digest = world.backfill(0);
    expect(await resultOf(world)).toMatchObject({ digests: { backfill: 1, invalid: 0 } });
    const { signature = '' } = digest.metadata;
    world.replaceDigest(digest, { metadata: { signature } });
    expect(await resultOf(world)).toMatchObject({ findings: [{ problem: 'KeyUnknown' }] });
  });

  test('is genuine, of that place and time, and not the one that the next states', async () => {
    const world = new World();
    const twin = new DigestWriter(PLACE, KEYS[0], START);
    world.hour();
    twin.next([]);
    const replaced = world.hour();
    world.hour();
    world.replaceDigest(replaced, twin.next([]));
    expect(await resultOf(world.forwardAll())).toMatchObject({
      verdict: 'Tampered',
      // It states another one before itself, too.
      digests: { verified: 3, invalid: 0, replaced: 2 },
      findings: [
        { kind: 'Chain', digest: urlOf(replaced), link: 'PreviousReplaced' },
        { kind: 'Chain', link: 'PreviousReplaced', previous: urlOf(replaced) },
      ],
    });
  });
});
