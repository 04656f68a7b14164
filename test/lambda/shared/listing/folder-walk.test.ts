import { S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FORWARDED_KEY_WILDCARDS, parseCloudTrailKey } from '../../../../contract/cloudtrail-key.ts';
import { type WalkStep, walkFolders } from '../../../../lambda/shared/listing/folder-walk.ts';
import { fakeBucket } from '../../trail/fake-bucket.ts';

const listing = { s3: new S3Client({}), bucket: 'trail-logs', signal: AbortSignal.timeout(60_000) };

/** Names of folders as people give them, and as chance does; a key may hold empty ones. */
const segment = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'logs',
    'AWSLogs',
    'AWSLogs/111111111111/CloudTrail',
    'CloudTrail',
    '2026',
    '111111111111',
    'o-x',
    'a-b',
    'a.b',
    'ä',
    '%2F',
    '🪵',
  ),
  fc.string({ maxLength: 6 }).filter((text) => !text.includes('/')),
);
const prefix = fc.array(segment, { maxLength: 9 }).map((segments) => segments.join('/'));
const region = fc.constantFrom('us-east-1', 'eu-west-2', 'somewhere-new-9');

interface Placed {
  readonly prefix: string;
  readonly key: string;
}

const file: fc.Arbitrary<Placed> = fc
  .record({
    prefix,
    organization: fc.constantFrom('', 'o-exampleorgid/'),
    account: fc.constantFrom('111111111111', '222222222222'),
    kind: fc.constantFrom('CloudTrail', 'CloudTrail-Insight'),
    region,
  })
  .map(({ prefix: own, organization, account, kind, region: in_ }) => ({
    prefix: own,
    key: `${own === '' ? '' : `${own}/`}AWSLogs/${organization}${account}/${kind}/${in_}/2026/03/01/a.json.gz`,
  }));

/** What else lies in a trail's bucket. */
const other = fc.constantFrom(
  'readme.txt',
  'a/readme.txt',
  'AWSLogs/111111111111/CloudTrail-Digest/us-east-1/2026/03/01/a.json.gz',
  'AWSLogs/111111111111/Config/us-east-1/2026/3/1/ConfigSnapshot/a.json.gz',
  'AWSLogs/111111111111/elasticloadbalancing/us-east-1/2026/03/01/a.log.gz',
  'AWSLogs/elasticloadbalancing/x/2026/a.log.gz',
);

async function stepsOf(prefixes: readonly string[], from?: WalkStep): Promise<WalkStep[]> {
  const steps: WalkStep[] = [];
  for await (const step of walkFolders(listing, prefixes, from)) {
    steps.push(step);
  }
  return steps;
}

function regionFolders(steps: readonly WalkStep[]): string[] {
  return steps.filter(({ holdsFiles }) => holdsFiles).map(({ folder }) => folder);
}

/** A prefix that lies in what another service, or a trail, writes below an account: only its own trail tells of it. */
function isHidden({ prefix: own }: Placed): boolean {
  return /(^|\/)AWSLogs\/(o-[^/]+\/)?\d{12}\/(.+\/)?(\d{4}|CloudTrail-Digest|CloudTrail(-Insight)?\/(?!AWSLogs(\/|$))[^/]+)(\/|$)/.test(
    `${own}/`,
  );
}

function folderOf(key: string): string {
  return key.slice(0, key.indexOf('/2026/03/01/a.json.gz') + 1);
}

test('every folder that holds forwarded files is found once, whatever the key prefixes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(file, { maxLength: 6 }),
      fc.array(other, { maxLength: 4 }),
      fc.integer({ min: 1, max: 4 }),
      async (files, others, pageSize) => {
        const placed = files.filter((each) => !isHidden(each));
        const bucket = fakeBucket([...placed.map(({ key }) => key), ...others].map((key) => ({ key })));
        bucket.pageSize = pageSize;

        const found = regionFolders(await stepsOf([]));

        const wanted = new Set(placed.map(({ key }) => folderOf(key)));
        expect(new Set(found)).toEqual(wanted);
        expect(found).toHaveLength(wanted.size);
      },
    ),
  );
});

test('a trail’s own prefix leads to its files first, and even where a search does not go', async () => {
  await fc.assert(
    fc.asyncProperty(file, fc.array(other, { maxLength: 4 }), async (placed, others) => {
      fakeBucket([placed.key, ...others].map((key) => ({ key })));
      fc.pre(
        !/(^|\/)AWSLogs\/(o-[^/]+\/)?\d{12}\/CloudTrail(-Insight)?\/(?!AWSLogs\/)[^/]+\//.test(
          `${placed.prefix}/`,
        ),
      );

      const found = await stepsOf([placed.prefix]);

      expect(found[0]?.folder).toBe(placed.prefix === '' ? 'AWSLogs/' : `${placed.prefix}/AWSLogs/`);
      expect(regionFolders(found).filter((folder) => folder === folderOf(placed.key))).toHaveLength(1);
    }),
  );
});

test('a walk that stops anywhere goes on there, and misses and repeats nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(file, { minLength: 1, maxLength: 5 }),
      fc.array(other, { maxLength: 4 }),
      fc.integer({ min: 0, max: 50 }),
      fc.boolean(),
      async (files, others, at, firstIsKnown) => {
        fakeBucket([...files.map(({ key }) => key), ...others].map((key) => ({ key })));
        const prefixes = firstIsKnown ? files.slice(0, 1).map((each) => each.prefix) : [];
        const whole = await stepsOf(prefixes);
        const stop = at % whole.length;

        const rest = await stepsOf(prefixes, whole[stop]);

        expect(rest).toEqual(whole.slice(stop));
      },
    ),
  );
});

test('where the trails have changed since, a walk begins anew', async () => {
  fakeBucket([{ key: 'AWSLogs/111111111111/CloudTrail/us-east-1/2026/03/01/a.json.gz' }]);
  const before = { start: 'gone/AWSLogs/', folder: 'gone/AWSLogs/111111111111/', holdsFiles: false };

  expect(await stepsOf(['now'], before)).toEqual(await stepsOf(['now']));
});

test('the event rule lets through whatever is forwarded, whatever its prefix', () => {
  const patterns = FORWARDED_KEY_WILDCARDS.map(
    (wildcard) => new RegExp(`^${wildcard.replaceAll('.', '\\.').replaceAll('*', '.*')}$`, 's'),
  );
  fc.assert(
    fc.property(file, ({ key }) => {
      expect(parseCloudTrailKey(key)).toBeDefined();
      expect(patterns.some((pattern) => pattern.test(key))).toBe(true);
    }),
  );
});
