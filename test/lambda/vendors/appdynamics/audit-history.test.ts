import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type AuditHistoryAccess,
  readAuditHistory,
  UnparsableHistoryError,
  WindowTooLargeError,
} from '../../../../lambda/vendors/appdynamics/audit-history.ts';
import {
  type AppDynamicsCredential,
  basicCredential,
  OAuthCredential,
} from '../../../../lambda/vendors/appdynamics/credential.ts';
import {
  MalformedFiltersError,
  parseAuditHistoryFilters,
} from '../../../../lambda/vendors/appdynamics/filters.ts';
import { VendorError } from '../../../../lambda/vendors/vendor-call.ts';
import { type ControllerServer, startControllerServer } from './controller-server.ts';

const WINDOW = { from: Date.parse('2026-03-01T10:00:00Z'), to: Date.parse('2026-03-01T10:59:59.999Z') };
const CONTROLLER = 'https://acme.saas.appdynamics.com';

let controller: ControllerServer;
let secret: string;
let now: number;
beforeAll(() => {
  vi.stubEnv('VENDOR_ENDPOINT_OVERRIDE', '');
});
beforeEach(async () => {
  controller = await startControllerServer();
  vi.stubEnv('VENDOR_ENDPOINT_OVERRIDE', controller.url);
  secret = controller.password;
  now = 0;
});
afterEach(() => controller.close());
afterAll(() => vi.unstubAllEnvs());

/** Of a secret that is kept until it is to be forgotten. */
function secretSource() {
  let kept: string | undefined;
  return {
    read: async () => {
      kept ??= secret;
      return kept;
    },
    forget: () => {
      kept = undefined;
    },
  };
}

const basic = () => basicCredential('user1@customer1', secretSource());
const oauth = () =>
  new OAuthCredential({
    controllerUrl: CONTROLLER,
    clientId: 'user1@customer1',
    clientSecret: secretSource(),
    step: 'AppDynamics audit history',
    now: () => now,
  });

const signal = new AbortController().signal;
const accessWith = (
  credential: AppDynamicsCredential,
  filters: Partial<AuditHistoryAccess['filters']> = {},
) => ({
  controllerUrl: CONTROLLER,
  credential,
  filters: { include: [], exclude: [], ...filters },
  step: 'AppDynamics audit history',
});
const read = (credential = basic(), filters = {}) =>
  readAuditHistory(accessWith(credential, filters), WINDOW, signal);

describe('the history', () => {
  test('is asked for as the vendor documents it', async () => {
    await read(basic(), {
      include: ['userName:a b+c', 'action:LOGIN', 'action:LOGIN_FAILED'],
      exclude: ['accountName:system'],
    });

    expect(controller.requests).toEqual([
      '/ControllerAuditHistory?startTime=2026-03-01T10%3A00%3A00.000%2B0000&endTime=2026-03-01T10%3A59%3A59.999%2B0000' +
        '&timeZoneId=UTC&include=userName%3Aa%20b%2Bc&include=action%3ALOGIN&include=action%3ALOGIN_FAILED' +
        '&exclude=accountName%3Asystem',
    ]);
  });

  test('comes to the character, with the controller’s clock', async () => {
    const records = [
      '{"timeStamp":1772359200000, "userName":null}',
      '{"auditDateTime":"2026-03-01T10:00:00.000+0000","changes":"\\u00e9"}',
      '{"action":"LOGIN"}',
      '{bad}',
    ];
    controller.answer = (response) =>
      response.setHeader('date', 'Sun, 01 Mar 2026 11:00:00 GMT').end(`[${records.join(',\n')}]`);

    const { records: found, answeredAt } = await read();

    expect(found.map(({ text }) => text)).toEqual(records);
    expect(found.map(({ time }) => time)).toEqual([WINDOW.from, WINDOW.from, Number.NaN, Number.NaN]);
    expect(found.map(({ readable }) => readable)).toEqual([true, true, true, false]);
    expect(answeredAt).toBe(Date.parse('2026-03-01T11:00:00Z'));
  });

  test('may come without a clock', async () => {
    controller.answer = (response) => {
      response.sendDate = false;
      response.end('[]');
    };

    expect((await read()).answeredAt).toBeUndefined();
  });

  test('of more than 64 MiB is too large', async () => {
    const mebibyte = Buffer.alloc(1024 * 1024, ' ');
    controller.answer = (response) => {
      let sent = 0;
      const send = () => {
        while (sent < 65) {
          sent += 1;
          if (!response.write(mebibyte)) {
            response.once('drain', send);
            return;
          }
        }
        response.end('[]');
      };
      send();
    };

    await expect(read()).rejects.toThrow(WindowTooLargeError);
  });

  test('of 413 is too large', async () => {
    controller.answer = (response) => response.writeHead(413).end();

    await expect(read()).rejects.toThrow(WindowTooLargeError);
  });

  test.each(['[', ' \n[{"a":1}', '\uFEFF[1 2]'])('that is %j is kept as it came', async (body) => {
    controller.answer = (response) => response.end(body);

    const error = await read().catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(UnparsableHistoryError);
    expect((error as UnparsableHistoryError).body.toString()).toBe(body);
  });

  test.each(['', '{}', '"[]"', 'Service OK'])('that is %j is no history, and not kept', async (body) => {
    controller.answer = (response) => response.end(body);

    await expect(read()).rejects.toThrow(VendorError);
  });

  test.each([
    ['the header', () => Buffer.from(`user1@customer1:${secret}`).toString('base64')],
    ['the header in JSON', () => JSON.stringify(Buffer.from(`user1@customer1:${secret}`).toString('base64'))],
  ])('that gives back %s is not kept, be it an array', async (_what, spelt) => {
    controller.answer = (response) =>
      response.end(`[{"authorization":"Basic ${spelt().replaceAll('"', '')}"}]`);

    await expect(read()).rejects.toThrow('gives back the credential');
  });

  test.each([
    ['as it is', (text: string) => text],
    ['in a URL', encodeURIComponent],
    ['in base64', (text: string) => Buffer.from(text).toString('base64')],
  ])('that is damaged and holds the password %s is kept as its hash alone', async (_how, spelling) => {
    secret = 'p&ss/word+1';
    controller.password = secret;
    controller.answer = (response) => response.end(`[{"password":"${spelling(secret)}"`);

    const error = await read().catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(UnparsableHistoryError);
    expect((error as UnparsableHistoryError).body.toString()).toMatch(/^Withheld.*SHA-256 [0-9a-f]{64}\.$/);
  });

  test('that is a log-in page is an error that says so', async () => {
    controller.answer = (response) => response.end('<!doctype html><title>Log in</title>');

    await expect(read()).rejects.toThrow('an HTML page');
  });
});

