import { expect, test } from 'vitest';
import { doneBy } from '../../rehearsal/stack-changes.ts';

test('what an update did: by the ids of before and after, and by what the change set modified', () => {
  const before = new Map([
    ['Same', 'same-1'],
    ['Changed', 'changed-1'],
    ['Replaced', 'replaced-1'],
    ['Dropped', 'dropped-1'],
  ]);
  const after = new Map([
    ['Same', 'same-1'],
    ['Changed', 'changed-1'],
    ['Replaced', 'replaced-2'],
    ['New', 'new-1'],
  ]);

  expect(doneBy(before, after, ['Changed', 'Replaced', 'Dropped'])).toEqual({
    created: ['New'],
    updated: ['Changed'],
    replaced: ['Replaced'],
    removed: ['Dropped'],
  });
});

test('nothing, where nothing is another', () => {
  const same = new Map([['A', '1']]);

  expect(doneBy(same, same, [])).toEqual({ created: [], updated: [], replaced: [], removed: [] });
});
