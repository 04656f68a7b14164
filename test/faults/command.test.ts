import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const EVIDENCE = `${REPOSITORY}/bench/faults.json`;

function faults(...args: readonly string[]) {
  return spawnSync(process.execPath, ['faults/main.ts', ...args], { cwd: REPOSITORY, encoding: 'utf8' });
}

it('lists its cases, one a line', () => {
  const { status, stdout } = faults('--list', '--only', 'killed/');
  const lines = stdout.trim().split('\n');

  expect(status).toBe(0);
  expect(lines.length).toBeGreaterThan(20);
  expect(lines.every((line) => line.startsWith('killed/'))).toBe(true);
});

it.each([[['--only', 'no-such-case']], [['--no-such-option']]])('refuses %s', (args) => {
  const { status, stderr } = faults(...args);

  expect(status).toBe(2);
  expect(stderr).not.toBe('');
});

it('runs a case, says so, and writes what came of it where it is told to, and not in place of the evidence', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailbridge-faults-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const out = join(folder, 'faults.json');
  const changedAt = () => statSync(EVIDENCE, { throwIfNoEntry: false })?.mtimeMs;
  const before = changedAt();

  const { status, stdout } = faults('--only', 'message/twice-in-a-batch', '--out', out);

  expect(changedAt()).toBe(before);
  expect(stdout).toContain('1 of 1 faults survived, 0 events lost');
  expect(status).toBe(0);
  const report = JSON.parse(readFileSync(out, 'utf8'));
  expect(report).toMatchObject({ total: 1, survived: 1, lost: 0 });
  expect(report.cases[0]).toMatchObject({
    name: 'message/twice-in-a-batch',
    injected: expect.any(String),
    expected: expect.any(String),
    observed: expect.stringContaining('15 of 15 events arrived'),
    survived: true,
    lost: 0,
    duplicates: 0,
  });
});
