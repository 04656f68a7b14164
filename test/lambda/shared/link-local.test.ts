import { type LookupAddress, lookup } from 'node:dns';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { HttpConnectionError, sendHttp } from '../../../lambda/shared/http.ts';

vi.mock('node:dns', () => ({ lookup: vi.fn() }));

type Answer = (error: Error | null, found: string | LookupAddress[] | undefined, family?: number) => void;

/** Lets all names lead to these addresses. */
function leadTo(...addresses: readonly string[]): void {
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  vi.mocked(lookup).mockImplementation(((_name: string, { all }: { all?: boolean }, answer: Answer) =>
    all === true ? answer(null, found) : answer(null, found[0]?.address, found[0]?.family)) as typeof lookup);
}

const server = createServer((_request, response) => {
  response.end('here');
});
afterEach(() => server.close());

test.each([
  ['169.254.169.254'],
  ['203.0.113.1', '169.254.169.254'],
  ['fe80::1'],
  ['fd00:ec2::254'],
  ['::ffff:169.254.169.254'],
  ['64:ff9b::a9fe:a9fe'],
  ['2002:a9fe:a9fe::1'],
])('a name that leads to %s is not called', async (...addresses) => {
  leadTo(...addresses);
  const sent = sendHttp({ method: 'GET', url: new URL('http://vendor.example:9'), timeoutMs: 5000 });
  await expect(sent).rejects.toThrow(HttpConnectionError);
  await expect(sent).rejects.toThrow('link-local');
});

test('any other name is called, and one that leads nowhere is not', async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  leadTo('127.0.0.1');
  const url = new URL(`http://vendor.example:${port}`);
  expect((await sendHttp({ method: 'GET', url })).body.toString()).toBe('here');

  vi.mocked(lookup).mockImplementation(((_name: string, _options: object, answer: Answer) =>
    answer(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), undefined)) as typeof lookup);
  await expect(sendHttp({ method: 'GET', url: new URL('http://nowhere.example') })).rejects.toThrow(
    'ENOTFOUND',
  );
});
