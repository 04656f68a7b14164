import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { timeOf } from '../../../../lambda/archive/ibmcloud/activity-event.ts';
import { recordsOf } from '../../../../lambda/archive/ibmcloud/object-records.ts';
import { InflatedTooLargeError, readableBytes } from '../../../../lambda/archive/ibmcloud/object-text.ts';
import { activityEventOf, numberedEvent } from './events.ts';

const one = numberedEvent(1);
const two = numberedEvent(2);
const PRETTY = JSON.stringify(activityEventOf({ message: 'a } and a "]" within' }), undefined, 2);

function readAll(content: Buffer | string) {
  const records = [...recordsOf(Buffer.from(content))];
  return {
    texts: records.flatMap((record) => ('text' in record ? [record.text] : [])),
    unreadable: records.flatMap((record) =>
      'unreadable' in record ? [[record.unreadable, record.content.toString('latin1')]] : [],
    ),
  };
}

describe('every shape that an object may have', () => {
  test.each<[string, Buffer | string, string[]]>([
    ['JSON lines', `${one}\n${two}\n`, [one, two]],
    ['JSON lines without the last line feed', `${one}\n${two}`, [one, two]],
    ['CRLF and blank lines', `\r\n${one}\r\n\r\n${two}\r\n`, [one, two]],
    ['a byte order mark', `\ufeff${one}\n${two}`, [one, two]],
    ['a bare event', one, [one]],
    ['a bare event over lines', PRETTY, [PRETTY]],
    ['several events over lines', `${PRETTY}\n${PRETTY}\n`, [PRETTY, PRETTY]],
    ['one behind the other in a line', `${one}${two} ${one}`, [one, two, one]],
    ['an array', `[${one}, ${two}]`, [one, two]],
    ['an array over lines', `[\n${PRETTY},\n${one}\n]\n`, [PRETTY, one]],
    ['an empty array', '[]', []],
    ['{"line"}', `${JSON.stringify({ line: one })}\n${JSON.stringify({ line: PRETTY })}`, [one, PRETTY]],
    ['{"_source":{"_line"}}', JSON.stringify({ _source: { _host: 'h', _line: two } }), [two]],
    ['an array of envelopes', JSON.stringify([{ line: one }, { _source: { _line: two } }]), [one, two]],
    ['all in one', `${one}\n${JSON.stringify({ line: two })}\n${PRETTY}\n[${one}]`, [one, two, PRETTY, one]],
    ['gzip', gzipSync(`${one}\n${two}`), [one, two]],
    ['gzip of two members', Buffer.concat([gzipSync(`${one}\n`), gzipSync(two)]), [one, two]],
    ['nothing', '', []],
    ['empty gzip', gzipSync(''), []],
    ['blank lines only', '\n \r\n', []],
  ])('%s', (_name, content, texts) => {
    expect(readAll(content)).toEqual({ texts, unreadable: [] });
  });

  test('an event that has a field `line` of its own is no envelope', () => {
    const event = numberedEvent(1, { line: '{}' });
    expect(readAll(event).texts).toEqual([event]);
  });

  test('numbers, escapes and repeated fields come out as they were', () => {
    const odd = `{"action":"a.b.c","eventTime":"2026-03-01T10:00:00Z","n":1.00,"u":"\\u00e9","n":12345678901234567890}`;
    expect(readAll(JSON.stringify({ line: odd })).texts).toEqual([odd]);
  });
});

