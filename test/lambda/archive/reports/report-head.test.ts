import { expect, test } from 'vitest';
import { excludedInWords, includedInWords } from '../../../../lambda/archive/reports/report-head.ts';
import { order } from './rows.ts';

test('filters are told as they work: all included fields, any excluded one', () => {
  const filters = ['UserName:alice', 'UserName:bob', 'Action:LOGIN'];
  const { definition } = order({ include: filters, exclude: filters });

  expect(includedInWords(definition)).toBe('User name is alice or bob, and Action is LOGIN');
  expect(excludedInWords(definition)).toBe('User name is alice or bob, or Action is LOGIN');
});

test('no filters are told, too', () => {
  const { definition } = order();

  expect(includedInWords(definition)).toBe('all events');
  expect(excludedInWords(definition)).toBe('none');
});
