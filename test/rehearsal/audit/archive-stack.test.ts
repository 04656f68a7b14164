import { expect, test } from 'vitest';
import { ARCHIVE_STACK as DEFAULT_STACK } from '../../../cli/audit/archive-location.ts';
import { ARCHIVE_STACK, LOOK_INTO_ARCHIVE } from '../../../rehearsal/audit/archive-stack.ts';

test('the ways to look into the archive name no stack, for it is the one that they look into anyhow', () => {
  expect(ARCHIVE_STACK).toBe(DEFAULT_STACK);
  for (const command of LOOK_INTO_ARCHIVE) {
    expect(command).toMatch(/^npx trailbridge audit /);
    expect(command).not.toContain('--stack');
  }
});
