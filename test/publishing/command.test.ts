/** `npm run publish:templates`, as a process of its own. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import type { Launch } from '../../publishing/launch-links.ts';
import { REPOSITORY } from '../templates/synthesis.ts';

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function publish(...args: readonly string[]): Promise<Run> {
  const [, script = ''] = packageJson.scripts['publish:templates'].split(' ');
  const command = spawn(process.execPath, [join(REPOSITORY, script), ...args], {
    cwd: REPOSITORY,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    command.once('error', reject).once('close', resolve);
  });
  const [stdout, stderr] = await Promise.all([text(command.stdout), text(command.stderr)]);
  return { status: await ended, stdout, stderr };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailbridge-publish-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('what is written', () => {
  let out: string;
  let run: Run;
  const files = (where = out) => readdirSync(where, { recursive: true, encoding: 'utf8' }).sort();
  const read = (file: string) => readFileSync(join(out, file));

  beforeAll(async () => {
    out = join(folder, 'out');
    run = await publish('--out', out, '--bucket', 'my-templates', '--prefix', 'trailbridge/v1/');
  });

  test('is the template, the code by its hash, the list and the page', () => {
    expect(run).toMatchObject({ status: 0, stderr: '' });
    const archives = files().filter((file) => /^functions\/[0-9a-f]{64}\.zip$/.test(file));
    expect(files()).toEqual([
      'AuditArchive.template.json',
      'CloudOne.template.json',
      'Relay.template.json',
      ...['functions', ...archives],
      'launch.html',
      'launch.json',
    ]);
    for (const archive of archives) {
      const sha256 = createHash('sha256').update(read(archive)).digest('hex');
      expect(archive).toBe(`functions/${sha256}.zip`);
    }
    const wanted = ['AuditArchive', 'CloudOne'].flatMap((name): string[] => {
      const { Resources } = JSON.parse(read(`${name}.template.json`).toString());
      return Resources.FunctionCode.Properties.Archives;
    });
    expect([...new Set(wanted)].toSorted().map((sha256) => `functions/${sha256}.zip`)).toEqual(archives);
  });

  test('lists a launch for each of the eight regions', () => {
    const launches = JSON.parse(read('launch.json').toString()) as Launch[];

    expect(launches.map(({ cloudOneRegion, awsRegion }) => `${cloudOneRegion} ${awsRegion}`)).toEqual([
      'us-1 us-east-1',
      'in-1 ap-south-1',
      'gb-1 eu-west-2',
      'au-1 ap-southeast-2',
      'de-1 eu-central-1',
      'jp-1 ap-northeast-1',
      'sg-1 ap-southeast-1',
      'ca-1 ca-central-1',
    ]);
    expect(launches[4]?.url).toBe(
      'https://eu-central-1.console.aws.amazon.com/cloudformation/home?region=eu-central-1#/stacks/quickcreate' +
        '?templateURL=https%3A%2F%2Fmy-templates.s3.us-east-1.amazonaws.com%2Ftrailbridge%2Fv1%2FCloudOne.template.json' +
        '&stackName=CloudOne&param_QSS3BucketName=my-templates&param_QSS3KeyPrefix=trailbridge%2Fv1%2F' +
        '&param_QSS3BucketRegion=us-east-1',
    );
  });

  test('is told with what to do next', () => {
    expect(run.stdout).toContain(`aws s3 sync ${out} s3://my-templates/trailbridge/v1/ --region us-east-1`);
    expect(run.stdout).toContain(
      'https://my-templates.s3.us-east-1.amazonaws.com/trailbridge/v1/launch.html',
    );
    for (const { url } of JSON.parse(read('launch.json').toString()) as Launch[]) {
      expect(run.stdout).toContain(url);
    }
  });

  test('is the same from another process, but for where it is published to; and replaces what was written', async () => {
    const before = files();
    const { Resources } = JSON.parse(read('CloudOne.template.json').toString());
    writeFileSync(join(out, 'functions', 'stale.zip'), 'of a former version');

    const again = await publish('--out', out, '--bucket', 'my-templates');

    expect(again.status).toBe(0);
    expect(again.stdout).toContain('s3://my-templates/ --region us-east-1');
    expect(files()).toEqual(before);
    const template = JSON.parse(read('CloudOne.template.json').toString());
    expect(template.Resources).toEqual(Resources);
    expect(template.Parameters.QSS3KeyPrefix.Default).toBe('');
  });
});

describe('nothing is written where', () => {
  let out: string;
  beforeEach(() => {
    out = join(folder, 'never');
  });

  test.each<[what: string, args: readonly string[], said: RegExp]>([
    ['no bucket is named', [], /required option '--bucket <name>' not specified/],
    ['an option is unknown', ['--bucket', 'abc', '--bukket', 'c'], /unknown option '--bukket'.*--bucket/s],
    [
      'a bucket begins with a hyphen',
      ['--bucket=-b1'],
      /letters, digits and hyphens, with no hyphen at either end/,
    ],
    ['a bucket has dots', ['--bucket', 'my.bucket'], /letters, digits and hyphens/],
    ['a bucket is too short', ['--bucket', 'ab'], /3 to 63 characters; this has 2/],
    ['a bucket is a URL', ['--bucket', 's3://my-bucket'], /letters, digits and hyphens/],
    [
      'a prefix has other characters',
      ['--bucket', 'abc', '--prefix', 'a b'],
      /letters, digits, hyphens, dots and slash/,
    ],
    [
      'a prefix is too long',
      ['--bucket', 'abc', '--prefix', 'p'.repeat(129)],
      /at most 128 characters; this has 129/,
    ],
    ['a prefix climbs', ['--bucket', 'abc', '--prefix', 'a/../b'], /leave them out/],
    ['a prefix begins with a slash', ['--bucket', 'abc', '--prefix', '/a'], /leave them out of the prefix/],
    ['a prefix ends in two', ['--bucket', 'abc', '--prefix', 'a//'], /leave them out/],
    ['a region is none', ['--bucket', 'abc', '--bucket-region', 'Frankfurt'], /such as us-east-1/],
  ])('%s', async (_what, args, said) => {
    const run = await publish('--out', out, ...args);

    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(said);
    expect(run.stderr).not.toMatch(/^ +at /m);
    expect(readdirSync(folder)).not.toContain('never');
  });

  test('no folder is named', async () => {
    expect(await publish('--bucket', 'abc')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("required option '--out <dir>' not specified"),
    });
  });

  test('the folder holds other things, which would be uploaded too', async () => {
    const mine = join(folder, 'mine');
    mkdirSync(mine);
    writeFileSync(join(mine, 'passwords.txt'), 'mine');

    const run = await publish('--out', mine, '--bucket', 'abc');

    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/mine holds other things \(passwords\.txt\).*Name a new or an empty folder/);
    expect(readdirSync(mine)).toEqual(['passwords.txt']);
  });
});
