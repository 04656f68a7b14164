import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import {
  callVendor,
  callVendorOrAbsent,
  type VendorCall,
  VendorError,
} from '../../../lambda/vendors/vendor-call.ts';
import { answer, hang, reset, type ScriptedServer, startScriptedServer } from './scripted-server.ts';

let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer();
});
afterAll(() => server.close());
beforeEach(() => {
  vi.restoreAllMocks();
  vi.spyOn(Math, 'random').mockReturnValue(0);
});

const thing = z.object({ id: z.number() });

function call(changed: Partial<VendorCall<z.infer<typeof thing>>> = {}) {
  return {
    vendor: 'Trend Cloud One',
    step: 'Looking at a thing',
    method: 'GET',
    url: server.url,
    headers: { authorization: 'ApiKey key-id:key:secret' },
    answer: thing,
    ...changed,
  } as const;
}

async function failureOf(changed: Partial<VendorCall<z.infer<typeof thing>>> = {}): Promise<VendorError> {
  const outcome = await callVendor(call(changed)).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(VendorError);
  return outcome as VendorError;
}

describe('another try', () => {
  test.each([
    ['429', answer(429)],
    ['429 with Retry-After', answer(429, {}, { 'retry-after': '0' })],
    ['503', answer(503)],
    ['500', answer(500)],
    ['a reset', reset],
  ])('helps a GET after %s', async (_what, failure) => {
    server.play(failure, failure, answer(200, { id: 7 }));

    await expect(callVendor(call())).resolves.toEqual({ id: 7 });
    expect(server.requests).toHaveLength(3);
  });

  test.each([
    ['500', answer(500)],
    ['503', answer(503)],
    ['a reset', reset],
  ])('is not made for a creation after %s, which may have acted', async (_what, failure) => {
    server.play(failure, answer(200, { id: 7 }));

    const error = await failureOf({ method: 'POST', json: {} });

    expect(error.mayHaveActed).toBe(true);
    expect(server.requests).toHaveLength(1);
  });

  test('is made for a creation after 429, which did not act', async () => {
    server.play(answer(429), answer(200, { id: 7 }));

    await expect(callVendor(call({ method: 'POST', json: {} }))).resolves.toEqual({ id: 7 });
  });

  test('is made for a creation that could not be sent', async () => {
    const elsewhere = await startScriptedServer();
    await elsewhere.close();

    const error = await failureOf({ method: 'POST', json: {}, url: elsewhere.url });

    expect(error.message).toContain('ECONNREFUSED');
    expect(error.mayHaveActed).toBe(false);
  });

  test.each([400, 401, 403, 404, 405, 409, 413])('is not made after %i', async (status) => {
    server.play(answer(status));

    const error = await failureOf();

    expect(error).toMatchObject({ status, mayHaveActed: false });
    expect(server.requests).toHaveLength(1);
  });

  test('is given up after five', async () => {
    server.play(answer(500));

    await failureOf();

    expect(server.requests).toHaveLength(5);
  });

  test('is not waited for longer than is sensible', async () => {
    server.play(answer(429, {}, { 'retry-after': '3600' }));

    const error = await failureOf();

    expect(error.retryAfterMs).toBe(3_600_000);
    expect(server.requests).toHaveLength(1);
  });

  test('is not made when time has run out', async () => {
    server.play(hang);

    const error = await failureOf({ signal: AbortSignal.timeout(50) });

    expect(error.message).toContain('ran out of time before Trend Cloud One answered GET');
    expect(error.mayHaveActed).toBe(true);
    expect(server.requests).toHaveLength(1);
  });
});

describe('the message', () => {
  test.each([
    ['{"message"}', { message: 'Not you.' }, 'saying "Not you."'],
    ['{"error":{"message"}}', { error: { code: 'x', message: 'Not you.' } }, 'saying "Not you."'],
    ['{"error"}', { error: 'Not you.' }, 'saying "Not you."'],
    ['plain text over two lines', 'Not\n\u0007you.', 'saying "Not you."'],
    ['HTML', '<html>long page</html>', 'with an HTML page'],
    ['nothing', '', 'api/things. Check'],
  ])('repeats the words of %s', async (_what, body, words) => {
    server.play(answer(403, body));

    const { message } = await failureOf();

    expect(message).toMatch(
      /^Looking at a thing: Trend Cloud One answered 403 to GET 127\.0\.0\.1:\d+\/api\/things/,
    );
    expect(message).toContain(words);
  });

  test('is short, whatever the vendor says', async () => {
    server.play(answer(400, 'x'.repeat(100_000)));

    const { message } = await failureOf();

    expect(message.length).toBeLessThan(600);
  });

  test('never shows the credential, nor what else is secret, though the vendor echoes it', async () => {
    server.play(answer(400, { message: 'bad: ApiKey key-id:key:secret, key:secret, the-token' }));

    const { message } = await failureOf({ method: 'POST', json: { a: 'the-token' }, secrets: ['the-token'] });

    expect(message).not.toMatch(/key:secret|the-token/);
  });

  test('names the host that it is redirected to, and no more of the location', async () => {
    server.play(answer(302, '', { location: 'https://login.example/?return=the-token' }));

    const { message } = await failureOf();

    expect(message).toContain('redirects to login.example');
    expect(message).not.toContain('the-token');
  });

  test('takes a special cure', async () => {
    server.play(answer(404));

    const { message } = await failureOf({ cures: { 404: 'Make it first.' } });

    expect(message).toMatch(/Make it first\.$/);
  });
});

describe('an answer of another shape', () => {
  test.each([
    ['truncated JSON', '{"id":', 'answer: '],
    ['an HTML page', '<html/>', 'an HTML page'],
    ['a wrong type', { id: '7' }, 'id: Invalid input: expected number'],
    ['nothing', '', 'answer: '],
  ])('%s', async (_what, body, words) => {
    server.play(answer(200, body));

    const error = await failureOf();

    expect(error.message).toContain(words);
    expect(error.mayHaveActed).toBe(true);
  });

  test('an HTML page is no answer to a deletion either', async () => {
    server.play(answer(200, '<html/>'));

    await expect(callVendor({ ...call({ method: 'DELETE' }), answer: z.unknown() })).rejects.toThrow(
      'an HTML page',
    );
  });
});

describe('absence', () => {
  test('is 404, unless said otherwise', async () => {
    server.play(answer(404));

    await expect(callVendorOrAbsent(call())).resolves.toBeUndefined();
    await expect(callVendorOrAbsent(call(), [405])).rejects.toThrow('404');
  });
});