describe('what is no event is told, to the byte', () => {
  test.each<[string, Buffer | string, string[], [string, string][]]>([
    ['text between', `${one}\nhello\nworld\n${two}`, [one, two], [['It is not JSON.', 'hello\nworld\n']]],
    [
      'a line cut off',
      `${one}\n${two.slice(0, 40)}\n${one}`,
      [one, one],
      [['It is not JSON.', `${two.slice(0, 40)}\n`]],
    ],
    [
      'an object that is none',
      `{"a":1}\n${one}`,
      [one],
      [['It is no event: it lacks an action, or the time of it.', '{"a":1}']],
    ],
    [
      'a time that is none',
      '{"action":"a.b.c","eventTime":"yesterday"}',
      [],
      [
        [
          'It is no event: it lacks an action, or the time of it.',
          '{"action":"a.b.c","eventTime":"yesterday"}',
        ],
      ],
    ],
    [
      'an envelope without JSON',
      '{"line":"hello"}',
      [],
      [['What its envelope holds is not JSON.', '{"line":"hello"}']],
    ],
    [
      'a line that is not UTF-8',
      Buffer.concat([Buffer.from(`${one}\n`), Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from(two)]),
      [one, two],
      [['It is not UTF-8.', '\xff\xfe\n']],
    ],
  ])('%s', (_name, content, texts, unreadable) => {
    expect(readAll(content)).toEqual({ texts, unreadable });
  });

  test('gzip that is cut off gives what comes before the cut, and all of its bytes', () => {
    const lines = Array.from({ length: 200 }, (_, n) => numberedEvent(n * 7919));
    const whole = gzipSync(lines.join('\n'));
    const cut = whole.subarray(0, whole.length - 60);

    const { texts, unreadable } = readAll(cut);

    expect(texts.length).toBeGreaterThan(100);
    expect(texts).toEqual(lines.slice(0, texts.length));
    expect(unreadable.at(-1)).toEqual([
      `The gzip data is cut off after ${cut.length} bytes.`,
      cut.toString('latin1'),
    ]);
  });

  test.each([
    ['zeros behind it', Buffer.alloc(9), [one]],
    ['rubbish behind it', Buffer.from('rubbish'), []],
  ])('gzip with %s', (_name, behind, texts) => {
    const content = Buffer.concat([gzipSync(one), behind]);
    const result = readAll(content);
    expect(result.texts).toEqual(texts);
    expect(result.unreadable.map(([, bytes]) => bytes)).toEqual([content.toString('latin1')]);
  });

  test('rubbish without end takes no time without end', () => {
    const rubbish = '{\n'.repeat(40_000);
    expect(readAll(`${rubbish}${one}`).unreadable.map(([, bytes]) => bytes)).toEqual([rubbish]);
  });

  test('what inflates beyond the bound is refused before it is inflated', () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000, 0x20));
    expect(() => readableBytes(bomb, 1_000_000)).toThrow(InflatedTooLargeError);
  });
});

test('whatever is mixed, every event comes out once, in order, and nothing else', () => {
  const shapes = [
    (event: string) => event,
    (event: string) => JSON.stringify(JSON.parse(event), undefined, 2),
    (event: string) => JSON.stringify({ line: event }),
    (event: string) => JSON.stringify({ _source: { _line: event } }, undefined, 1),
    (event: string) => `[${event},${event}]`,
  ];
  const pieces = fc.array(
    fc.record({
      n: fc.nat(),
      words: fc.string({ unit: 'grapheme' }),
      shape: fc.nat(shapes.length - 1),
      separator: fc.constantFrom('\n', '\r\n', '\n\n', ' ', ''),
    }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(pieces, fc.boolean(), (given, zipped) => {
      const parts = given.map(({ n, words, shape, separator }) => ({
        n,
        repeated: shape === 4 ? 2 : 1,
        text: `${shapes[shape]?.(numberedEvent(n, { requestData: { n, words } }))}${separator}`,
      }));
      const content = Buffer.from(parts.map(({ text }) => text).join(''));

      const { texts, unreadable } = readAll(zipped ? gzipSync(content) : content);

      expect(unreadable).toEqual([]);
      expect(texts.map((text) => JSON.parse(text).requestData.n)).toEqual(
        parts.flatMap(({ n, repeated }) => Array.from({ length: repeated }, () => n)),
      );
    }),
  );
});

test.each([
  ['2021-07-01T00:36:53.62+0000', '2021-07-01T00:36:53.620Z'],
  ['2026-03-01T10:00:00Z', '2026-03-01T10:00:00.000Z'],
  ['2026-03-01T10:00:00.123456789+01:00', '2026-03-01T09:00:00.123Z'],
  ['2026-03-01 10:00:00.5 -0330', '2026-03-01T13:30:00.500Z'],
  ['2026-03-01T10:00:00', '2026-03-01T10:00:00.000Z'],
])('the time %s', (eventTime, expected) => {
  expect(new Date(timeOf(eventTime) ?? Number.NaN).toISOString()).toBe(expected);
});

test.each(['', 'now', '2026-03-01', '2026-13-01T10:00:00Z', '1772359200'])('%j is no time', (eventTime) => {
  expect(timeOf(eventTime)).toBeUndefined();
});
