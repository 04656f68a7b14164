/** The forwarder's ways through a file, held against each other and against `JSON.parse`. */
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { FileSplitter, type Part, type SplitOptions } from '../../lambda/forwarding/file-splitter.ts';
import { arbitraryFile, inChunks } from '../lambda/forwarding/factories.ts';

/** Two ways disagree, or one disagrees with `JSON.parse`. */
export class DisagreementError extends Error {
  override readonly name = 'DisagreementError';
}

/** What a way makes of a file: its records, or why it is none. */
type Outcome = { readonly records: readonly string[]; readonly sha256: string } | { readonly reason: string };

const NOT_JSON = new Set(['NotJson', 'TruncatedJson', 'EmptyObject']);
/** In latin1, so that bytes that are not UTF-8 can be told from each other. */
const ENCODING = 'latin1';

/** Files as bytes, most of them changed in some places, some written compactly as CloudTrail does. */
const anyBytes: fc.Arbitrary<Buffer> = fc
  .record({
    file: arbitraryFile,
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
  .map(({ file: { text }, compact, changes }) => {
    let bytes = Buffer.from(compact ? JSON.stringify(JSON.parse(text)) : text).toString(ENCODING);
    for (const { place, removed, inserted } of changes) {
      const at = place % (bytes.length + 1);
      bytes = bytes.slice(0, at) + inserted + bytes.slice(at + removed);
    }
    return Buffer.from(bytes, ENCODING);
  });

/** Fails with a DisagreementError, shrunk to a small file. */
export const pathsAgree = fc.asyncProperty(
  anyBytes,
  fc.oneof(fc.integer({ min: 1, max: 64 }), fc.constantFrom(300, 1_000_000)),
  fc.integer({ min: 60, max: 600 }),
  async (bytes, chunkBytes, maximumPartBytes) => {
    for (const format of ['records-document', 'json-lines'] as const) {
      const options = { format, maximumPartBytes, skip: new Map() };
      const fast = await outcomeOf(bytes, options, chunkBytes);
      const plain = await outcomeOf(bytes, { ...options, plain: true }, chunkBytes);
      if (JSON.stringify(fast) !== JSON.stringify(plain)) {
        throw new DisagreementError(`Fast: ${JSON.stringify(fast)}; plain: ${JSON.stringify(plain)}`);
      }
      compareWithParser(bytes, plain, format === 'json-lines');
    }
  },
);

async function outcomeOf(bytes: Buffer, options: SplitOptions, chunkBytes: number): Promise<Outcome> {
  const splitter = new FileSplitter(options);
  const records: string[] = [];
  try {
    // A copy: what is split is given away.
    for await (const part of splitter.parts(inChunks(Buffer.from(bytes), chunkBytes))) {
      records.push(textOf(part, options));
    }
    return { records, sha256: splitter.summary?.sha256 ?? '' };
  } catch (error) {
    const { reason } = error as { reason?: string };
    if (reason === undefined) {
      throw error;
    }
    return { reason };
  }
}

function textOf({ body }: Part, { format }: SplitOptions): string {
  const whole = Buffer.isBuffer(body) ? body : Buffer.concat(body);
  return (format === 'json-lines' ? whole : gunzipSync(whole)).toString(ENCODING);
}

function compareWithParser(bytes: Buffer, outcome: Outcome, lines: boolean): void {
  const text = bytes.toString(ENCODING).replace(/^\xef\xbb\xbf/, '');
  const parsed = tryParse(text);
  if ('reason' in outcome) {
    const { reason } = outcome;
    // The other way round may be: of a file with two faults the first is told.
    const wrong =
      parsed !== undefined && (NOT_JSON.has(reason) || (reason === 'NoRecords') === hasRecords(parsed.value));
    if (wrong) {
      throw new DisagreementError(`${reason}, but JSON.parse says ${JSON.stringify(parsed)}`);
    }
    return;
  }
  const expected = (parsed?.value as { Records?: unknown } | undefined)?.Records;
  const found = lines
    ? outcome.records.flatMap((part) => part.split('\n')).map((line) => JSON.parse(line))
    : outcome.records.flatMap((part) => JSON.parse(part).Records);
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new DisagreementError(`Found ${JSON.stringify(found)}, JSON.parse ${JSON.stringify(expected)}`);
  }
}

function hasRecords(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'Records' in value;
}

/** JSON's own `null` is not "no JSON". */
function tryParse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    // Not JSON, which is an answer.
    return undefined;
  }
}
