import { gzipSync } from 'node:zlib';
import fc from 'fast-check';

/** A CloudTrail record as text; no larger than it must be. */
export function recordText(index: number, padding = 0): string {
  return `{"eventID":"event-${index}","eventName":"GetObject","n":1.0${padding > 0 ? `,"padding":"${'x'.repeat(padding)}"` : ''}}`;
}

export function documentText(records: readonly string[]): string {
  return `{"Records":[${records.join(',')}]}`;
}

export function gzipDocumentOf(records: readonly string[]): Buffer {
  return gzipSync(documentText(records));
}

/** Cuts bytes into chunks of one size. */
export async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
  }
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) {
    collected.push(item);
  }
  return collected;
}

const whiteSpace = fc.string({ unit: fc.constantFrom(' ', '\n', '\r', '\t'), maxLength: 3 });

const escapedText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }).map((text) => JSON.stringify(text).slice(1, -1)),
      fc.constantFrom(
        '\\"',
        '\\\\',
        '\\/',
        '\\u0022',
        '\\u005c',
        '\\ud83d\\ude00',
        '{',
        '}',
        '[',
        ']',
        ',',
        '€',
        '😀',
      ),
    ),
    { maxLength: 6 },
  )
  .map((pieces) => `"${pieces.join('')}"`);

const key = fc.oneof(escapedText, fc.constantFrom('"Records"', '"Rec\\u006frds"', '"eventID"'));

const scalar = fc.oneof(
  escapedText,
  fc.constantFrom('1.0', '12345678901234567890', '-0', '1e400', '-1.5E-7', 'true', 'false', 'null'),
);

/** Any JSON value, as text in any spelling. */
const { value, object } = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, tie('object'), tie('array')),
  object: fc
    .array(fc.tuple(whiteSpace, key, whiteSpace, whiteSpace, tie('value'), whiteSpace), { maxLength: 4 })
    .map((members) => `{${members.map(([a, k, b, c, v, d]) => `${a}${k}${b}:${c}${v}${d}`).join(',')}}`),
  array: fc
    .array(fc.tuple(whiteSpace, tie('value'), whiteSpace), { maxLength: 4 })
    .map((items) => `[${items.map((item) => item.join('')).join(',')}]`),
}));

const otherMember = fc
  .tuple(
    escapedText.filter((text) => JSON.parse(text) !== 'Records'),
    value,
    whiteSpace,
    whiteSpace,
  )
  .map(([k, v, a, b]) => `${a}${k}${b}:${a}${v}${b}`);

export interface ArbitraryFile {
  readonly text: string;
  /** Each record's own text. */
  readonly records: readonly string[];
}

/** A CloudTrail file in any spelling that JSON allows. */
export const arbitraryFile: fc.Arbitrary<ArbitraryFile> = fc
  .record({
    records: fc.array(fc.tuple(whiteSpace, object, whiteSpace), { maxLength: 8 }),
    before: fc.array(otherMember, { maxLength: 2 }),
    after: fc.array(otherMember, { maxLength: 2 }),
    key: fc.constantFrom(
      '"Records"',
      '"Rec\\u006frds"',
      '"\\u0052\\u0065\\u0063\\u006f\\u0072\\u0064\\u0073"',
    ),
    spaces: fc.tuple(whiteSpace, whiteSpace, whiteSpace, whiteSpace, whiteSpace),
  })
  .map(({ records, before, after, key: recordsKey, spaces: [a, b, c, d, e] }) => {
    const array = records.length === 0 ? `[${d}]` : `[${records.map((parts) => parts.join('')).join(',')}]`;
    const members = [...before, `${a}${recordsKey}${b}:${c}${array}${d}`, ...after];
    return { text: `${e}{${members.join(',')}}${a}`, records: records.map(([, record]) => record) };
  });
