import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CdkError, trailbridge } from '../../rehearsal/cdk.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tools-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('what a tool complains of is logged, and no part of what it printed', async () => {
  const log = join(folder, 'tool.log');

  expect(await trailbridge(['statsu'], { log, exitStatus: 2 })).toBe('');

  expect(await readFile(log, 'utf8')).toContain("unknown command 'statsu'");
});

test('a failure is told with the end of all that the tool said', async () => {
  const run = trailbridge(['statsu'], { log: join(folder, 'tool.log') });

  await expect(run).rejects.toThrow(CdkError);
  await expect(run).rejects.toThrow(/exit status 2.*unknown command 'statsu'/s);
});
