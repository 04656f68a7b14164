import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { completenessText } from '../../cli/completeness/text.ts';
import { run } from '../../cli/program.ts';
import type { CompletenessResult } from '../../contract/completeness.ts';
import { roundMemoryKey } from '../../contract/completeness-round.ts';
import { ledgerKeyOf } from '../../contract/ledger.ts';
import { objectReferenceOf } from '../../contract/object-message.ts';
import { OUTPUTS } from '../../contract/parameters.ts';
import { type AwsStandIn, environmentOf, startAws, TABLE } from '../lambda/completeness/aws-stand-in.ts';
import { at, HOUR, PLACE, resultOf, START, World } from '../lambda/completeness/world.ts';
import { captureStreams } from './streams.ts';

/** Of a whole deployment, which the check does not need. */
const UNUSED_OUTPUTS = [
  OUTPUTS.deadLetterQueueUrl,
  OUTPUTS.eventDeadLetterQueueUrl,
  OUTPUTS.listingQueueUrl,
  OUTPUTS.listingDeadLetterQueueUrl,
  OUTPUTS.forwarderMappingId,
];

let aws: AwsStandIn;
afterEach(() => aws.close());

async function deploy(world: World): Promise<void> {
  aws = await startAws(world);
  aws.outputs.set(OUTPUTS.bucketName, world.series.bucket);
  aws.outputs.set(OUTPUTS.ledgerTable, TABLE);
  aws.outputs.set(OUTPUTS.queueUrl, `${aws.url}/111122223333/forwarding`);
  aws.outputs.set(OUTPUTS.destination, 'CloudOne');
  for (const name of UNUSED_OUTPUTS) {
    aws.outputs.set(name, 'not-used');
  }
  for (const [name, value] of Object.entries({ ...environmentOf(aws), NO_COLOR: '1' })) {
    vi.stubEnv(name, value);
  }
}

async function completeness(world: World, ...argv: readonly string[]) {
  const { streams, written } = captureStreams();
  const window = ['--from', START.toISOString(), '--to', world.writer.time.toISOString()];
  const status = await run(['completeness', ...window, ...argv], streams);
  // Without a terminal, how far it is stands in lines of its own.
  return { ...written, status, err: written.err.replaceAll(/^Checking: .*\n/gm, '') };
}

function worldOf(hours: number, files = 2): World {
  const world = new World();
  for (let hour = 0; hour < hours; hour += 1) {
    world.hour(files);
  }
  return world;
}

