/**
 * A process that dies between the vendor's act and our answer: whoever comes after it knows whose it is. The
 * creation may be delivered again, or CloudFormation gives up and sends a Delete with an id of its own making.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Fixture, startFixture } from './fixture.ts';
import {
  CONNECTION_PROPERTIES,
  type Death,
  held,
  TOKEN_PROPERTIES,
  VisionOneStack,
} from './vision-one-fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());
beforeEach(() => fixture.reset());

const MADE_UP = 'CloudOne-Resource-1ABCDEFGHIJKL';
const createToken = { type: 'Create', properties: TOKEN_PROPERTIES } as const;
const createConnection = { type: 'Create', properties: CONNECTION_PROPERTIES } as const;
const deletion = (properties: object, physicalId: string) =>
  ({ type: 'Delete', properties, physicalId }) as const;

/** More than either creation touches the mark or the secret. */
const MOST_TOUCHES = 8;
const DEATHS: readonly Death[] = Array.from({ length: MOST_TOUCHES }, (_, index) => index + 1).flatMap(
  (at) => [{ at, when: 'before' } as const, { at, when: 'after' } as const],
);

describe.each(DEATHS)('the connection’s creation dies $when touch $at', (death) => {
  test('the creation that is repeated knows the connection for ours, and it is deleted with the stack', async () => {
    const stack = new VisionOneStack(fixture);
    await stack.token(createToken);
    const died = await stack.connectionCreationDies(death);

    const repeated = await stack.connection(createConnection);
    const whileThere = held(fixture).connected;
    await stack.connection(deletion(CONNECTION_PROPERTIES, repeated.PhysicalResourceId));

    expect(died).toBe(death.at <= touchesOfConnection);
    expect(repeated).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'created:us-1' });
    expect(whileThere).toBe(true);
    expect(held(fixture).connected).toBe(false);
    expect(stack.mark.value).toBe('none');
  });

  test('a Delete with an id that CloudFormation made up takes it back', async () => {
    const stack = new VisionOneStack(fixture);
    await stack.token(createToken);
    await stack.connectionCreationDies(death);

    const deleted = await stack.connection(deletion(CONNECTION_PROPERTIES, MADE_UP));

    expect(deleted.Status).toBe('SUCCESS');
    expect(held(fixture).connected).toBe(false);
    expect(stack.mark.value).toBe('none');
  });

  test('somebody else’s connection stays theirs', async () => {
    fixture.vendors.reset({}, { visionOneConnection: { status: 'connected' } });
    const stack = new VisionOneStack(fixture);
    await stack.connectionCreationDies(death);

    const repeated = await stack.connection(createConnection);
    await stack.connection(deletion(CONNECTION_PROPERTIES, repeated.PhysicalResourceId));
    await stack.connection(deletion(CONNECTION_PROPERTIES, MADE_UP));

    expect(repeated.PhysicalResourceId).toBe('adopted:us-1');
    expect(held(fixture).connected).toBe(true);
  });
});

/** Reading the token, and marking before and after the enrolment. */
const touchesOfConnection = 4;

/** Whether the vendor acted and nothing was written yet: what was generated then cannot be found by anybody. */
const isLost = (death: Death) => death.at === 2 && death.when === 'before';

