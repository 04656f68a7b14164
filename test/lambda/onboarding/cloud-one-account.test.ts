import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { callsOf, type Fixture, startFixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());
beforeEach(() => fixture.reset());

describe('Cloud One account', () => {
  test('tells account and region, and has nothing to delete', async () => {
    const created = await fixture.create('account');
    const deleted = await fixture.remove('account', created.PhysicalResourceId);

    expect(created).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: 'adopted:us-1/900000000001',
      Data: { AccountId: '900000000001', Region: 'us-1' },
    });
    expect(deleted.Status).toBe('SUCCESS');
  });

  test('understands the spelling GB-1', async () => {
    fixture.vendors.setFaults([{ body: { urn: 'urn:cloudone:identity:GB-1:42:apikey/x' } }]);

    const created = await fixture.create('account', { AwsRegion: 'eu-west-2' });

    expect(created.Data).toMatchObject({ AccountId: '42', Region: 'gb-1' });
  });

  test('refuses a wrong AWS region, names both and the right one, and registers nothing', async () => {
    const created = await fixture.create('account', { AwsRegion: 'eu-west-1' });

    expect(created.Status).toBe('FAILED');
    expect(created.Reason).toMatch(/eu-west-1.*us-1.*us-east-1/);
    expect(callsOf(fixture)).toEqual(['GET /api/apikeys/tmcSimulatedKeyId0000000001']);
  });

  test('refuses an unknown Cloud One region, and lists the known ones', async () => {
    fixture.vendors.setFaults([{ body: { urn: 'urn:cloudone:identity:trend-us-1:42:apikey/x' } }]);

    const created = await fixture.create('account');

    expect(created.Reason).toMatch(/"trend-us-1" is not .*us-1, in-1, gb-1/);
  });

  test.each(['', 'urn:aws:s3:us-1:42:apikey/x', 'urn:cloudone:identity:us-1'])(
    'refuses the URN %o',
    async (urn) => {
      fixture.vendors.setFaults([{ body: { urn } }]);

      const created = await fixture.create('account');

      expect(created.Status).toBe('FAILED');
    },
  );

  test('takes a rotated key of the same account', async () => {
    const created = await fixture.create('account');

    const updated = await fixture.update('account', created.PhysicalResourceId, { ApiKeyId: 'new' });

    expect(updated).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: created.PhysicalResourceId });
  });

  test('refuses a key of another account, whose registrations could not be taken back', async () => {
    const updated = await fixture.update('account', 'adopted:us-1/another', { ApiKeyId: 'new' });

    expect(updated.Status).toBe('FAILED');
    expect(updated.Reason).toContain('is registered with us-1/another');
    expect(updated.PhysicalResourceId).toBe('adopted:us-1/another');
  });

  test('asks the vendor’s client’s stack for a short name, before anything else', async () => {
    const named = (stackName: string) =>
      fixture.sink.send(fixture.handlers.account, {
        type: 'Create',
        properties: VENDOR_CLIENT,
        stackId: `arn:aws:cloudformation:us-east-1:123456789012:stack/${stackName}/uuid`,
      });

    const fitting = await named('CloudOne');
    fixture.vendors.reset();
    const long = await named('CloudOne1');

    expect(fitting.Status).toBe('SUCCESS');
    expect(long).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(
        /"CloudOne1", has 9 characters.*8 at most.*shorter name, such as CloudOne/,
      ),
    });
    expect(callsOf(fixture)).toEqual([]);
  });

  test.each(['CloudOne', 'VisionOne'])('any name will do for the destination %s', async (destination) => {
    const created = await fixture.sink.send(fixture.handlers.account, {
      type: 'Create',
      properties: { AwsRegion: 'us-east-1', ForwardingDestination: destination },
      stackId: `arn:aws:cloudformation:us-east-1:123456789012:stack/${'a'.repeat(128)}/uuid`,
    });

    expect(created.Status).toBe('SUCCESS');
  });

  test.each([
    ['CloudOne', 'VendorClient', 'to VendorClient'],
    ['VisionOne', 'VendorClient', 'to VendorClient'],
    ['VendorClient', 'CloudOne', 'from VendorClient'],
    ['VendorClient', 'VisionOne', 'from VendorClient'],
  ])(
    'refuses an update from %s to %s, says what to do, and lets it be rolled back',
    async (before, after, words) => {
      const old = { ForwardingDestination: before };
      const wanted = { ForwardingDestination: after };
      const { PhysicalResourceId } = await fixture.create('account', old);

      const refused = await fixture.update('account', PhysicalResourceId, wanted, old);
      const rolledBack = await fixture.update('account', refused.PhysicalResourceId, old, wanted);

      expect(refused).toMatchObject({
        Status: 'FAILED',
        Reason: expect.stringMatching(
          new RegExp(`${words}.*deploy it anew with ForwardingDestination=${after}`),
        ),
        PhysicalResourceId,
      });
      expect(rolledBack).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId });
    },
  );

  test.each([
    ['CloudOne', 'VisionOne'],
    ['VisionOne', 'CloudOne'],
    ['VendorClient', 'VendorClient'],
  ])('an update from %s to %s replaces nothing', async (before, after) => {
    const old = { ForwardingDestination: before };
    const { PhysicalResourceId } = await fixture.create('account', old);

    const updated = await fixture.update(
      'account',
      PhysicalResourceId,
      { ForwardingDestination: after, Revision: '2' },
      old,
    );

    expect(updated).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId });
  });

  test.each([
    [undefined, ''],
    ['', ''],
    [' [ { "drop" : { "readOnly" : true } } ] ', '[{"drop":{"readOnly":true}}]'],
  ])('passes the filter %j on as %j', async (given, passedOn) => {
    const created = await fixture.create('account', { ForwardingFilter: given });

    expect(created).toMatchObject({ Status: 'SUCCESS', Data: { ForwardingFilter: passedOn } });
  });

  test('refuses a wrong filter before it calls anybody, and says where it is wrong', async () => {
    const created = await fixture.create('account', {
      ForwardingFilter: '[{"drop":{"readOnly":true}},{"drop":{"eventSource":"kms"}}]',
    });

    expect(created.Status).toBe('FAILED');
    expect(created.Reason).toContain('Rule 2, field eventSource: given "kms"; allowed: the service');
    expect(callsOf(fixture)).toEqual([]);
  });

  test('refuses an update to a wrong filter, and lets it be rolled back', async () => {
    const old = { ForwardingFilter: '[{"drop":{"readOnly":true}}]' };
    const wrong = { ForwardingFilter: '[{"drop":{}}]' };
    const { PhysicalResourceId } = await fixture.create('account', old);

    const refused = await fixture.update('account', PhysicalResourceId, wrong, old);
    const rolledBack = await fixture.update('account', PhysicalResourceId, old, wrong);

    expect(refused).toMatchObject({ Status: 'FAILED', PhysicalResourceId });
    expect(refused.Reason).toContain('Rule 1 has no condition');
    expect(rolledBack).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId });
  });

  test('tells a key of another account in the same words with the vendor’s client', async () => {
    const updated = await fixture.update('account', 'adopted:us-1/another/VendorClient', VENDOR_CLIENT);

    expect(updated.Reason).toContain('is registered with us-1/another. ');
  });
});

const VENDOR_CLIENT = { AwsRegion: 'us-east-1', ForwardingDestination: 'VendorClient' };
