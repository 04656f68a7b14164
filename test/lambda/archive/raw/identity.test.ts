import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ARCHIVE_ID_PATTERN, UNDATED } from '../../../../contract/archive.ts';
import type { CollectedRecord } from '../../../../lambda/archive/collect/collector.ts';
import { archiveIdOf, filingTime } from '../../../../lambda/archive/raw/archive-id.ts';
import { canonicalJson } from '../../../../lambda/archive/raw/canonical-json.ts';

const NOON = Date.UTC(2026, 2, 1, 12);
const record = (text: string, more: Partial<CollectedRecord> = {}): CollectedRecord => ({
  time: NOON,
  text,
  ...more,
});

describe('one spelling of JSON', () => {
  test.each([
    ['{"b":1,"a":[1, 2 ]}', '{"a":[1,2],"b":1}'],
    [' { } ', '{}'],
    ['[ ]', '[]'],
    ['"\\u3042\\/"', '"あ/"'],
    ['"a\\"}{,:\\\\"', '"a\\"}{,:\\\\"'],
    ['\n-1.50e+3\t', '-1.50e+3'],
    ['[true,false , null]', '[true,false,null]'],
    // Equal to JavaScript, and two numbers nevertheless.
    ['[9007199254740993,9007199254740992]', '[9007199254740993,9007199254740992]'],
    ['{"a":1,"a":2}', '{"a":1,"a":2}'],
    ['{"__proto__":1,"":2}', '{"":2,"__proto__":1}'],
  ])('of %s', (text, spelt) => {
    expect(canonicalJson(text)).toBe(spelt);
  });

  test.each(['', 'no JSON', '{"a":1', '{"a":1}x', "{'a':1}", `${'['.repeat(250)}${']'.repeat(250)}`])(
    'none of %j',
    (text) => {
      expect(canonicalJson(text)).toBeUndefined();
    },
  );

  test('means the same, whatever the order and the white space', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t', 4), (value, indent) => {
        const spelt = canonicalJson(JSON.stringify(value)) as string;
        expect(JSON.parse(spelt)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.stringify(reversed(value), undefined, indent))).toBe(spelt);
        expect(canonicalJson(spelt)).toBe(spelt);
      }),
    );
  });

  test('takes strings of megabytes', () => {
    const text = JSON.stringify({ long: '\\"'.repeat(2_000_000) });
    expect(canonicalJson(text)).toBe(text);
  });
});

describe('identity', () => {
  test('names source and hour, as the pattern has it', () => {
    expect(archiveIdOf('ibmcloud', record('{}'))).toMatch(ARCHIVE_ID_PATTERN);
    expect(archiveIdOf('ibmcloud', record('{}'))).toMatch(/^ibmcloud\.20260301T12\./);
  });

  test('is that of all archives that there are: it must never change', () => {
    expect(archiveIdOf('cloudone', record('{"b":1,"a":2}', { vendorId: 'x' }))).toBe(
      'cloudone.20260301T12.df5faa7beadebb1e0ffc25bb67f1a631',
    );
    expect(archiveIdOf('appdynamics', record('{"a":2}', { occurrence: 1 }))).toBe(
      'appdynamics.20260301T12.6517a75692834b8512a27890821ebb04',
    );
  });

  test('is the same for the same content, and another for any other', () => {
    const ids = [
      record('{"a":1,"b":2}', { vendorId: 'x' }),
      record('{"a":1,"b":3}', { vendorId: 'x' }),
      record('{"a":1,"b":2}', { vendorId: 'y' }),
      record('{"a":1,"b":2}'),
      record('{"a":1,"b":2}', { occurrence: 1 }),
      record('{"a":1,"b":2}', { origin: 'key' }),
      record('{"a":1,"b":2}', { origin: 'key', occurrence: 1 }),
      record('"{"'),
      record('{'),
      record('"a'),
    ].map((each) => archiveIdOf('cloudone', each));
    expect(new Set(ids).size).toBe(ids.length);
    expect(archiveIdOf('cloudone', record('{ "b":2, "a":1 }', { vendorId: 'x' }))).toBe(ids[0]);
    expect(archiveIdOf('cloudone', record('{ "b":2, "a":1 }', { occurrence: 0 }))).toBe(ids[3]);
    expect(archiveIdOf('appdynamics', record('{"a":1,"b":2}')).slice(-32)).not.toBe(ids[3]?.slice(-32));
  });

  test('of an id of the vendor does not go by where the record came in', () => {
    const here = record('{}', { vendorId: 'x', origin: 'one', occurrence: 3 });
    expect(archiveIdOf('ibmcloud', here)).toBe(archiveIdOf('ibmcloud', record('{}', { vendorId: 'x' })));
  });

  test('of two different texts is different', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        const same = a === b || (canonicalJson(a) !== undefined && canonicalJson(a) === canonicalJson(b));
        expect(archiveIdOf('cloudone', record(a)) === archiveIdOf('cloudone', record(b))).toBe(same);
      }),
    );
  });
});

describe('a time', () => {
  test.each([
    ['a usual one', NOON + 1.75, NOON + 1],
    ['one ahead by years', Date.UTC(2099, 11, 31, 23, 59, 59, 999), Date.UTC(2099, 11, 31, 23, 59, 59, 999)],
    ['the first', UNDATED, UNDATED],
    ['before it', UNDATED - 1, UNDATED],
    ['of another century', Date.UTC(2100, 0, 1), UNDATED],
    ['in microseconds by mistake', NOON * 1000, UNDATED],
    ['none', Number.NaN, UNDATED],
    ['for ever', Number.POSITIVE_INFINITY, UNDATED],
  ])('%s', (_name, time, filed) => {
    expect(filingTime(time)).toBe(filed);
    expect(archiveIdOf('cloudone', record('{}', { time }))).toMatch(ARCHIVE_ID_PATTERN);
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(reversed);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  // Defined, not assigned: "__proto__" is a name like any other.
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}
