/** What the ledger's table remembers of buckets' notifications, in a test's own words. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { LEDGER_PARTITION_KEY } from '../../../contract/ledger.ts';
import { notificationMemoryKey } from '../../../contract/trail.ts';
import { mockDynamoDb } from '../../stand-ins/dynamodb/mocked-table.ts';
import { Table } from '../../stand-ins/dynamodb/table.ts';

interface Memory {
  lastSeenOn?: number;
  isMissing?: boolean;
  switchedOnAt?: number;
}

export interface MemoryDouble {
  of(bucket: string): Memory | undefined;
  remember(bucket: string, memory: Memory): void;
}

export function memoryDouble(): MemoryDouble {
  const table = new Table();
  mockDynamoDb(table);
  return {
    of: (bucket) => {
      const { [LEDGER_PARTITION_KEY]: _, ...item } = table.items.get(notificationMemoryKey(bucket)) ?? {};
      return Object.keys(item).length === 0 ? undefined : shown(item);
    },
    remember: (bucket, memory) => {
      const key = notificationMemoryKey(bucket);
      table.items.set(key, { [LEDGER_PARTITION_KEY]: { S: key }, ...stored(memory) });
    },
  };
}

function stored(memory: Memory): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(memory).map(([name, value]): [string, AttributeValue] => [
      name,
      typeof value === 'boolean' ? { BOOL: value } : { N: String(value) },
    ]),
  );
}

function shown(item: Record<string, AttributeValue>): Memory {
  return Object.fromEntries(
    Object.entries(item).map(([name, { BOOL, N }]) => [name, BOOL === undefined ? Number(N) : BOOL]),
  );
}
