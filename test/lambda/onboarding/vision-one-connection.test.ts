import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { callsOf, type Fixture, PROPERTIES, registrations, startFixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());
beforeEach(() => fixture.reset());

describe('Vision One connection', () => {
  test('enrols, waits until connected, and disconnects', async () => {
    const created = await fixture.create('connection');
    const connected = registrations(fixture).connection;
    const deleted = await fixture.remove('connection', created.PhysicalResourceId);

    expect(created).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: 'created:us-1',
      Data: { Status: 'connected' },
    });
    expect(connected).toBe(1);
    expect(deleted.Status).toBe('SUCCESS');
    expect(registrations(fixture).connection).toBe(0);
  });

  test('says so where it is still connecting at the end', async () => {
    fixture.vendors.setFaults([
      { method: 'GET', path: '/api/connectors', skip: 1, body: { registration: { status: 'connecting' } } },
    ]);

    const created = await fixture.create('connection');

    expect(created).toMatchObject({ Status: 'SUCCESS', Data: { Status: 'connecting' } });
  });

  test('fails for any other status, and disconnects', async () => {
    fixture.vendors.setFaults([
      { method: 'GET', path: '/api/connectors', skip: 1, body: { registration: { status: 'rejected' } } },
    ]);

    const created = await fixture.create('connection');

    expect(created.Reason).toContain('"rejected"');
    expect(registrations(fixture).connection).toBe(0);
  });

  test('adopts a connection, uses up no token, and leaves it', async () => {
    fixture.vendors.reset({}, { visionOneConnection: { status: 'connected' } });

    const created = await fixture.create('connection');
    await fixture.remove('connection', created.PhysicalResourceId);

    expect(created).toMatchObject({ PhysicalResourceId: 'adopted:us-1', Data: { Status: 'connected' } });
    expect(callsOf(fixture)).toEqual(['GET /api/connectors']);
    expect(registrations(fixture).connection).toBe(1);
  });

  test('needs no token where there is a connection, and asks for one where there is none', async () => {
    const { sink, connectionWithoutToken, vendors } = fixture;
    const request = { type: 'Create', properties: PROPERTIES.connection } as const;

    const refused = await sink.send(connectionWithoutToken, request);
    vendors.reset({}, { visionOneConnection: { status: 'connected' } });
    const adopted = await sink.send(connectionWithoutToken, request);

    expect(refused.Reason).toContain('VisionOneServiceToken');
    expect(adopted.Status).toBe('SUCCESS');
  });

  test.each([404, 405])('enrols though the status cannot be asked for (%i)', async (status) => {
    fixture.vendors.setFaults([{ method: 'GET', path: '/api/connectors', status }]);

    const created = await fixture.create('connection');

    expect(created).toMatchObject({ Status: 'SUCCESS', Data: { Status: 'connecting' } });
    expect(registrations(fixture).connection).toBe(1);
  });

  test.each([404, 405])(
    'leaves alone a connection that only the enrolment shows, the status being unknown (%i)',
    async (status) => {
      fixture.vendors.reset({}, { visionOneConnection: { status: 'connected' } });
      fixture.vendors.setFaults([{ method: 'GET', path: '/api/connectors', status }]);

      const created = await fixture.create('connection');
      await fixture.remove('connection', created.PhysicalResourceId);

      expect(created).toMatchObject({ PhysicalResourceId: 'adopted:us-1', Data: { Status: 'unknown' } });
      expect(registrations(fixture).connection).toBe(1);
    },
  );

  test('a refused token leaves a connection alone that the vendor does not tell of', async () => {
    fixture.vendors.reset({}, { visionOneConnection: { status: 'connected' } });
    fixture.vendors.setFaults([
      { method: 'GET', path: '/api/connectors', status: 404 },
      { method: 'POST', path: '/api/connectors', status: 400, body: { message: 'expired' } },
    ]);

    const created = await fixture.create('connection');
    await fixture.remove('connection', created.PhysicalResourceId);

    expect(created.Reason).toMatch(/expired.*generate a new one/);
    expect(registrations(fixture).connection).toBe(1);
  });

  test('a connection that only the enrolment shows is not disconnected though the rest fails', async () => {
    fixture.vendors.reset({}, { visionOneConnection: { status: 'connected' } });
    fixture.vendors.setFaults([
      { method: 'GET', path: '/api/connectors', status: 404, times: 1 },
      { method: 'GET', path: '/api/connectors', body: { registration: { status: 'rejected' } } },
    ]);

    const created = await fixture.create('connection');
    await fixture.remove('connection', created.PhysicalResourceId);

    expect(created.Reason).toContain('"rejected"');
    expect(registrations(fixture).connection).toBe(1);
  });

  test('an update reads the status again and changes nothing', async () => {
    const { PhysicalResourceId } = await fixture.create('connection');

    const updated = await fixture.update('connection', PhysicalResourceId, { Revision: '2' });

    expect(updated).toMatchObject({ PhysicalResourceId, Data: { Status: 'connected' } });
    expect(registrations(fixture).connection).toBe(1);
  });

  test('says how to disconnect by hand where the vendor has no call for it', async () => {
    const { PhysicalResourceId } = await fixture.create('connection');
    fixture.vendors.setFaults([{ method: 'DELETE', status: 404 }]);

    const unknown = await fixture.remove('connection', PhysicalResourceId);
    fixture.vendors.setFaults([{ method: 'DELETE', status: 405 }]);
    const unsupported = await fixture.remove('connection', PhysicalResourceId);

    expect([unknown.Status, unsupported.Status]).toEqual(['FAILED', 'FAILED']);
    expect(unknown.Reason).toContain('Administration > Trend Vision One');
    expect(unsupported.Reason).toContain('Administration > Trend Vision One');
  });
});
