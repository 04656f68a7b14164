import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const TRAILBRIDGE = fileURLToPath(new URL('../../bin/trailbridge.ts', import.meta.url));

/** Nobody's home: no AWS profile. */
const home = mkdtempSync(join(tmpdir(), 'trailbridge-cli-test-'));
afterAll(() => rmSync(home, { recursive: true }));

function trailbridge(argv: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return spawnSync(process.execPath, [TRAILBRIDGE, ...argv], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: home, AWS_EC2_METADATA_DISABLED: 'true', ...environment },
  });
}

test('the exit status is the process’s, and help goes to standard output', () => {
  const { status, stdout, stderr } = trailbridge(['--help']);

  expect(status).toBe(0);
  expect(stdout).toContain('Usage: trailbridge');
  expect(stderr).toBe('');
});

test('without a region: the SDK’s own complaint is understood', () => {
  const { status, stderr } = trailbridge(['status']);

  expect(stderr).toBe('Error: No AWS region is set. Give --region, or set AWS_REGION.\n');
  expect(status).toBe(1);
});

test('without credentials: likewise', () => {
  const { status, stderr } = trailbridge(['status'], { AWS_REGION: 'us-east-1' });

  expect(stderr).toMatch(/^Error: No AWS credentials were found \([^\n]+\)\. Give --profile[^\n]+\n$/);
  expect(status).toBe(1);
});

test('with AWS out of reach: likewise', () => {
  const { status, stderr } = trailbridge(['status'], {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    // Nothing listens on the port that is reserved for a multiplexer.
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_MAX_ATTEMPTS: '1',
  });

  expect(stderr).toMatch(/^Error: CloudFormation cannot be reached \([^\n]+\)[^\n]+\n$/);
  expect(status).toBe(1);
});
