import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Fixture, startFixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());
beforeEach(() => fixture.reset());

describe('Workload Security external id', () => {
  test('is an attribute', async () => {
    const created = await fixture.create('externalId');

    expect(created.Data?.ExternalId).toMatch(/^simulated-external-id-/);
  });

  test('is refused where AWS would not take it', async () => {
    fixture.vendors.setFaults([{ body: { externalId: 'two words' } }]);

    const created = await fixture.create('externalId');

    expect(created.Reason).toContain("no external id by AWS's rules");
  });
});
