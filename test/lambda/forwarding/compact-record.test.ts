import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { endOfCompactRecord, UNSURE } from '../../../lambda/forwarding/compact-record.ts';
import { JsonValue } from '../../../lambda/forwarding/json-value.ts';
import { arbitraryFile } from './factories.ts';

// Not a target: only so that a busy machine fails nothing.
vi.setConfig({ testTimeout: 60_000 });

/** So that a record never stands too near the chunk's end to be looked at. */
const BEHIND = ' '.repeat(16);

function compactEnd(text: string): number {
  return endOfCompactRecord(Buffer.from(text + BEHIND), 0);
}

/** What the exact path says: the end, or nothing where the text does not begin with an object. */
function exactEnd(text: string): number | undefined {
  const value = new JsonValue();
  value.enter(text.charCodeAt(0));
  const end = value.run(Buffer.from(text + BEHIND), 1);
  return value.closed && value.fault === undefined ? end : undefined;
}

describe('endOfCompactRecord', () => {
  it.each([
    '{}',
    '{"a":1}',
    '{"a":-0,"b":0.5,"c":12345678901234567890,"d":-10.25}',
    '{"a":{},"b":[],"c":[{},[],"",1,true,false,null]}',
    '{"a":{"b":{"c":[[[{"d":"e"}]]]}}}',
    '{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83D"}',
    '{"":"€😀}]{["}',
    `{"a":"${'x'.repeat(1000)}","b":"${'\\\\'.repeat(100)}"}`,
  ])('is sure of %s', (text) => {
    expect(JSON.parse(text)).toBeTypeOf('object');
    expect(compactEnd(text)).toBe(Buffer.byteLength(text));
  });

  it.each([
    ['white space', '{ "a":1}'],
    ['an exponent', '{"a":1e5}'],
    ['deep nesting', `{"a":${'['.repeat(40)}${']'.repeat(40)}}`],
    ['a comma too many', '{"a":1,}'],
    ['a comma too many in an array', '{"a":[1,]}'],
    ['a comma too few', '{"a":1"b":2}'],
    ['no colon', '{"a"1}'],
    ['no value', '{"a":}'],
    ['no key', '{1:2}'],
    ['a bracket of the other kind', '{"a":[1}}'],
    ['an object closed as an array', '{"a":1]'],
    ['a zero in front', '{"a":01}'],
    ['a minus alone', '{"a":-}'],
    ['a point without digits', '{"a":1.}'],
    ['a point in front', '{"a":.5}'],
    ['a plus', '{"a":+1}'],
    ['half a word', '{"a":tru}'],
    ['a word too long', '{"a":nulll}'],
    ['a word misspelt', '{"a":falze}'],
    ['a control character', '{"a":"b\u0001"}'],
    ['a line break in a string', '{"a":"bcdef\nghijk"}'],
    ['an escape that does not exist', '{"a":"\\q"}'],
    ['an escape with too few digits', '{"a":"\\u12"}'],
    ['an escape with a bad digit', '{"a":"\\u12g4"}'],
    ['no end', '{"a":1'],
    ['no end of a string', '{"a":"b'],
  ])('is unsure of %s', (_name, text) => {
    expect(compactEnd(text)).toBe(UNSURE);
  });

  it('is unsure of a record that the chunk cuts off, wherever it does', () => {
    const text = '{"a":"\\u00e9b","c":[true,-1.5,{}]}';
    for (let length = 1; length < text.length; length += 1) {
      expect(endOfCompactRecord(Buffer.from(text.slice(0, length)), 0)).toBe(UNSURE);
    }
  });

  it('never looks behind the end of the chunk, whatever memory holds there', () => {
    const text = '{"a":"b","c":1}';
    const memory = Buffer.from(`${text.slice(0, -1)}${'}'.repeat(32)}`);
    expect(endOfCompactRecord(memory.subarray(0, text.length - 1), 0)).toBe(UNSURE);
  });

  it('says what the exact path says, or is unsure, whatever byte is changed', () => {
    let sure = 0;
    const property = fc.property(
      arbitraryFile,
      fc.boolean(),
      fc.nat(),
      fc.constantFrom(...'{}[],:"\\0123456789.eE+-truefalsn u/b\n\t\0q'),
      fc.constantFrom('replace', 'insert', 'delete', 'keep'),
      ({ records }, compacted, place, byte, change) => {
        for (const record of records) {
          const text = compacted ? JSON.stringify(JSON.parse(record)) : record;
          const at = 1 + (place % text.length);
          const changed =
            change === 'keep'
              ? text
              : `${text.slice(0, at)}${change === 'delete' ? '' : byte}${text.slice(change === 'insert' ? at : at + 1)}`;
          const end = compactEnd(changed);
          if (end !== UNSURE) {
            sure += 1;
            expect(end).toBe(exactEnd(changed));
            expect(JSON.parse(Buffer.from(changed).subarray(0, end).toString())).toBeTypeOf('object');
          }
        }
      },
    );
    fc.assert(property, { numRuns: 3000 });
    // Otherwise the property would hold of a function that is never sure.
    expect(sure).toBeGreaterThan(1000);
  });
});
