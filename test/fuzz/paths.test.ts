import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { pathsAgree } from './paths.ts';

// Not a target: only so that a busy machine fails nothing.
vi.setConfig({ testTimeout: 120_000 });

it('finds no file that the fast way and the plain one, or JSON.parse, take differently', async () => {
  const result = await fc.check(pathsAgree, {
    numRuns: 100_000,
    interruptAfterTimeLimit: 3_000,
    markInterruptAsFailure: false,
  });

  expect(result.failed, fc.defaultReportMessage(result) ?? '').toBe(false);
  expect(result.numRuns).toBeGreaterThan(0);
});
