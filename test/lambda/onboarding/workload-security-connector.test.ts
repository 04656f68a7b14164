import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AWS_ACCOUNT, type Fixture, OTHER_ROLE, OUR_ROLE, registrations, startFixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());
beforeEach(() => fixture.reset());

describe('Workload Security connector', () => {
  const theirs = { displayName: 'theirs', accountId: AWS_ACCOUNT, crossAccountRoleArn: OTHER_ROLE };

  test('is created, and deleted by its id', async () => {
    const created = await fixture.create('connector');
    const registered = registrations(fixture).connectors;
    const deleted = await fixture.remove('connector', created.PhysicalResourceId);

    expect(created).toMatchObject({
      PhysicalResourceId: `created:us-1/${AWS_ACCOUNT}/1`,
      Data: { ConnectorId: '1' },
    });
    expect(registered).toEqual([{ crossAccountRoleArn: OUR_ROLE, displayName: 'ours' }]);
    expect(deleted.Status).toBe('SUCCESS');
    expect(registrations(fixture).connectors).toEqual([]);
  });

  test('is adopted where the account has one with another role, and left alone', async () => {
    fixture.vendors.reset({}, { workloadConnectors: [theirs] });

    const created = await fixture.create('connector');
    const updated = await fixture.update('connector', created.PhysicalResourceId, { DisplayName: 'changed' });
    await fixture.remove('connector', updated.PhysicalResourceId);

    expect(updated.PhysicalResourceId).toBe(`adopted:us-1/${AWS_ACCOUNT}/1`);
    expect(registrations(fixture).connectors).toEqual([
      { crossAccountRoleArn: OTHER_ROLE, displayName: 'theirs' },
    ]);
  });

  test('is ours where it names our role, as after an answer that never arrived', async () => {
    const first = await fixture.create('connector');
    const second = await fixture.create('connector');

    expect(second.PhysicalResourceId).toBe(first.PhysicalResourceId);
    expect(registrations(fixture).connectors).toHaveLength(1);
  });

  test.each([
    ['role', { RoleArn: `${OUR_ROLE}-2` }, { crossAccountRoleArn: `${OUR_ROLE}-2`, displayName: 'ours' }],
    ['name', { DisplayName: 'renamed' }, { crossAccountRoleArn: OUR_ROLE, displayName: 'renamed' }],
  ])('another %s changes it in place, and back', async (_what, changed, expected) => {
    const { PhysicalResourceId } = await fixture.create('connector');

    const updated = await fixture.update('connector', PhysicalResourceId, changed);
    const changedTo = registrations(fixture).connectors;
    const rolledBack = await fixture.update('connector', PhysicalResourceId, {}, changed);

    expect([updated, rolledBack].map((answer) => answer.PhysicalResourceId)).toEqual([
      PhysicalResourceId,
      PhysicalResourceId,
    ]);
    expect(changedTo).toEqual([expected]);
    expect(registrations(fixture).connectors).toEqual([
      { crossAccountRoleArn: OUR_ROLE, displayName: 'ours' },
    ]);
  });

  test('another AWS account replaces it', async () => {
    const old = await fixture.create('connector');
    const elsewhere = { AwsAccountId: '999999999999', RoleArn: 'arn:aws:iam::999999999999:role/Ours' };

    const updated = await fixture.update('connector', old.PhysicalResourceId, elsewhere);
    await fixture.remove('connector', old.PhysicalResourceId);

    expect(updated.PhysicalResourceId).toBe('created:us-1/999999999999/2');
    expect(registrations(fixture).connectors).toMatchObject([
      { crossAccountRoleArn: 'arn:aws:iam::999999999999:role/Ours' },
    ]);
  });

  test('is made again by an update where someone has deleted it', async () => {
    const updated = await fixture.update('connector', `created:us-1/${AWS_ACCOUNT}/77`, {});

    expect(updated.PhysicalResourceId).toBe(`created:us-1/${AWS_ACCOUNT}/1`);
  });

  test('that is gone counts as deleted', async () => {
    const deleted = await fixture.remove('connector', `created:us-1/${AWS_ACCOUNT}/77`);

    expect(deleted.Status).toBe('SUCCESS');
  });

  test('of another tenant with the same id is not deleted', async () => {
    fixture.vendors.reset(
      {},
      {
        workloadConnectors: [
          {
            displayName: 'x',
            accountId: '999999999999',
            crossAccountRoleArn: 'arn:aws:iam::999999999999:role/X',
          },
        ],
      },
    );

    const deleted = await fixture.remove('connector', `created:us-1/${AWS_ACCOUNT}/1`);

    expect(deleted.Reason).toContain('belongs to AWS account 999999999999');
    expect(registrations(fixture).connectors).toHaveLength(1);
  });

  test('is found and deleted where the creation never answered, others not', async () => {
    await fixture.create('connector');

    await fixture.remove('connector', 'CloudFormation-made-this-id', { RoleArn: OTHER_ROLE });
    const afterOther = registrations(fixture).connectors.length;
    await fixture.remove('connector', 'CloudFormation-made-this-id');

    expect(afterOther).toBe(1);
    expect(registrations(fixture).connectors).toEqual([]);
  });

  test('is not deleted with a revoked key, unless the user lets it pass', async () => {
    const { PhysicalResourceId } = await fixture.create('connector');
    fixture.vendors.setFaults([{ status: 403, body: { message: 'revoked' } }]);

    const refused = await fixture.remove('connector', PhysicalResourceId);
    const passed = await fixture.remove('connector', PhysicalResourceId, {
      OnVendorDeleteFailure: 'Continue',
    });

    expect(refused.Reason).toMatch(/403.*revoked.*API Keys.*retain the resource/);
    expect([refused.Status, passed.Status]).toEqual(['FAILED', 'SUCCESS']);
  });
});