describe('the verdict comes first, and the exit status says it', () => {
  test('proven', async () => {
    const world = worldOf(3).forwardAll();
    await deploy(world);
    const { status, out, err } = await completeness(world);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toBe(
      `Completeness of s3://logs-of-111122223333, 2026-03-01 10:04 to 2026-03-01 13:04 UTC

PROVEN  6 files in 3 digests proven
Every log file that CloudTrail signed for was compared, by its hash, with what the destination acknowledged; whatever else lies in the bucket was looked up in the ledger.

Verdict  Account       Region        Digests  Forwarded  Gaps  Tampered  Unproven h
PROVEN   111122223333  eu-central-1        3          6     0         0           0
`,
    );
  });

  test('gaps, with their reasons, and how they are queued', async () => {
    const world = worldOf(2).forwardAll();
    const [lost = '', failed = ''] = world.ledger.keys();
    world.ledger.delete(lost);
    world.ledger.set(failed, { state: 'forwarding', failure: 'NotGzip' });
    await deploy(world);
    const { status, out } = await completeness(world);
    expect(status).toBe(3);
    expect(out).toContain('GAPS  2 files in 2 digests proven, 2 gaps\n');
    expect(out).toMatch(
      /^Not forwarded:\n {2}s3:\S+: It was never acknowledged\.\n {2}s3:\S+: It failed: NotGzip\.$/m,
    );
    expect(out).toContain('Queue what was not forwarded with --requeue.');
    expect(aws.queued).toEqual([]);
  });

  test('queued with --requeue, and nothing else', async () => {
    const world = worldOf(2).forwardAll();
    const [lost = ''] = world.ledger.keys();
    world.ledger.delete(lost);
    await deploy(world);
    const { status, out } = await completeness(world, '--requeue');
    expect(status).toBe(3);
    expect(out).toContain('1 file was queued to be forwarded.');
    expect(aws.queued.map((message) => ledgerKeyOf(objectReferenceOf(message)))).toEqual([lost]);
  });

  test('tampered, with what to look at', async () => {
    const world = worldOf(3).forwardAll();
    world.delete(world.digests[1] as never);
    const [changed] = world.files;
    world.put(changed?.bucket ?? '', changed?.key ?? '', gzipSync('{}'), START);
    await deploy(world);
    const { status, out } = await completeness(world);
    expect(status).toBe(4);
    expect(out).toContain('TAMPERED  3 files in 2 digests proven');
    expect(out).toContain('1 digest missing, 1 hour not proven');
    expect(out).toMatch(/To look at:\n.*Altered.*\n.*PreviousMissing/);
    expect(out).toContain('Not proven:\n  2026-03-01 11:04 to 2026-03-01 12:04, 111122223333 eu-central-1');
  });

  test('tampered, where only stored copies were overwritten: the table says so, too', async () => {
    const world = new World({ isVersioned: true });
    world.hour(3);
    world.forwardAll();
    for (const { bucket, key } of world.files) {
      world.put(bucket, key, gzipSync('{}'), START);
    }
    await deploy(world);
    const { status, out } = await completeness(world);
    expect(status).toBe(4);
    expect(out).toContain('TAMPERED  3 files in 1 digest proven, 3 copies overwritten\n');
    expect(out).toMatch(/^TAMPERED +111122223333 +eu-central-1 +1 +3 +0 +3 +0$/m);
  });

  test.each([
    [[], 0],
    [['--strict'], 5],
  ])('unproven %j', async (argv, expected) => {
    const world = worldOf(1).forwardAll();
    world.delete(world.digests[0] as never);
    await deploy(world);
    const { status, out } = await completeness(world, ...argv);
    expect(status).toBe(expected);
    expect(out).toContain(
      'UNPROVEN  0 files in 0 digests proven, 2 files forwarded by listing, 1 hour not proven',
    );
    expect(out).toContain('log file validation is off, or all were deleted');
  });
});

test('what names and keys hold besides letters never reaches the terminal', async () => {
  const evil = '\u001b[2K\u001b[1A\u009b32m\nPROVEN \u202e';
  const window = { from: START, to: new Date(at(1)) };
  const world = new World({
    place: { ...PLACE, prefix: `pre${evil}`, region: `eu-west-1${evil}`, trailName: `t${evil}` },
  });
  world.hour(1);
  world.delete(world.hour(1));
  const result = await resultOf(world);
  const finding = { kind: 'Digest', digest: evil, problem: 'Moved', detail: evil } as const;
  const text = completenessText({
    bucket: `bkt${evil}`,
    span: window,
    results: [{ ...result, findings: [...result.findings, finding] }],
    queued: undefined,
  });
  expect(text).toContain('eu-west-1 ');
  expect(new Set(text.match(/[\p{Cc}\p{Cf}]/gu))).toEqual(new Set(['\n']));
  expect(text.match(/^ *PROVEN/m)).toBeNull();
});

test('--json is the whole result, and nothing else', async () => {
  const world = worldOf(2);
  await deploy(world);
  const { status, out, err } = await completeness(world, '--json');
  expect({ status, err }).toEqual({ status: 3, err: '' });
  expect(JSON.parse(out)).toEqual([JSON.parse(JSON.stringify(await resultOf(world)))]);
});

test('progress is shown where somebody watches, and taken away before the result', async () => {
  const world = worldOf(2).forwardAll();
  await deploy(world);
  const { streams } = captureStreams();
  const shown: string[] = [];
  await run(['completeness', '--from', at(0), '--to', at(2)], {
    ...streams,
    out: () => shown.push('RESULT'),
    err: (text) => shown.push(text),
    terminal: { columns: () => 80 },
  });
  expect(shown.join('')).toContain('Checking 0 regions checked, 4 files in 2 digests …');
  expect(shown.slice(-2)).toEqual(['\r\u001b[2K', 'RESULT']);
});

