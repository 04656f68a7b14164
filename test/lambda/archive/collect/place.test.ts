import { describe, expect, test } from 'vitest';
import { controllerPlace } from '../../../../lambda/archive/collect/appdynamics/controller-place.ts';
import { accountOfKey } from '../../../../lambda/archive/collect/cloudone/account-place.ts';
import { fixedPlace } from '../../../../lambda/archive/collect/place.ts';
import { VendorError } from '../../../../lambda/vendors/vendor-call.ts';

const { signal } = new AbortController();

test('a fixed place is another one where its name is', async () => {
  const arrive = fixedPlace('b');
  expect(await arrive(undefined, signal)).toEqual({ place: 'b', isAnother: false });
  expect(await arrive('b', signal)).toEqual({ place: 'b', isAnother: false });
  expect(await arrive('a', signal)).toEqual({ place: 'b', isAnother: true });
});

test.each([
  ['https://Acme.example/', 'user@acme', 'acme at https://acme.example'],
  ['https://acme.example', 'ada@acme.example@acme', 'acme at https://acme.example'],
  ['https://acme.example:8181/base/', 'client@other', 'other at https://acme.example:8181/base'],
])('the controller %s, as %s, is: %s', (url, principal, place) => {
  expect(controllerPlace(url, principal)).toBe(place);
});

describe('a Cloud One account', () => {
  const refused = new VendorError('no', { status: 403 });
  const down = new VendorError('down', { status: 503 });
  const tells = (accountId: string) => async () => ({ accountId, region: 'us-1' as const });
  const fails = (error: Error) => () => Promise.reject(error);
  const firstPlace = async (lookUp: Parameters<typeof accountOfKey>[1]['lookUp']) =>
    (await accountOfKey(undefined, { region: 'us-1', apiKeyId: 'key1', lookUp })).place;

  test.each([
    ['the same key, without a look-up', 'key1', fails(down), false],
    ['another key of the account', 'key2', tells('A'), false],
    ['another account', 'key2', tells('B'), true],
    ['a key that may not be looked up', 'key2', fails(refused), true],
  ])('%s', async (_what, apiKeyId, lookUp, isAnother) => {
    const known = await firstPlace(tells('A'));
    expect(await accountOfKey(known, { region: 'us-1', apiKeyId, lookUp })).toMatchObject({ isAnother });
  });

  test('in another region is another one', async () => {
    const known = await firstPlace(tells('A'));
    const place = { region: 'de-1' as const, apiKeyId: 'key1', lookUp: tells('A') };
    expect(await accountOfKey(known, place)).toMatchObject({ isAnother: true });
  });

  test('is not changed by a vendor that is down: the run fails', async () => {
    const known = await firstPlace(tells('A'));
    const place = { region: 'us-1' as const, apiKeyId: 'key2', lookUp: fails(down) };
    await expect(accountOfKey(known, place)).rejects.toBe(down);
  });

  test('that was never told goes by its key, and is learnt when it is told', async () => {
    const known = await firstPlace(fails(down));
    const later = await accountOfKey(known, { region: 'us-1', apiKeyId: 'key1', lookUp: tells('A') });
    expect(later.isAnother).toBe(false);
    const key2 = { region: 'us-1' as const, apiKeyId: 'key2', lookUp: tells('A') };
    expect(await accountOfKey(later.place, key2)).toMatchObject({ isAnother: false });
    expect(await accountOfKey(known, key2)).toMatchObject({ isAnother: true });
  });
});
