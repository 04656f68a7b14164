import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { parseRecordFilter } from '../../../contract/record-filter.ts';
import { type DeliveryOptions, deliverFile } from '../../../lambda/forwarding/file-delivery.ts';
import type { Progress } from '../../../lambda/forwarding/ledger.ts';
import { PartLimit } from '../../../lambda/forwarding/part-limit.ts';
import { countOf } from '../../../lambda/forwarding/record-account.ts';
import { RecordFilter } from '../../../lambda/forwarding/record-filter.ts';
import type { OutgoingPart, PartFormat } from '../../../lambda/vendors/destination.ts';
import { noise } from '../../stand-ins/noise.ts';
import { arbitraryFile, documentText, inChunks } from './factories.ts';
import { droppingRule, type Rule, record, rules } from './filter-factories.ts';

// Not a target: only so that a busy machine fails nothing.
vi.setConfig({ testTimeout: 60_000 });

const FORMATS: readonly PartFormat[] = ['records-document', 'json-lines'];

function filterOf(given: readonly Rule[]): RecordFilter | undefined {
  const parsed = parseRecordFilter(JSON.stringify(given));
  return parsed === undefined ? undefined : new RecordFilter(parsed);
}

interface Given {
  readonly content: string;
  readonly format: PartFormat;
  readonly filter: RecordFilter | undefined;
  readonly chunkBytes?: number;
  /** Makes the file pass for one that is too large to be read in one go. */
  readonly streamed?: boolean;
  readonly options?: Partial<DeliveryOptions>;
}

/** Delivers a file, and keeps what was accepted, record by record, as it was written. */
async function deliver({ content, format, filter, chunkBytes = 7, streamed = false, options = {} }: Given) {
  const file = gzipSync(content);
  const accepted: string[] = [];
  const bodies: Buffer[] = [];
  const keys: string[] = [];
  const delivery = await deliverFile({
    objectKey: 'object',
    from: { parts: 0, records: 0 },
    open: async () => ({
      length: streamed ? 10_000_000 : file.length,
      chunks: inChunks(file, chunkBytes),
    }),
    format,
    filter,
    limit: new PartLimit(100_000),
    onProgress: () => undefined,
    recordProgress: async () => undefined,
    send: async (part) => {
      bodies.push(bodyOf(part));
      keys.push(part.idempotencyKey);
      accepted.push(...recordsIn(bodyOf(part), format));
      return 'accepted';
    },
    ...options,
  });
  return { delivery, accepted, bodies, keys, file };
}

function bodyOf({ body }: OutgoingPart): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.concat(body);
}

/** Each record's JSON, without white space between tokens. */
function recordsIn(body: Buffer, format: PartFormat): string[] {
  const records: unknown[] =
    format === 'json-lines'
      ? body
          .toString()
          .split('\n')
          .map((line) => JSON.parse(line))
      : JSON.parse(gunzipSync(body).toString()).Records;
  return records.map((each) => JSON.stringify(each));
}

const READS: readonly Rule[] = [{ name: 'reads', drop: { readOnly: true } }];
/** Every third is a read. */
const RECORDS = Array.from(
  { length: 42 },
  (_, i) => `{"eventID":"event-${i}","readOnly":${i % 3 === 0},"n":1.0,"x":"${noise(7_000, i + 1)}"}`,
);
const KEPT = RECORDS.filter((_, i) => i % 3 !== 0);