describe('what is asked for is checked, and nothing else:', () => {
  test.each([
    ['--account', '999999999999', '111122223333'],
    ['--log-region', 'us-east-1', 'eu-central-1'],
    ['--prefix', 'another/', ''],
  ])('%s', async (option, other, own) => {
    const world = worldOf(1).forwardAll();
    await deploy(world);
    const { status, err } = await completeness(world, option, other);
    expect(status).toBe(1);
    expect(err).toContain('holds no CloudTrail files or digests of what was asked for');
    expect((await completeness(world, ...(own === '' ? [] : [option, own]))).status).toBe(0);
  });

  test.each([
    ['--account', '999999999999', '111122223333'],
    ['--log-region', 'us-east-1', 'eu-central-1'],
  ])('%s several of them', async (option, other, own) => {
    const world = worldOf(1).forwardAll();
    await deploy(world);
    expect((await completeness(world, option, other, own)).status).toBe(0);
    expect((await completeness(world, option, own, option, other)).status).toBe(0);
  });

  test('a trail’s prefix spares the search', async () => {
    const world = new World({ place: { ...PLACE, prefix: 'deep/down' } });
    world.hour(1);
    world.put(world.series.bucket, 'other/folders/here/x', gzipSync(''), START);
    await deploy(world.forwardAll());
    expect((await completeness(world, '--prefix', 'deep/down/')).out).toContain('deep/down');
    expect(aws.calls.filter((call) => call.startsWith('ListObjectsV2'))).toHaveLength(5);
  });
});

describe('by default it is what is due since the stack forwards', () => {
  const remember = (since: Date) =>
    aws.remember(
      roundMemoryKey('logs-of-111122223333'),
      JSON.stringify({ since: since.toISOString(), foundPrefixes: [] }),
    );

  test('of a stack that is new there is nothing to prove', async () => {
    await deploy(worldOf(1));
    remember(new Date());
    const { streams, written } = captureStreams();
    expect(await run(['completeness'], streams)).toBe(1);
    expect(written.err).toContain('There is nothing to prove yet');
  });

  test('what lies before is warned of', async () => {
    const world = worldOf(2).forwardAll();
    await deploy(world);
    remember(new Date(at(1)));
    const { status, err } = await completeness(world);
    expect(status).toBe(0);
    expect(err).toContain(`The stack is known to forward from ${at(1)} on`);
  });
});

test.each([
  [['--from', 'yesterday'], /Give a day/],
  [['--from', '2026-03-01T10:00'], /time with its zone/],
  [['--account', '12'], /12 digits/],
])('%j is refused', async (argv, message) => {
  await deploy(worldOf(1));
  const { streams, written } = captureStreams();
  expect(await run(['completeness', ...argv], streams)).toBe(2);
  expect(written.err).toMatch(message);
});

test('an end before the beginning is refused', async () => {
  const world = worldOf(1);
  await deploy(world);
  const { streams, written } = captureStreams();
  expect(await run(['completeness', '--from', at(2), '--to', at(1)], streams)).toBe(2);
  expect(written.err).toContain('must be before the end of --to');
});

test('of the vendor’s own client nothing can be proven', async () => {
  const world = worldOf(1);
  await deploy(world);
  aws.outputs.delete(OUTPUTS.ledgerTable);
  aws.outputs.set(OUTPUTS.destination, 'VendorClient');
  const { status, err } = await completeness(world);
  expect(status).toBe(1);
  expect(err).toContain(
    'Without a queue and a ledger of ours there is nothing to pause, redrive, backfill or prove',
  );
});

test('what AWS refuses is said as it says it', async () => {
  const world = worldOf(1);
  await deploy(world);
  aws.refuse = (call) => (call.startsWith('GetObject') ? [403, 'AccessDenied'] : undefined);
  const { status, err } = await completeness(world);
  expect(status).toBe(1);
  expect(err).toMatch(/^Error: AWS refused \(AccessDenied: AccessDenied says AWS\)/);
});

test('of thousands of proven regions a few are shown', async () => {
  const world = worldOf(1).forwardAll();
  await deploy(world);
  const one: CompletenessResult = await resultOf(world);
  const text = completenessText({
    bucket: 'logs',
    span: { from: START, to: new Date(START.getTime() + HOUR) },
    results: Array.from({ length: 3000 }, () => ({ ...one })),
    queued: undefined,
  });
  expect(text).toContain('6,000 files in 3,000 digests proven');
  expect(text).toContain('… and 2,980 proven regions more');
  expect(text.split('\n').length).toBeLessThan(40);
});
