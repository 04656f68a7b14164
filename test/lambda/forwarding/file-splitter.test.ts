import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { BufferPool } from '../../../lambda/forwarding/buffer-pool.ts';
import { FileSplitter, type Part, type SplitOptions } from '../../../lambda/forwarding/file-splitter.ts';
import { readGzip } from '../../../lambda/forwarding/gzip-reader.ts';
import { SegmentCompressor } from '../../../lambda/forwarding/segment-compressor.ts';
import { arbitraryFile, collect, documentText, inChunks, noise, recordText } from './factories.ts';

// Not a target: only so that a busy machine fails nothing.
vi.setConfig({ testTimeout: 60_000 });

const DOCUMENTS: SplitOptions = { format: 'records-document', maximumPartBytes: 716_800, skip: new Map() };
const ALL_LINES: SplitOptions = { format: 'json-lines', maximumPartBytes: 1_000_000, skip: new Map() };
/** Small ones, which cut records anywhere, and one that holds the file whole. */
const anyChunkBytes = fc.oneof(fc.integer({ min: 1, max: 64 }), fc.constantFrom(300, 1_000_000));
const OPENING = '{"Records":[';

/** Spoils what it is given back: whoever still looks at it is found out. */
class SpoilingPool extends BufferPool {
  override give(buffer: Buffer): void {
    super.give(buffer.fill('!'));
  }
}

const RESOURCES = { buffers: new SpoilingPool(512 * 1024), compressor: new SegmentCompressor() };

async function split(text: string, options: SplitOptions, chunkBytes = 65_536) {
  const splitter = new FileSplitter(options, RESOURCES);
  const parts = await collect(splitter.parts(inChunks(Buffer.from(text), chunkBytes)));
  return { parts, summary: splitter.summary };
}

function bodyOf(part: Part): Buffer {
  return Buffer.isBuffer(part.body) ? part.body : Buffer.concat(part.body);
}

