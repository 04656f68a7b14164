import { describe, expect, it } from 'vitest';
import { type Item, meets, updated } from './expressions.ts';

describe("DynamoDB's conditions", () => {
  const item: Item = { state: { S: 'forwarding' }, until: { N: '10' }, on: { BOOL: true } };
  const values = { ':f': { S: 'forwarding' }, ':a': { S: 'a' }, ':9': { N: '9' }, ':n': { N: '100' } };

  it.each([
    ['attribute_not_exists(missing)', true],
    ['attribute_not_exists(#state)', false],
    ['attribute_exists(#state)', true],
    ['#state = :f', true],
    ['#state <> :f', false],
    // What is not there differs from everything, and is in no order with anything.
    ['missing <> :a', true],
    ['missing = :a', false],
    ['missing < :n', false],
    ['until < :n', true],
    ['until < :9', false],
    ['until >= :9', true],
    // Numbers are not text.
    ['until = :a', false],
    ['#state = :a OR until < :n', true],
    ['#state = :a OR until < :n AND missing = :a', false],
    ['(#state = :f OR missing = :a) AND until > :9', true],
  ])('%s', (condition, met) => {
    expect(meets(condition, item, { names: { '#state': 'state' }, values })).toBe(met);
  });

  it.each(['until ~ :9', 'until = :unknown', 'until = :9 until', 'contains(until, :9)', 'until ='])(
    'that they do not know throw: %s',
    (condition) => {
      expect(() => meets(condition, item, { values })).toThrow();
    },
  );
});

describe("DynamoDB's updates", () => {
  it('compute from the item as it was', () => {
    const given = { values: { ':1': { N: '1' }, ':0': { N: '0' } }, names: { '#n': 'n' } };

    expect(
      updated(
        'SET #n = if_not_exists(#n, :0) + :1, m = n REMOVE gone',
        { n: { N: '4' }, gone: { S: 'x' } },
        given,
      ),
    ).toEqual({
      n: { N: '5' },
      m: { N: '4' },
    });
    expect(updated('SET #n = if_not_exists(#n, :0) + :1', {}, given)).toEqual({ n: { N: '1' } });
  });

  it.each(['ADD n :1', 'SET n = missing', 'SET n :1'])('that they do not know throw: %s', (expression) => {
    expect(() => updated(expression, {}, { values: { ':1': { N: '1' } } })).toThrow();
  });
});
