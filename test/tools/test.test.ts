import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const TOOL = fileURLToPath(new URL('../../tools/test.ts', import.meta.url));

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trailbridge-closing-line-test-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the tool on a folder with one test file. */
function runOn(source: string) {
  writeFileSync(join(folder, 'some.test.mjs'), source);
  const { status, stdout } = spawnSync(process.execPath, [TOOL, '--root', folder, '--globals'], {
    encoding: 'utf8',
  });
  return { status, closingLine: stdout.trimEnd().split('\n').at(-1) };
}

test('counts what passed and what was skipped, and succeeds', () => {
  const source = `test('a', () => {}); test('b', () => {}); test.skip('c', () => {});`;

  expect(runOn(source)).toEqual({ status: 0, closingLine: '2 passed, 0 failed, 1 skipped' });
});

test('fails with one that fails', () => {
  const source = `test('a', () => {}); test('b', () => { throw new Error('no'); });`;

  expect(runOn(source)).toEqual({ status: 1, closingLine: '1 passed, 1 failed, 0 skipped' });
});

test('a file that does not load counts as one that failed', () => {
  expect(runOn(`throw new Error('no');`)).toEqual({
    status: 1,
    closingLine: '0 passed, 1 failed, 0 skipped',
  });
});
