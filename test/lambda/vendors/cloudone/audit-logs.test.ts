import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseCloudOneApiKey } from '../../../../lambda/vendors/cloudone/api-key.ts';
import { readAuditLogPage, StaleCursorError } from '../../../../lambda/vendors/cloudone/audit-logs.ts';
import { VendorError } from '../../../../lambda/vendors/vendor-call.ts';
import { answer, type Script, type ScriptedServer, startScriptedServer } from '../scripted-server.ts';

let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer();
});
afterAll(() => server.close());
beforeEach(() => vi.stubEnv('VENDOR_ENDPOINT_OVERRIDE', server.url.origin));
afterEach(() => vi.unstubAllEnvs());

const access = {
  apiKey: parseCloudOneApiKey('2H9y:topsecret'),
  step: 'Cloud One audit log',
  signal: new AbortController().signal,
};
const read = (cursor?: string) => readAuditLogPage(access, 'us-1', cursor);

describe('a page', () => {
  test('is asked for as the vendor documents it', async () => {
    const seen: unknown[] = [];
    server.play((response, request) => {
      const { url, headers } = request;
      seen.push({ url, key: headers.authorization, version: headers['api-version'] });
      response.end('{"logs":[]}');
    });

    await read();
    await read('a+b/c==&d e');
    // The vendor's own script would send this as it is.
    await read('a%2Bb%3D%3D');

    const path = '/audit.us-1.cloudone.trendmicro.com/api/logs?limit=25';
    expect(seen).toEqual(
      ['', '&cursor=a%2Bb%2Fc%3D%3D%26d%20e', '&cursor=a%2Bb%3D%3D'].map((query) => ({
        url: path + query,
        key: 'ApiKey 2H9y:topsecret',
        version: 'v1',
      })),
    );
  });

  test('gives its records to the character, and the next cursor', async () => {
    const records = [
      '{ "id" : "1", "time":"2026-03-01T12:00:00Z","n":1.0e2,  "s":"\\u00e9é]}," }',
      '{"id":"2","time":"2026-03-01T12:00:01Z","big":12345678901234567890}',
    ];
    server.play(answer(200, `\ufeff{"next":"abc", "logs" : [ ${records.join(' ,\n')} ]}`));

    const page = await read();

    expect(page.next).toBe('abc');
    expect(page.records.map(({ text }) => text)).toEqual(records);
    expect(page.records.map(({ id }) => id)).toEqual(['1', '2']);
  });

  test.each([
    [{ id: 'x', time: '2026-03-01T12:00:00Z' }],
    [{ eventId: 'x', timestamp: '2026-03-01T12:00:00.000+00:00' }],
    [{ EventID: 'x', Time: 1_772_366_400_000 }],
    [{ event_id: 'x', created_at: 1_772_366_400 }],
    [{ uuid: 'x', 'event-time': '1772366400000' }],
    [{ id: 'x', time: null, timestamp: '2026-03-01 12:00:00' }],
  ])('understands %j', async (record) => {
    server.play(answer(200, { logs: [record] }));

    const [found] = (await read()).records;

    expect(found).toMatchObject({ id: 'x', time: Date.parse('2026-03-01T12:00:00Z'), readable: true });
  });

  test('lets through what it does not understand', async () => {
    server.play(answer(200, '{"logs":[{"what":1},null,"text",{bad}]}'));

    const { records } = await read();

    expect(records.map(({ id, time }) => [id, time])).toEqual(Array(4).fill([undefined, Number.NaN]));
    expect(records.map(({ readable }) => readable)).toEqual([true, true, true, false]);
  });

  test.each([
    ['{"logs":[]}', undefined],
    ['{"logs":[],"next":null}', undefined],
    ['{"logs":[],"next":""}', undefined],
    ['{"logs":[],"next":12345678901234567890}', '12345678901234567890'],
  ])('%s: the next cursor is %j', async (body, next) => {
    server.play(answer(200, body));

    expect((await read()).next).toBe(next);
  });
});

describe('what is no page', () => {
  test.each([
    ['<html>proxy</html>', 'an HTML page'],
    ['', 'ends unfinished'],
    ['[]', '"{" is missing'],
    ['{}', 'no "logs"'],
    ['{"logs":{}}', '"[" is missing'],
    ['{"logs":[{"id":"1"}', 'ends unfinished'],
    ['{"logs":[],"next":{}}', '"next" is no cursor'],
    ['{"logs":[],"logs":[]}', 'twice'],
  ])('%j is explained', async (body, words) => {
    server.play(answer(200, body));

    await expect(read('abc')).rejects.toThrow(VendorError);
    await expect(read('abc')).rejects.toThrow(words);
  });

  test('bytes that are not UTF-8 are not replaced', async () => {
    server.play((response) => response.end(Buffer.from('7b226c6f6773223a5b22ff225d7d', 'hex')));

    await expect(read()).rejects.toThrow('not UTF-8');
  });

  test('a redirect is not followed', async () => {
    server.play(answer(302, '', { location: 'https://login.example/' }));

    await expect(read()).rejects.toThrow(/redirects to login\.example/);
  });

  test('a refused key is explained, and not shown', async () => {
    server.play(answer(401, { message: 'ApiKey 2H9y:topsecret is wrong' }));

    const error = await read().catch((caught: Error) => caught);

    expect(error).toMatchObject({ status: 401, message: expect.stringContaining('API Keys') });
    expect(JSON.stringify((error as Error).message)).not.toContain('topsecret');
  });
});

test.each([400, 404, 410])(
  '%i to a cursor means that it is stale, and to the first page it does not',
  async (status) => {
    server.play(answer(status, { message: 'bad cursor' }));

    await expect(read('abc')).rejects.toThrow(StaleCursorError);
    await expect(read()).rejects.toThrow(VendorError);
  },
);

test('429 is waited for as documented: half a second, one, and as long as Retry-After says', async () => {
  const times: number[] = [];
  const throttled = (headers: Record<string, string> = {}): Script => {
    return (response) => {
      times.push(performance.now());
      response.writeHead(429, headers).end();
    };
  };
  server.play(throttled(), throttled(), throttled({ 'retry-after': '2' }), (response) => {
    times.push(performance.now());
    response.end('{"logs":[]}');
  });

  await read();

  // At least so long: a busy machine may take longer, and a timer may be early by a millisecond.
  const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0) + 5);
  expect(waits.map((wait, index) => wait >= ([500, 1000, 2000][index] ?? 0))).toEqual([true, true, true]);
});
