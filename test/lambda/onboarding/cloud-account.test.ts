import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  AWS_ACCOUNT,
  callsOf,
  type Fixture,
  OTHER_ROLE,
  OUR_ROLE,
  registrations,
  startFixture,
} from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());
beforeEach(() => fixture.reset());

describe('Cloud One cloud account', () => {
  const id = `us-1/${AWS_ACCOUNT}`;

  test('is registered, and deleted', async () => {
    const created = await fixture.create('cloudAccount');
    const registered = registrations(fixture).cloudAccounts;
    await fixture.remove('cloudAccount', created.PhysicalResourceId);

    expect(created).toMatchObject({
      PhysicalResourceId: `created:${id}`,
      Data: { CloudAccountId: AWS_ACCOUNT },
    });
    expect(registered).toEqual([{ roleARN: OUR_ROLE, alias: 'ours' }]);
    expect(registrations(fixture).cloudAccounts).toEqual([]);
  });

  test('is adopted where it is registered with another role, and left alone', async () => {
    fixture.vendors.reset({}, { cloudAccounts: [{ roleARN: OTHER_ROLE, alias: 'theirs' }] });

    const created = await fixture.create('cloudAccount');
    const updated = await fixture.update('cloudAccount', created.PhysicalResourceId, { Alias: 'changed' });
    await fixture.remove('cloudAccount', updated.PhysicalResourceId);

    expect(updated.PhysicalResourceId).toBe(`adopted:${id}`);
    expect(registrations(fixture).cloudAccounts).toEqual([{ roleARN: OTHER_ROLE, alias: 'theirs' }]);
  });

  test.each([404, 405])('is adopted where the vendor cannot tell its role (%i)', async (status) => {
    fixture.vendors.reset({}, { cloudAccounts: [{ roleARN: OTHER_ROLE, alias: 'theirs' }] });
    fixture.vendors.setFaults([{ method: 'GET', status }]);

    const created = await fixture.create('cloudAccount');
    await fixture.remove('cloudAccount', created.PhysicalResourceId);

    expect(created.PhysicalResourceId).toBe(`adopted:${id}`);
    expect(registrations(fixture).cloudAccounts).toHaveLength(1);
  });

  test('is ours where it has our role, as after an answer that never arrived', async () => {
    await fixture.create('cloudAccount');

    const second = await fixture.create('cloudAccount');

    expect(second.PhysicalResourceId).toBe(`created:${id}`);
  });

  test.each([
    ['role', { RoleArn: `${OUR_ROLE}-2` }, { roleARN: `${OUR_ROLE}-2`, alias: 'ours' }],
    ['alias', { Alias: 'renamed' }, { roleARN: OUR_ROLE, alias: 'renamed' }],
  ])('another %s registers it anew under the same id, and back', async (_what, changed, expected) => {
    const { PhysicalResourceId } = await fixture.create('cloudAccount');

    const updated = await fixture.update('cloudAccount', PhysicalResourceId, changed);
    const changedTo = registrations(fixture).cloudAccounts;
    const rolledBack = await fixture.update('cloudAccount', PhysicalResourceId, {}, changed);

    expect([updated, rolledBack].map((answer) => answer.PhysicalResourceId)).toEqual([
      PhysicalResourceId,
      PhysicalResourceId,
    ]);
    expect(changedTo).toEqual([expected]);
    expect(registrations(fixture).cloudAccounts).toEqual([{ roleARN: OUR_ROLE, alias: 'ours' }]);
  });

  test('is put back as it was where registering it anew fails', async () => {
    const { PhysicalResourceId } = await fixture.create('cloudAccount');
    fixture.vendors.setFaults([{ method: 'POST', status: 403, times: 1 }]);

    const updated = await fixture.update('cloudAccount', PhysicalResourceId, { Alias: 'renamed' });

    expect(updated).toMatchObject({ Status: 'FAILED', PhysicalResourceId });
    expect(registrations(fixture).cloudAccounts).toEqual([{ roleARN: OUR_ROLE, alias: 'ours' }]);
  });

  test('an update that changes nothing of it makes no change', async () => {
    const { PhysicalResourceId } = await fixture.create('cloudAccount');

    await fixture.update('cloudAccount', PhysicalResourceId, { Revision: '2' });

    expect(callsOf(fixture)).not.toContain(`DELETE /api/cloudaccounts/aws/${AWS_ACCOUNT}`);
  });

  test('that is gone counts as deleted', async () => {
    const deleted = await fixture.remove('cloudAccount', `created:${id}`);

    expect(deleted.Status).toBe('SUCCESS');
  });

  test('that someone else has registered since is left alone', async () => {
    fixture.vendors.reset({}, { cloudAccounts: [{ roleARN: OTHER_ROLE, alias: 'theirs' }] });

    await fixture.remove('cloudAccount', `created:${id}`);

    expect(registrations(fixture).cloudAccounts).toHaveLength(1);
  });

  test('is found and deleted where the creation never answered', async () => {
    await fixture.create('cloudAccount');

    await fixture.remove('cloudAccount', 'CloudFormation-made-this-id');

    expect(registrations(fixture).cloudAccounts).toEqual([]);
  });
});