describe.each(DEATHS)('the token’s creation dies $when touch $at', (death) => {
  test('the creation that is repeated uses what was generated, and it is deleted with the stack', async () => {
    const stack = new VisionOneStack(fixture);
    const died = await stack.tokenCreationDies(death);
    const lost = isLost(death) ? held(fixture).connectors : [];

    const repeated = await stack.token(createToken);
    const whileThere = held(fixture).connectors;
    await stack.connection(createConnection);
    const connected = held(fixture).connected;
    await stack.connection(deletion(CONNECTION_PROPERTIES, 'created:us-1'));
    await stack.token(deletion(TOKEN_PROPERTIES, repeated.PhysicalResourceId));

    expect(died).toBe(death.at <= 2);
    expect(repeated.Status).toBe('SUCCESS');
    expect(whileThere).toHaveLength(lost.length + 1);
    expect(whileThere.map((id) => `created:us-1/us/${id}`)).toContain(repeated.PhysicalResourceId);
    expect(connected).toBe(true);
    expect(held(fixture)).toEqual({ connected: false, connectors: lost });
    expect(stack.secret.value).toBeUndefined();
  });

  test('a Delete with an id that CloudFormation made up takes it back', async () => {
    const stack = new VisionOneStack(fixture);
    await stack.tokenCreationDies(death);
    const lost = isLost(death) ? held(fixture).connectors : [];

    const deleted = await stack.token(deletion(TOKEN_PROPERTIES, MADE_UP));

    expect(deleted.Status).toBe('SUCCESS');
    expect(held(fixture).connectors).toEqual(lost);
    expect(stack.secret.value).toBeUndefined();
  });
});

test('what lapses with a process that died is one unused token, which nobody can ask for', async () => {
  const stack = new VisionOneStack(fixture);

  await stack.tokenCreationDies({ at: 2, when: 'before' });

  expect(held(fixture).connectors).toHaveLength(1);
  expect(stack.secret.value).toBeUndefined();
});

test('a connection’s deletion that died half-way is carried on', async () => {
  const stack = new VisionOneStack(fixture);
  await stack.token(createToken);
  const { PhysicalResourceId } = await stack.connection(createConnection);
  // Disconnected, and then it died: the mark is still set.
  fixture.vendors.reset();

  const deleted = await stack.connection(deletion(CONNECTION_PROPERTIES, PhysicalResourceId));

  expect(deleted.Status).toBe('SUCCESS');
  expect(stack.mark.value).toBe('none');
});

test.each([404, 405])(
  'what was only begun is left alone where the vendor cannot be asked (%i)',
  async (status) => {
    fixture.vendors.reset({}, { visionOneConnection: { status: 'connected' } });
    fixture.vendors.setFaults([{ method: 'GET', path: '/api/connectors', status }]);
    const stack = new VisionOneStack(fixture);
    stack.mark.value = 'begun:us-1';

    const deleted = await stack.connection(deletion(CONNECTION_PROPERTIES, MADE_UP));

    expect(deleted.Status).toBe('SUCCESS');
    expect(held(fixture).connected).toBe(true);
  },
);

test('what was made is taken back also where the vendor cannot be asked', async () => {
  fixture.vendors.reset({}, { visionOneConnection: { status: 'connected' } });
  fixture.vendors.setFaults([{ method: 'GET', path: '/api/connectors', status: 405 }]);
  const stack = new VisionOneStack(fixture);
  stack.mark.value = 'made:us-1';

  const deleted = await stack.connection(deletion(CONNECTION_PROPERTIES, MADE_UP));

  expect(deleted.Status).toBe('SUCCESS');
  expect(held(fixture).connected).toBe(false);
});

test.each(['none', 'made:de-1', 'begun:de-1', 'nonsense', 'made'])(
  'the mark %j says nothing of this account',
  async (value) => {
    fixture.vendors.reset({}, { visionOneConnection: { status: 'connected' } });
    const stack = new VisionOneStack(fixture);
    stack.mark.value = value;

    const created = await stack.connection(createConnection);

    expect(created.PhysicalResourceId).toBe('adopted:us-1');
  },
);

test('a connection that another process made for the same request is ours, though we were refused as connected', async () => {
  const stack = new VisionOneStack(fixture);
  await stack.token(createToken);
  // The other was faster: its connection came after our look, and its mark before our request.
  fixture.vendors.reset({}, { visionOneConnection: { status: 'connected' } });
  fixture.vendors.setFaults([
    { method: 'GET', path: '/api/connectors', status: 404, times: 1 },
    { method: 'POST', path: '/api/connectors', status: 409, times: 1 },
  ]);
  stack.mark.value = 'made:us-1';

  const created = await stack.connection(createConnection);

  expect(created).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'created:us-1' });
  expect(stack.mark.value).toBe('made:us-1');
});
