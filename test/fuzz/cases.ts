/** Files by chance, and what may be asked of them. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { RecordRanges } from '../../lambda/forwarding/record-batcher.ts';
import { arbitraryFile } from '../lambda/forwarding/factories.ts';
import { type Rule, record, rules } from '../lambda/forwarding/filter-factories.ts';

/** In latin1, so that bytes that are not UTF-8 can be told from each other. */
export const ENCODING = 'latin1';

export interface FuzzCase {
  /** The uncompressed file. */
  readonly bytes: Buffer;
  readonly chunkBytes: number;
  readonly maximumPartBytes: number;
  /** Of the filter; none where nothing is filtered. */
  readonly rules: readonly Rule[];
  /** Acknowledged before: of the records that the filter keeps. */
  readonly skip: RecordRanges;
  /** The file as it is stored. */
  readonly stored: Buffer;
  /** Whether a byte of the stored file was changed. */
  readonly isDamaged: boolean;
}

/** A filter by chance hardly ever drops a record by chance: these do. */
const usualRecord = fc.record({ eventName: fc.constantFrom('a', 'ab', 'é'), readOnly: fc.boolean() });
const usualRules: fc.Arbitrary<readonly Rule[]> = fc.constantFrom(
  [{ drop: { readOnly: true } }],
  [{ keep: { eventName: '*b' } }, { name: 'named', drop: { eventName: ['a*', 'é'], readOnly: false } }],
);

/** JSON in any spelling, or records that the rules of filters are about. */
const anyText = fc.oneof(
  arbitraryFile.map(({ text }) => text),
  fc
    .array(fc.oneof(record, usualRecord), { maxLength: 8 })
    .map((records) => JSON.stringify({ Records: records })),
);

/** Files as bytes, many of them changed in some places, some written compactly as CloudTrail does. */
const anyBytes: fc.Arbitrary<Buffer> = fc
  .record({
    text: anyText,
    compact: fc.boolean(),
    changes: fc.array(
      fc.record({
        place: fc.nat(),
        removed: fc.integer({ min: 0, max: 3 }),
        inserted: fc.oneof(
          fc.constantFrom(...'{}[],:"\\0123456789.eE+-tfn u/b\n\r\t'),
          fc.constantFrom('\0', '\xff', '\xef\xbb\xbf', '{}', '"Records":[]', '\\u00', 'null', '},{'),
          fc.constant(''),
        ),
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ text, compact, changes }) => {
    let bytes = Buffer.from(compact ? JSON.stringify(JSON.parse(text)) : text).toString(ENCODING);
    for (const { place, removed, inserted } of changes) {
      const at = place % (bytes.length + 1);
      bytes = bytes.slice(0, at) + inserted + bytes.slice(at + removed);
    }
    return Buffer.from(bytes, ENCODING);
  });

/** Ranges without overlap, in order; most files are forwarded from their beginning. */
const skips: fc.Arbitrary<RecordRanges> = fc.oneof(
  fc.constant(new Map()),
  fc
    .array(fc.record({ gap: fc.integer({ min: 1, max: 2 }), count: fc.integer({ min: 1, max: 3 }) }), {
      maxLength: 3,
    })
    .chain((ranges) =>
      fc.integer({ min: 0, max: 3 }).map((first) => {
        const skip = new Map([[0, first]]);
        let end = first;
        for (const { gap, count } of ranges) {
          skip.set(end + gap, count);
          end += gap + count;
        }
        return skip;
      }),
    ),
);

/** As gzip of one member, or of several where it is cut; some with a byte that is another. */
function stored(bytes: Buffer, cuts: readonly number[], damage: Damage | undefined): Buffer {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  const members = places.slice(1).map((end, index) => gzipSync(bytes.subarray(places[index], end)));
  const file = Buffer.concat(members);
  if (damage !== undefined) {
    const at = damage.place % file.length;
    file[at] = (file[at] ?? 0) ^ damage.bits;
  }
  return file;
}

interface Damage {
  readonly place: number;
  readonly bits: number;
}

export const fuzzCases: fc.Arbitrary<FuzzCase> = fc
  .record({
    bytes: anyBytes,
    chunkBytes: fc.oneof(fc.integer({ min: 1, max: 64 }), fc.constantFrom(300, 1_000_000)),
    // Where the file fits one part, it is passed through.
    maximumPartBytes: fc.oneof(fc.integer({ min: 60, max: 600 }), fc.constant(100_000)),
    rules: fc.oneof(fc.constant([]), rules, usualRules),
    skip: skips,
    cuts: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(fc.nat(), { minLength: 1, maxLength: 2 }) },
    ),
    damage: fc.oneof(
      { weight: 4, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.record({ place: fc.nat(), bits: fc.integer({ min: 1, max: 255 }) }) },
    ),
  })
  .map(({ cuts, damage, ...given }) => ({
    ...given,
    stored: stored(given.bytes, cuts, damage),
    isDamaged: damage !== undefined,
  }));
