import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { circuitKey, readCircuit } from '../../contract/circuit.ts';
import { LEDGER_PARTITION_KEY } from '../../contract/ledger.ts';
import { HEALTH_METRICS } from '../../contract/metrics.ts';
import type { Check } from './check.ts';

/** For how long the circuit has been open, because the destination takes nothing. */
export function circuitCheck(dynamoDb: DynamoDBClient, table: string, destination: string): Check {
  return {
    metric: HEALTH_METRICS.circuitOpenFor,
    unit: MetricUnit.Seconds,
    look: async (abortSignal) => {
      const Key = { [LEDGER_PARTITION_KEY]: { S: circuitKey(destination) } };
      const { Item } = await dynamoDb.send(new GetItemCommand({ TableName: table, Key }), { abortSignal });
      const { opening } = readCircuit(Item);
      if (opening === undefined) {
        return { value: 0 };
      }
      const seconds = Math.max(0, Math.round((Date.now() - opening.openedAt) / 1000));
      return { value: seconds, facts: { reason: opening.reason, detail: opening.detail } };
    },
  };
}
