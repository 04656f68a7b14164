import { describe, expect, test } from 'vitest';
import { inWords, readChanges } from '../../../../lambda/archive/ocsf/changes.ts';

const change = (field: string, before: unknown, after: unknown) =>
  expect.objectContaining({ field, old: before, new: after });

describe('changes are told', () => {
  test.each<[string, unknown, unknown[]]>([
    [
      'a list',
      [
        { field: 'a', oldValue: 1, newValue: 2 },
        { name: 'b', before: null, after: [] },
      ],
      [change('a', 1, 2), change('b', null, [])],
    ],
    ['an object', { a: { old: 1, new: 2 }, b: { from: 'x' } }, [change('a', 1, 2), change('b', 'x', null)]],
    ['an object of pairs', { a: [1, 2] }, [change('a', 1, 2)]],
    ['a single change', { property: 'a', previous: 1, current: 2 }, [change('a', 1, 2)]],
    ['JSON in a string', '[{"key":"a","old":1,"new":2}]', [change('a', 1, 2)]],
    [
      'lines',
      'a: 1 -> 2\n\nb = x → y\nc: => z',
      [change('a', '1', '2'), change('b', 'x', 'y'), change('c', '', 'z')],
    ],
    ['a list of lines', ['a: 1 -> 2'], [change('a', '1', '2')]],
  ])('of %s', (_what, value, changes) => {
    expect(readChanges(value)).toEqual(changes);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['an empty list', []],
    ['an empty object', {}],
    ['an empty string', ''],
    ['a number in a string', '7'],
    ['prose', 'The name was changed'],
    ['an arrow without a field', 'a -> b'],
    ['a list of which not every element is one', [{ field: 'a', old: 1 }, 7]],
    ['a change without values', [{ field: 'a' }]],
    ['a field that is no name', [{ field: 7, old: 1 }]],
    ['more than two values', { a: [1, 2, 3] }],
  ])('not of %s', (_what, value) => {
    expect(readChanges(value)).toBeUndefined();
  });

  test.each([
    ['enabled', 'Enabled'],
    ['roleID', 'Role ID'],
    ['maxSessionsPerUser', 'Max sessions per user'],
    ['mail_address', 'Mail address'],
    ['a.b-c', 'A b c'],
    ['___', '___'],
  ])('with a label: %s is %s', (field, label) => {
    expect(inWords(field)).toBe(label);
  });
});
