import { expect, test } from 'vitest';
import { accountsMemorySchema } from '../../../contract/completeness-round.ts';
import { KnownAccounts, MAXIMUM_KNOWN_ACCOUNTS } from '../../../lambda/completeness/known-accounts.ts';
import { captureOutput } from '../shared/custom-resource-harness.ts';

const [EARLIER, LATER] = [new Date('2026-03-01T10:00:00Z'), new Date('2026-03-01T11:00:00Z')];
const organizationId = 'o-exampleorgid';

function accountOf(index: number) {
  return { prefix: 'audit', organizationId, accountId: String(100_000_000_000 + index) };
}

test('tells accounts apart by their trail, and which of them a round has missed', () => {
  const known = new KnownAccounts();
  const [here, there] = [accountOf(1), { ...accountOf(1), organizationId: undefined }];
  known.visit(here, EARLIER);
  known.visit(there, LATER);
  const again = new KnownAccounts(accountsMemorySchema.parse(JSON.parse(JSON.stringify(known.memory))));
  expect(again.missedBy(EARLIER)).toEqual([]);
  expect(again.missedBy(LATER)).toEqual([here]);
  again.forget(here);
  expect(again.missedBy(LATER)).toEqual([]);
  expect(again.memory.trails).toHaveLength(1);
});

test('fits into an item of DynamoDB, and says what it leaves out', () => {
  const output = captureOutput();
  const known = new KnownAccounts();
  for (let index = 0; index <= MAXIMUM_KNOWN_ACCOUNTS; index += 1) {
    known.visit(accountOf(index), EARLIER);
  }
  expect(known.missedBy(LATER)).toHaveLength(MAXIMUM_KNOWN_ACCOUNTS);
  expect(JSON.stringify(known.memory).length).toBeLessThan(400 * 1024);
  expect(output()).toContain(accountOf(MAXIMUM_KNOWN_ACCOUNTS).accountId);
});