describe.each(FORMATS)('a filtered file, %s', (format) => {
  it.each([true, false])(
    'is forwarded without what is dropped, byte for byte (streamed: %s)',
    async (streamed) => {
      const content = documentText(RECORDS);
      const { delivery, bodies } = await deliver({ content, format, filter: filterOf(READS), streamed });

      const sent = bodies.map((body) =>
        format === 'json-lines'
          ? body.toString().split('\n')
          : gunzipSync(body)
              .toString()
              .slice('{"Records":['.length, -']}'.length)
              .split(/(?<=\}),(?=\{)/),
      );
      expect(sent.flat()).toEqual(KEPT);
      expect(delivery).toMatchObject({ records: KEPT.length, refusedRecords: [] });
      expect(delivery.summary.dropped).toEqual(new Map([['reads', 14]]));
      // The whole file's, which is what CloudTrail's digests list.
      expect(delivery.summary.sha256).toBe(createHash('sha256').update(content).digest('hex'));
      expect(delivery.summary.records).toBe(42);
    },
  );

  it.each([true, false])(
    'is not sent at all where every record is dropped (streamed: %s)',
    async (streamed) => {
      const content = documentText(RECORDS.filter((_, i) => i % 3 === 0));
      const { delivery, bodies } = await deliver({ content, format, filter: filterOf(READS), streamed });

      expect(bodies).toEqual([]);
      expect(delivery).toMatchObject({ parts: 0, records: 0 });
      expect(delivery.summary.records).toBe(14);
      expect(countOf(delivery.summary.dropped)).toBe(14);
    },
  );

  it('goes on behind what was acknowledged, and sends nothing twice', async () => {
    const notes: Progress[] = [];
    const content = documentText(RECORDS);
    const given = { content, format, filter: filterOf(READS), streamed: true };
    const limit = () => new PartLimit(20_000);
    let sent = 0;
    const first: string[] = [];
    const interrupted = deliver({
      ...given,
      options: {
        limit: limit(),
        recordProgress: async (progress) => void notes.push(progress),
        send: async (part) => {
          sent += 1;
          if (sent > 3) {
            throw new Error('the function was killed');
          }
          first.push(...recordsIn(bodyOf(part), format));
          return 'accepted';
        },
      },
    });
    await expect(interrupted).rejects.toThrow('killed');
    const from = notes.at(-1) ?? { parts: 0, records: 0 };

    const { accepted, delivery } = await deliver({ ...given, options: { limit: limit(), from } });

    expect(from.records).toBeGreaterThan(0);
    const once = [...first.slice(0, from.records), ...accepted];
    expect(once).toEqual(KEPT.map((text) => JSON.stringify(JSON.parse(text))));
    expect(delivery.records + countOf(delivery.summary.dropped)).toBe(RECORDS.length);
  });

  it('accounts for every record, whatever the rules, the chunks, the limit and the refusals', async () => {
    const file = fc.array(record, { maxLength: 12 });
    const property = fc.asyncProperty(
      file,
      rules,
      fc.integer({ min: 1, max: 60 }),
      fc.boolean(),
      fc.integer({ min: 17_000, max: 60_000 }),
      async (fields, given, chunkBytes, streamed, takenBytes) => {
        const records = fields.map((each, i) => ({ ...each, eventID: `event-${i}`, x: noise(6_000, i + 1) }));
        const accepted: string[] = [];
        const { delivery } = await deliver({
          content: JSON.stringify({ Records: records }),
          format,
          filter: filterOf(given),
          chunkBytes: chunkBytes * 100,
          streamed,
          options: {
            limit: new PartLimit(60_000),
            send: async (part) => {
              if (bodyOf(part).length > takenBytes) {
                return 'too-large';
              }
              accepted.push(...recordsIn(bodyOf(part), format));
              return 'accepted';
            },
          },
        });

        const kept = records.filter((each) => droppingRule(given, each) === undefined);
        expect(accepted.toSorted()).toEqual(kept.map((each) => JSON.stringify(each)).toSorted());
        expect(delivery.records).toBe(kept.length);
        expect(delivery.summary.records).toBe(records.length);
        expect(delivery.records + countOf(delivery.summary.dropped)).toBe(records.length);
      },
    );
    await fc.assert(property, { numRuns: 150 });
  });
});

it('sends a file unchanged of which nothing is dropped', async () => {
  const content = `{ "Records": [${KEPT.join(',\n')}], "beside": 1.0 }`;
  const { bodies, file, delivery } = await deliver({
    content,
    format: 'records-document',
    filter: filterOf(READS),
    options: { limit: new PartLimit(1_000_000) },
  });

  expect(bodies).toEqual([file]);
  expect(delivery.summary.dropped.size).toBe(0);
});

it('keeps the records of any file in any spelling as they are, and their order', async () => {
  const property = fc.asyncProperty(
    arbitraryFile,
    fc.integer({ min: 1, max: 40 }),
    async (file, chunkBytes) => {
      // Drops what has a text as its eventName: none of these records has one, and all are looked at.
      const filter = filterOf([{ drop: { eventName: '*', readOnly: true } }]);
      const { accepted, delivery } = await deliver({
        content: file.text,
        format: 'json-lines',
        filter,
        chunkBytes,
        streamed: true,
      });

      expect(accepted).toEqual(file.records.map((text) => JSON.stringify(JSON.parse(text))));
      expect(delivery.summary.records).toBe(file.records.length);
    },
  );
  await fc.assert(property, { numRuns: 200 });
});
