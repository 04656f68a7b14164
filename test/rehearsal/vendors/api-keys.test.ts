import { expect, test } from 'vitest';
import { simulated } from './caller.ts';

const sim = simulated();

const lookUp = (key: string) =>
  sim.call('GET', `accounts.cloudone.trendmicro.com/api/apikeys/${key.split(':')[0]}`, {
    headers: { authorization: `ApiKey ${key}`, 'api-version': 'v1' },
  });

test('a further API key is of the same account, and the former stands until it is revoked', async () => {
  const former = sim.simulator.tenant.cloudOneApiKey;
  const next = sim.simulator.issueApiKey();

  const [ofFormer, ofNext] = [await lookUp(former), await lookUp(next)];
  expect([ofFormer.status, ofNext.status]).toEqual([200, 200]);
  expect(next.split(':')[0]).not.toBe(former.split(':')[0]);
  const account = (urn: string) => urn.split(':').slice(0, 5);
  expect(account(ofNext.body.urn)).toEqual(account(ofFormer.body.urn));

  expect(sim.simulator.revokeApiKeys('former')).toBe(1);
  expect((await lookUp(former)).status).toBe(401);
  expect((await lookUp(next)).status).toBe(200);
  expect(sim.simulator.revokeApiKeys('former')).toBe(0);
});

test('a key that nobody issued is refused, and so is one of another id', async () => {
  const [id, secret] = sim.simulator.issueApiKey().split(':');

  expect((await lookUp(`${id}:other`)).status).toBe(401);
  expect((await lookUp(`other:${secret}`)).status).toBe(401);
});