/** What stands between the brackets of a part's document. */
function recordsIn(part: Part): string {
  const text = gunzipSync(bodyOf(part)).toString();
  expect(text.startsWith(OPENING)).toBe(true);
  expect(text.endsWith(']}')).toBe(true);
  return text.slice(OPENING.length, -2);
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const withoutBreaks = (record: string) => record.replace(/[\r\n]/g, '');

describe.each([{ plain: false }, { plain: true }])('FileSplitter, to documents, %o', ({ plain }) => {
  const DOCUMENT: SplitOptions = { ...DOCUMENTS, plain };

  it('puts the records of any file into parts, byte for byte and in order', async () => {
    const property = fc.asyncProperty(
      arbitraryFile,
      anyChunkBytes,
      fc.integer({ min: 60, max: 400 }),
      async ({ text, records }, chunkBytes, maximumPartBytes) => {
        expect(JSON.parse(text)).toBeTypeOf('object');

        const { parts, summary } = await split(text, { ...DOCUMENT, maximumPartBytes }, chunkBytes);

        expect(parts.map(recordsIn).join(',')).toBe(records.join(','));
        expect(parts.map(({ records: count }) => count).reduce((a, b) => a + b, 0)).toBe(records.length);
        for (const part of parts) {
          expect(part.records === 1 || bodyOf(part).length <= maximumPartBytes).toBe(true);
        }
        expect(summary).toMatchObject({
          records: records.length,
          rawBytes: Buffer.byteLength(text),
          sha256: createHash('sha256').update(text).digest('hex'),
        });
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  it('finds the same records wherever the chunks end', async () => {
    const records = ['{"a":"}\\"\\\\"}', '{ "Records" : [ {} ] }', '{"😀":"\\u0022]"}'];
    const text = `\ufeff {"x":"\\"{", "n" : -1.5e3 ,"Rec\\u006frds" : [ ${records.join(' , ')} ] , "y":[{"Records":[1]}]}\n`;
    for (let chunkBytes = 1; chunkBytes <= Buffer.byteLength(text); chunkBytes += 1) {
      const { parts, summary } = await split(text, DOCUMENT, chunkBytes);
      expect(parts.map(recordsIn)).toEqual([records.join(',')]);
      expect(summary).toMatchObject({ records: 3, hasByteOrderMark: true });
    }
  });

  it('fills parts up to the limit, and cuts alike every time', async () => {
    const text = documentText(Array.from({ length: 3000 }, (_, i) => `{"n":"${noise(900, i + 1)}"}`));

    const { parts } = await split(text, DOCUMENT, 65_536);
    const again = await split(text, DOCUMENT, 7_001);

    expect(parts.length).toBeGreaterThan(1);
    expect(parts.every((part) => bodyOf(part).length <= 716_800)).toBe(true);
    expect(again.parts.map(bodyOf)).toEqual(parts.map(bodyOf));
  });

  it('goes on with the same parts after those that are skipped', async () => {
    const text = documentText(Array.from({ length: 2000 }, (_, i) => `{"n":"${noise(900, i + 1)}"}`));
    const { parts, summary } = await split(text, { ...DOCUMENT, maximumPartBytes: 200_000 });
    const [first, second, ...rest] = parts as [Part, Part, ...Part[]];

    const resumed = await split(text, {
      ...DOCUMENT,
      maximumPartBytes: 200_000,
      skip: new Map([[0, first.records + second.records]]),
    });

    expect(resumed.parts).toEqual(rest);
    expect(resumed.summary).toEqual(summary);
  });

  it('sends a record that is larger than a part alone, and keeps it at hand to name it', async () => {
    const giant = `{"eventID":"giant","n":"${noise(5000)}"}`;
    const text = documentText([recordText(1), giant, recordText(2)]);

    const { parts } = await split(text, { ...DOCUMENT, maximumPartBytes: 1000 });

    expect(parts.map(recordsIn)).toEqual([recordText(1), giant, recordText(2)]);
    expect(parts[1]?.onlyRecord?.toString()).toBe(giant);
    expect(parts.map(({ firstRecord }) => firstRecord)).toEqual([0, 1, 2]);
  });

  it('reads gzip files of several members, cut anywhere', async () => {
    const records = [recordText(1), recordText(2)];
    const text = documentText(records);
    for (const at of [0, 1, 13, 30, text.length]) {
      const file = Buffer.concat([gzipSync(text.slice(0, at)), gzipSync(text.slice(at))]);
      const parts = await collect(new FileSplitter(DOCUMENT).parts(readGzip(inChunks(file, 5))));
      expect(parts.map(recordsIn)).toEqual([records.join(',')]);
    }
  });

  it('makes no part of a file without records', async () => {
    const { parts, summary } = await split('{"Records":[]}', DOCUMENT);

    expect(parts).toEqual([]);
    expect(summary).toMatchObject({ records: 0, rawBytes: 14 });
  });
});

describe.each([{ plain: false }, { plain: true }])('FileSplitter, to lines, %o', ({ plain }) => {
  const LINES: SplitOptions = { ...ALL_LINES, plain };

  it('puts one record on a line, its tokens untouched', async () => {
    const property = fc.asyncProperty(
      arbitraryFile,
      anyChunkBytes,
      fc.integer({ min: 20, max: 400 }),
      async ({ text, records }, chunkBytes, maximumPartBytes) => {
        const { parts } = await split(text, { ...LINES, maximumPartBytes }, chunkBytes);

        const lines = parts.flatMap((part) => bodyOf(part).toString().split('\n'));
        expect(lines).toEqual(records.map(withoutBreaks));
        for (const part of parts) {
          expect(part.records === 1 || bodyOf(part).length <= maximumPartBytes).toBe(true);
        }
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  it('cuts alike however the file comes', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryFile, anyChunkBytes, async ({ text }, chunkBytes) => {
        const options = { ...LINES, maximumPartBytes: 100 };
        const whole = await split(text, options);
        const chunked = await split(text, options, chunkBytes);
        expect(chunked.parts.map(bodyOf)).toEqual(whole.parts.map(bodyOf));
      }),
    );
  });

  it('refuses a string with a line break in it, which would become two broken lines', async () => {
    await expect(split('{"Records":[{"a":"b\nc"}]}', LINES)).rejects.toMatchObject({ reason: 'NotJson' });
  });
});

describe('FileSplitter, given a bad file', () => {
  const cases: [string, string, string][] = [
    ['nothing', '', 'EmptyObject'],
    ['text', 'hello', 'NotJson'],
    ['white space only', '  \n', 'TruncatedJson'],
    ['a number', '17', 'NoRecords'],
    ['an array', '[{"Records":[]}]', 'NoRecords'],
    ['no Records', '{"a":{"Records":[{}]}}', 'NoRecords'],
    ['an empty object', '{}', 'NoRecords'],
    ['an object as Records', '{"Records":{}}', 'RecordsNotAnArray'],
    ['null as Records', '{"Records":null}', 'RecordsNotAnArray'],
    ['Records twice', '{"Records":[{}],"Rec\\u006frds":[{}]}', 'RecordsTwice'],
    ['a number among the records', '{"Records":[{},1]}', 'RecordNotAnObject'],
    ['an array among the records', '{"Records":[[]]}', 'RecordNotAnObject'],
    ['a document cut off between records', '{"Records":[{},', 'TruncatedJson'],
    ['a document cut off in a record', '{"Records":[{"a":"', 'TruncatedJson'],
    ['a document cut off at its end', '{"Records":[{}]', 'TruncatedJson'],
    ['a comma too many', '{"Records":[{},]}', 'NotJson'],
    ['a comma too few', '{"Records":[{}{}]}', 'NotJson'],
    ['a key without quotes', '{Records:[]}', 'NotJson'],
    ['a key with a bad escape', '{"Rec\\xrds":[]}', 'NotJson'],
    ['a missing colon', '{"Records"[]}', 'NotJson'],
    ['a missing value', '{"a":,"Records":[]}', 'NotJson'],
    ['a bad scalar', '{"a":nul,"Records":[]}', 'NotJson'],
    ['a record of garbage', '{"Records":[{garbage}]}', 'NotJson'],
    ['a bracket closed by the other kind', '{"Records":[{"a":[1}}]}', 'NotJson'],
    ['brackets of both kinds that cross', '{"Records":[{"a":[{]}}]}', 'NotJson'],
    ['a comma too few in a record', '{"Records":[{"a":1 "b":2}]}', 'NotJson'],
    ['a comma too many in a record', '{"Records":[{"a":1,}]}', 'NotJson'],
    ['a key without a value in a record', '{"Records":[{"a"}]}', 'NotJson'],
    ['a number with a zero in front in a record', '{"Records":[{"a":01}]}', 'NotJson'],
    ['a number without its end in a record', '{"Records":[{"a":1.}]}', 'NotJson'],
    ['a word that JSON does not know in a record', '{"Records":[{"a":NaN}]}', 'NotJson'],
    ['a control character in a string of a record', '{"Records":[{"a":"b\tc"}]}', 'NotJson'],
    ['a line break in a string of a record', '{"Records":[{"a":"b\nc"}]}', 'NotJson'],
    ['a line break behind a backslash', '{"Records":[{"a":"b\\\nc"}]}', 'NotJson'],
    ['an escape that does not exist in a record', '{"Records":[{"a":"\\q"}]}', 'NotJson'],
    ['an escape with too few digits in a record', '{"Records":[{"a":"\\u12x4"}]}', 'NotJson'],
    ['garbage beside the records', '{"x":{garbage},"Records":[{}]}', 'NotJson'],
    ['a long key with a bad escape', `{"${'\\q'.repeat(60)}":1,"Records":[{}]}`, 'NotJson'],
    ['a record closed by the wrong bracket', '{"Records":[{"a":1]]}', 'NotJson'],
    ['a second document', '{"Records":[]}{"Records":[]}', 'NotJson'],
    ['half a byte order mark', '\u00ef{"Records":[]}', 'NotJson'],
  ];

  it.each(cases)('%s is poison', async (_name, text, reason) => {
    const bytes = Buffer.from(text, 'latin1');
    for (const chunkBytes of [1, 1000]) {
      for (const options of [DOCUMENTS, ALL_LINES, { ...ALL_LINES, plain: true }]) {
        // A copy: what is split is given away.
        const parts = new FileSplitter(options).parts(inChunks(Buffer.from(bytes), chunkBytes));
        await expect(collect(parts)).rejects.toMatchObject({ name: 'PoisonError', reason });
      }
    }
  });

  it('is told from a good one just as JSON.parse does, whatever byte is changed and wherever chunks end', async () => {
    const property = fc.asyncProperty(
      arbitraryFile,
      fc.nat(),
      fc.constantFrom(...'{}[],:"\\0123456789.eE+-truefalsn u/b\n\t\0q'),
      fc.constantFrom('replace', 'insert', 'delete'),
      fc.constantFrom(1, 5, 17, 64, 1_000_000),
      fc.boolean(),
      async ({ text }, place, byte, change, chunkBytes, plain) => {
        const at = place % text.length;
        const kept = change === 'insert' ? at : at + 1;
        const changed = `${text.slice(0, at)}${change === 'delete' ? '' : byte}${text.slice(kept)}`;
        const isJson = parses(changed);

        const found = await split(changed, { ...ALL_LINES, plain }, chunkBytes).then(
          () => 'good',
          (error: { reason: string }) => error.reason,
        );

        const notJson = ['NotJson', 'TruncatedJson', 'EmptyObject'].includes(found);
        if (isJson) {
          expect(notJson).toBe(false);
        } else {
          expect(found).not.toBe('good');
        }
      },
    );
    await fc.assert(property, { numRuns: 2000 });
  });

  it('a record that no CloudTrail record can be is poison, in bounded memory', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    let sent = 0;
    async function* endlessRecord() {
      yield Buffer.from('{"Records":[{"a":"');
      for (; sent < 1000; sent += 1) {
        yield chunk;
      }
    }

    const parts = collect(new FileSplitter(DOCUMENTS).parts(endlessRecord()));

    await expect(parts).rejects.toMatchObject({ reason: 'RecordTooLarge' });
    expect(sent).toBeLessThan(20);
  });
});
