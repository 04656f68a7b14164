import {
  type BatchGetItemInput,
  ConditionalCheckFailedException,
  type DeleteItemInput,
  type GetItemInput,
  type PutItemInput,
  type QueryInput,
  type UpdateItemInput,
} from '@aws-sdk/client-dynamodb';
import { LEDGER_PARTITION_KEY } from '../../../contract/ledger.ts';
import { type Item, meets, type Placeholders, updated } from './expressions.ts';

/** What DynamoDB answers with a ValidationException: a mistake in the call, whatever the table holds. */
export class InvalidCallError extends Error {
  override readonly name = 'InvalidCallError';
}

/** Amazon DynamoDB API Reference, "BatchGetItem". */
const BATCH_GET_ITEM_LIMIT = 100;

type Conditional = Pick<
  UpdateItemInput,
  | 'ConditionExpression'
  | 'ExpressionAttributeNames'
  | 'ExpressionAttributeValues'
  | 'ReturnValuesOnConditionCheckFailure'
>;

/**
 * A table in memory, the ledger's unless other keys are named: expressions are read and heeded as DynamoDB does, so that a condition that is not
 * sent, or says something else, is found out by what it lets through.
 *
 * Every operation throws InvalidCallError, or what `expressions.ts` throws, for what DynamoDB refuses to read.
 */
export class Table {
  /** By partition key; of a table with a sort key by both, a line each. */
  readonly items = new Map<string, Item>();
  /** Keys that a BatchGetItem answers; the rest is left unprocessed. */
  keysAtOnce = BATCH_GET_ITEM_LIMIT;
  /** Items of one page of a query. */
  pageSize = 1000;
  readonly #keys: readonly string[];

  /** @param keys the partition key, and the sort key where there is one. */
  constructor(keys: readonly string[] = [LEDGER_PARTITION_KEY]) {
    this.#keys = keys;
  }

  getItem({ Key }: GetItemInput): { Item?: Item } {
    const item = this.items.get(this.#keyOf(Key));
    return item === undefined ? {} : { Item: item };
  }

  /** @throws ConditionalCheckFailedException */
  putItem(input: PutItemInput): object {
    const { Item: item = {} } = input;
    this.#check(input, this.items.get(this.#keyOf(item)));
    this.items.set(this.#keyOf(item), item);
    return {};
  }

  /** @throws ConditionalCheckFailedException */
  updateItem(input: UpdateItemInput): { Attributes?: Item } {
    const { Key = {}, UpdateExpression = '', ReturnValues } = input;
    const item = this.items.get(this.#keyOf(Key));
    this.#check(input, item, UpdateExpression);
    const next = updated(UpdateExpression, item ?? Key, placeholdersOf(input));
    this.items.set(this.#keyOf(Key), next);
    return ReturnValues === 'ALL_NEW' ? { Attributes: next } : {};
  }

  /** @throws ConditionalCheckFailedException */
  deleteItem(input: DeleteItemInput): object {
    this.#check(input, this.items.get(this.#keyOf(input.Key)));
    this.items.delete(this.#keyOf(input.Key));
    return {};
  }

  /** Of a whole partition, by sort key: nothing else is asked for. */
  query(input: QueryInput) {
    const { KeyConditionExpression = '', ExclusiveStartKey } = input;
    const placeholders = placeholdersOf(input);
    expectAllUsed(placeholders, [KeyConditionExpression]);
    const [partitionKey = '', sortKey = ''] = this.#keys;
    if (!KeyConditionExpression.startsWith(`${partitionKey} = `)) {
      throw new InvalidCallError(`A query by ${KeyConditionExpression}.`);
    }
    const sortOf = (item: Item | undefined) => item?.[sortKey]?.S ?? '';
    const rest = [...this.items.values()]
      .filter((item) => meets(KeyConditionExpression, item, placeholders))
      .filter((item) => ExclusiveStartKey === undefined || sortOf(item) > sortOf(ExclusiveStartKey))
      .sort((a, b) => (sortOf(a) < sortOf(b) ? -1 : 1));
    const Items = rest.slice(0, this.pageSize);
    const last = Items.at(-1);
    return last === undefined || rest.length === Items.length
      ? { Items }
      : { Items, LastEvaluatedKey: projected(last, this.#keys) };
  }

  /** Of one table: there is no other. */
  batchGetItem({ RequestItems = {} }: BatchGetItemInput) {
    const [[name, question] = ['', undefined]] = Object.entries(RequestItems);
    const keys = question?.Keys ?? [];
    if (
      keys.length === 0 ||
      keys.length > BATCH_GET_ITEM_LIMIT ||
      new Set(keys.map((key) => this.#keyOf(key))).size < keys.length
    ) {
      throw new InvalidCallError(`A BatchGetItem for ${keys.length} keys, or for some of them twice.`);
    }
    const { ProjectionExpression, ExpressionAttributeNames: names } = question ?? {};
    expectAllUsed({ names }, [ProjectionExpression]);
    const shown = ProjectionExpression?.split(', ').map((each) => names?.[each] ?? each);
    const items = keys
      .slice(0, this.keysAtOnce)
      .map((key) => this.items.get(this.#keyOf(key)))
      .filter((item) => item !== undefined);
    const rest = keys.slice(this.keysAtOnce);
    return {
      Responses: { [name]: items.map((item) => projected(item, shown)) },
      UnprocessedKeys: rest.length === 0 ? {} : { [name]: { ...question, Keys: rest } },
    };
  }

  #keyOf(key: Item | undefined): string {
    const values = this.#keys.map((name) => {
      const value = key?.[name]?.S;
      if (value === undefined) {
        throw new InvalidCallError(`${JSON.stringify(key)} is without the key "${name}".`);
      }
      return value;
    });
    return values.join('\n');
  }

  #check(input: Conditional, item: Item | undefined, updateExpression?: string): void {
    const { ConditionExpression, ReturnValuesOnConditionCheckFailure } = input;
    const placeholders = placeholdersOf(input);
    expectAllUsed(placeholders, [ConditionExpression, updateExpression]);
    if (ConditionExpression === undefined || meets(ConditionExpression, item ?? {}, placeholders)) {
      return;
    }
    const isShown = ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && item !== undefined;
    throw new ConditionalCheckFailedException({
      message: 'The conditional request failed',
      $metadata: {},
      ...(isShown ? { Item: item } : {}),
    });
  }
}

function placeholdersOf(input: Conditional): Placeholders {
  return { names: input.ExpressionAttributeNames, values: input.ExpressionAttributeValues };
}

/** DynamoDB refuses a call with a name or value that no expression of it uses. */
function expectAllUsed(
  { names = {}, values = {} }: Placeholders,
  expressions: readonly (string | undefined)[],
): void {
  const used = new Set(expressions.flatMap((expression) => expression?.match(/[#:]\w+/g) ?? []));
  const unused = [...Object.keys(names), ...Object.keys(values)].filter((each) => !used.has(each));
  if (unused.length > 0) {
    throw new InvalidCallError(`No expression uses ${unused.join(', ')}.`);
  }
}

function projected(item: Item, names: readonly string[] | undefined): Item {
  return names === undefined
    ? item
    : Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
}
