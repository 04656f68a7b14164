import { beforeEach, describe, expect, it } from 'vitest';
import { InvalidCallError, Table } from './table.ts';

const TableName = 'ledger';
const Key = { object: { S: 'a' } };
let table: Table;

beforeEach(() => {
  table = new Table();
});

describe('a conditional write', () => {
  const taken = {
    TableName,
    Key,
    UpdateExpression: 'SET holder = :me',
    ConditionExpression: 'attribute_not_exists(holder)',
    ExpressionAttributeValues: { ':me': { S: 'me' } },
  };

  it('changes nothing where the condition does not hold', () => {
    expect(table.updateItem({ ...taken, ReturnValues: 'ALL_NEW' })).toEqual({
      Attributes: { object: { S: 'a' }, holder: { S: 'me' } },
    });
    const before = table.getItem({ TableName, Key });

    expect(() => table.updateItem(taken)).toThrow('The conditional request failed');
    expect(() => table.putItem({ ...taken, Item: Key })).toThrow(InvalidCallError);
    expect(() =>
      table.putItem({ TableName, Item: Key, ConditionExpression: 'attribute_not_exists(holder)' }),
    ).toThrow('The conditional request failed');
    expect(() =>
      table.deleteItem({ TableName, Key, ConditionExpression: 'attribute_not_exists(holder)' }),
    ).toThrow('The conditional request failed');
    expect(table.getItem({ TableName, Key })).toEqual(before);
  });

  it('shows the item that stands in its way, where that is asked for', () => {
    table.updateItem(taken);

    expect(errorOf(() => table.updateItem(taken))).toHaveProperty('Item', undefined);
    expect(
      errorOf(() => table.updateItem({ ...taken, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })),
    ).toMatchObject({ Item: { holder: { S: 'me' } } });
  });
});

describe('a call that DynamoDB does not accept', () => {
  it.each([
    ['a value that no expression uses', { ':x': { N: '1' }, ':y': { N: '2' } }, 'SET x = :x'],
    ['an expression that is none', undefined, 'nonsense'],
    ['no expression', undefined, undefined],
  ])('throws: %s', (_name, ExpressionAttributeValues, UpdateExpression) => {
    expect(() => table.updateItem({ TableName, Key, ExpressionAttributeValues, UpdateExpression })).toThrow();
    expect(table.items.size).toBe(0);
  });

  it('throws: a key of another name', () => {
    expect(() => table.getItem({ TableName, Key: { id: { S: 'a' } } })).toThrow(InvalidCallError);
  });
});

describe('a batch', () => {
  const keys = ['a', 'b', 'c'].map((key) => ({ object: { S: key } }));
  const batch = (Keys: typeof keys) => table.batchGetItem({ RequestItems: { ledger: { Keys } } });

  it('answers those that are there, and leaves what is too much unprocessed', () => {
    table.putItem({ TableName, Item: { object: { S: 'b' }, x: { N: '1' } } });
    table.keysAtOnce = 2;

    expect(batch(keys)).toEqual({
      Responses: { ledger: [{ object: { S: 'b' }, x: { N: '1' } }] },
      UnprocessedKeys: { ledger: { Keys: keys.slice(2) } },
    });
  });

  it('shows the attributes that are asked for', () => {
    table.putItem({ TableName, Item: { object: { S: 'b' }, x: { N: '1' }, y: { N: '2' } } });

    const { Responses } = table.batchGetItem({
      RequestItems: {
        ledger: {
          Keys: keys,
          ProjectionExpression: '#x, object',
          ExpressionAttributeNames: { '#x': 'x' },
        },
      },
    });

    expect(Responses).toEqual({ ledger: [{ object: { S: 'b' }, x: { N: '1' } }] });
  });

  it('refuses a hundred and one keys, and a key that is there twice', () => {
    expect(() => batch([...keys, ...keys])).toThrow(InvalidCallError);
    expect(() =>
      batch(Array.from({ length: 101 }, (_, index) => ({ object: { S: String(index) } }))),
    ).toThrow(InvalidCallError);
  });
});

function errorOf(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}
