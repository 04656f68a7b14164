import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PolicyDocument } from '../../../cli/permissions/policy.ts';
import { RESOURCE_TYPES } from '../../../cli/permissions/resource-types.ts';
import { run } from '../../../cli/program.ts';
import { captureStreams } from '../streams.ts';

let folder: string;
let template: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailbridge-permissions-test-'));
  template = join(folder, 'small.template.json');
  await writeFile(template, JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } }));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function permissions(...argv: string[]) {
  const { streams, written } = captureStreams();
  const exitStatus = await run(['permissions', ...argv], streams);
  return { exitStatus, ...written };
}

const statementNamed = (out: string, sid: string) =>
  (JSON.parse(out) as PolicyDocument).Statement.find(({ Sid }) => Sid === sid);

test('prints one policy document for the stack of this repository, which it synthesizes, and says how long it is', async () => {
  const { exitStatus, out, err } = await permissions('--account', '111122223333', '--region', 'eu-central-1');

  expect(exitStatus).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ Version: '2012-10-17' });
  expect(statementNamed(out, 'Functions')?.Resource).toEqual([
    'arn:aws:lambda:eu-central-1:111122223333:function:CloudOne-*',
  ]);
  expect(err).toMatch(/managed policy holds 6144: with --output/);
}, 180_000);

test('names any account and region where none is given, and the stack that is', async () => {
  const { out, err } = await permissions('--template', template, '--stack', 'Security');

  expect(statementNamed(out, 'Topics')?.Resource).toEqual(['arn:aws:sns:*:*:Security-*']);
  expect(err).toBe('');
});

test('--json changes nothing: a policy document is JSON', async () => {
  const { out } = await permissions('--template', template);

  expect((await permissions('--template', template, '--json')).out).toBe(out);
});

test('--output writes documents that together are the whole, and prints their names', async () => {
  const policies = join(folder, 'policies');
  const everyType = Object.entries(RESOURCE_TYPES).map(([Type, table], index) => [
    `Resource${index}`,
    { Type, Properties: table.with ?? {} },
  ]);
  await writeFile(template, JSON.stringify({ Resources: Object.fromEntries(everyType) }));
  const argv = [
    '--template',
    template,
    '--for',
    'direct',
    '--account',
    '111122223333',
    '--region',
    'eu-central-1',
  ];
  const whole = await permissions(...argv);
  const { out, err, exitStatus } = await permissions(...argv, '--output', policies);
  const files = out.trim().split('\n');
  const parts = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(file, 'utf8')) as PolicyDocument),
  );

  expect([exitStatus, err]).toEqual([0, '']);
  expect(files).toEqual([1, 2].map((n) => join(policies, `trailbridge-direct-${n}-of-2.json`)));
  expect(parts.flatMap(({ Statement }) => Statement)).toEqual(
    (JSON.parse(whole.out) as PolicyDocument).Statement,
  );
});

test.each([
  [['--stack', 'a b'], /"a b" is no name of a stack/],
  [['--region', 'frankfurt'], /"frankfurt" is no AWS region/],
  [['--template', '/nowhere/template.json'], /cannot be read.*--template/],
])('%j is refused with the reason', async (argv, message) => {
  const { exitStatus, out, err } = await permissions(...argv);

  expect([exitStatus, out]).toEqual([1, '']);
  expect(err).toMatch(message);
});

test.each([
  ['not JSON', /is not JSON/],
  ['{"Resources": 1}', /is not a CloudFormation template \(Resources: /],
  ['{"Resources": {"Fleet": {"Type": "AWS::EC2::EC2Fleet"}}}', /type AWS::EC2::EC2Fleet/],
])('a template that is %s is refused with the reason', async (text, message) => {
  await writeFile(template, text);
  const { exitStatus, out, err } = await permissions('--template', template);

  expect([exitStatus, out]).toEqual([1, '']);
  expect(err).toMatch(message);
});

test.each([[['--account', '1234']], [['--for', 'everybody']], [['--parameter', 'NoValue']]])(
  '%j is a wrong command line',
  async (argv) => {
    expect((await permissions(...argv)).exitStatus).toBe(2);
  },
);

test('a parameter given counts instead of its default', async () => {
  const bucket = { Parameters: { Code: { Default: 'theirs' } } };
  const code = { Type: 'AWS::Lambda::Function', Properties: { Code: { S3Bucket: { Ref: 'Code' } } } };
  await writeFile(template, JSON.stringify({ ...bucket, Resources: { Function: code } }));

  const byDefault = await permissions('--template', template);
  const given = await permissions('--template', template, '--parameter', 'Code=mine');

  expect(statementNamed(byDefault.out, 'CodeAndTemplates')?.Resource).toEqual(['arn:aws:s3:::theirs/*']);
  expect(statementNamed(given.out, 'CodeAndTemplates')?.Resource).toEqual(['arn:aws:s3:::mine/*']);
});