describe('basic authentication', () => {
  test('names the credential where it is refused, does not show it, and does not try it twice', async () => {
    secret = 'hunter2:x';

    const error = await read().catch((caught: Error) => caught);

    expect(error).toMatchObject({ status: 401, message: expect.stringContaining('<name>@<account>') });
    expect((error as Error).message).not.toContain('hunter2');
    expect(controller.requests).toHaveLength(1);
  });

  test('takes the password as it is now, where it was changed', async () => {
    const credential = basic();
    await read(credential);
    controller.password = 'new';
    secret = 'new';

    await expect(read(credential)).resolves.toMatchObject({ records: [] });
  });
});

describe('OAuth', () => {
  test('uses a token until shortly before it expires', async () => {
    const credential = oauth();
    await read(credential);
    now = 269_000;
    await read(credential);
    expect(controller.tokens).toHaveLength(1);

    now = 270_000;
    await read(credential);
    expect(controller.tokens).toHaveLength(2);
  });

  test('takes five minutes for the life of a token that does not tell it', async () => {
    controller.expiresIn = undefined;
    const credential = oauth();
    await read(credential);
    now = 269_000;
    await read(credential);
    now = 271_000;
    await read(credential);

    expect(controller.tokens).toHaveLength(2);
  });

  test('does not ask for a token twice for each call where they live for seconds', async () => {
    controller.expiresIn = 10;
    const credential = oauth();
    await read(credential);
    now = 7000;
    await read(credential);

    expect(controller.tokens).toHaveLength(1);
  });

  test('drops a token that is refused, and asks again once', async () => {
    const credential = oauth();
    await read(credential);
    controller.valid.clear();

    await read(credential);

    expect(controller.tokens).toHaveLength(2);
    expect(controller.requests).toHaveLength(3);
  });

  test('gives up where the new token is refused, too', async () => {
    const credential = oauth();
    controller.answer = (response) => response.writeHead(401).end();

    await expect(read(credential)).rejects.toMatchObject({ status: 401 });
    expect(controller.tokens).toHaveLength(2);
  });

  test('asks with the secret as it is now, where it was changed', async () => {
    const credential = oauth();
    await read(credential);
    controller.valid.clear();
    controller.password = 'new';
    secret = 'new';

    await expect(read(credential)).resolves.toMatchObject({ records: [] });
  });

  test('does not show the client’s secret, should the controller echo it', async () => {
    secret = 'hunter2 x';

    const error = await read(oauth()).catch((caught: Error) => caught);

    expect(error).toMatchObject({ status: 401, message: expect.stringContaining('API Clients') });
    expect((error as Error).message).not.toContain('hunter2');
  });
});

describe('filters', () => {
  test.each([
    ['', []],
    ['[]', []],
    ['["userName:a", "action:LOGIN:x"]', ['userName:a', 'action:LOGIN:x']],
  ])('%j', (text, filters) => {
    expect(parseAuditHistoryFilters(text, 'INCLUDE')).toEqual(filters);
  });

  test.each(['userName:a', '{}', '["userName"]', '[":a"]', '["userName:"]', '[1]'])('are not %j', (text) => {
    expect(() => parseAuditHistoryFilters(text, 'INCLUDE')).toThrow(MalformedFiltersError);
  });
});
