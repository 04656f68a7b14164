import { expect, test } from 'vitest';
import { printable, remoteWords } from '../../../lambda/shared/remote-words.ts';

const SECRET = 'k3y:with"quotes/and+signs=';
const answer = (text: string) => ({ status: 400, headers: {}, body: Buffer.from(text) });

test.each([
  ['as it is', SECRET],
  ['in JSON', JSON.stringify(SECRET).slice(1, -1)],
  ['in a URL', encodeURIComponent(SECRET)],
  ['in Base64', Buffer.from(SECRET).toString('base64')],
  ['in Base64 for URLs', Buffer.from(SECRET).toString('base64url')],
  ['in hexadecimal', Buffer.from(SECRET).toString('hex')],
  ['with what is not seen in it', `${SECRET.slice(0, 5)}\u200b${SECRET.slice(5)}`],
])('a secret that is echoed %s is not shown', (_how, echoed) => {
  const shown = remoteWords(answer(`no: ${echoed} is wrong`), [SECRET]);

  expect(shown).toBe(', saying "no: *** is wrong"');
});

test('control characters cannot write on a terminal, or make a second line of a log', () => {
  expect(printable('a\u001b[31mb\r\nc\u0000')).toBe('a [31mb c');
});
