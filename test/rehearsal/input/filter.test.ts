import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseRecordFilter } from '../../../contract/record-filter.ts';
import { RecordFilter } from '../../../lambda/forwarding/record-filter.ts';
import { corpusOf } from '../../../rehearsal/input/corpus.ts';
import { filterOf, type GivenFilter } from '../../../rehearsal/input/filter.ts';
import { generatedCorpus } from '../../../rehearsal/input/generated.ts';
import { parseOptions } from '../../../rehearsal/options.ts';
import { arbitraryRules } from '../../lambda/forwarding/filter-factories.ts';

const keyOf = (name: string) => `AWSLogs/111122223333/CloudTrail/us-east-1/2026/01/15/${name}.json.gz`;
const READS = filterOf('[{"name":"reads","drop":{"readOnly":true}}]') as GivenFilter;

describe('what a filter must do to the input', () => {
  const records = [
    { eventID: '1', readOnly: true },
    { eventID: '2', readOnly: false },
    { eventID: '3', readOnly: true },
  ];
  const files = ['a', 'b'].map((name) => ({
    key: keyOf(name),
    body: gzipSync(JSON.stringify({ Records: records })),
  }));

  test('a file behind it lacks what it drops, one before it nothing', () => {
    const { expected, records: counts } = corpusOf('x', files, (key) =>
      key === keyOf('a') ? READS : undefined,
    );

    expect(expected).toEqual(
      new Map([
        ['1', 1],
        ['2', 2],
        ['3', 1],
      ]),
    );
    expect(counts).toEqual(
      new Map([
        [keyOf('a'), { read: 3, dropped: new Map([['reads', 2]]) }],
        [keyOf('b'), { read: 3, dropped: new Map() }],
      ]),
    );
  });

  test('is worked out as the product does it, whatever the rules and the record', () => {
    fc.assert(
      fc.property(arbitraryRules, ({ rules, record }) => {
        const text = JSON.stringify(rules);
        const filter = filterOf(text) as GivenFilter;
        const product = new RecordFilter(
          parseRecordFilter(text) as NonNullable<ReturnType<typeof parseRecordFilter>>,
        );

        expect(filter.fingerprint).toBe(product.fingerprint);
        expect(filter.droppingRule(record)).toBe(product.dropping(Buffer.from(JSON.stringify(record))));
      }),
      { numRuns: 500 },
    );
  });

  test('the filter of all rehearsals drops some of the generated records by each rule that drops', async () => {
    const options = parseOptions(['--filter', 'rehearsal/input/filter.json'], '/out');
    const { files: generated } = generatedCorpus();

    const { records: counts } = corpusOf('generated', generated, () => options.filter);

    const rules = new Set([...counts.values()].flatMap(({ dropped }) => [...dropped.keys()]));
    expect(rules).toEqual(new Set(['KMS reads', 'descriptions']));
  });
});

describe('--filter', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filter-'));
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    vi.spyOn(process, 'exit').mockImplementation((status) => {
      throw new Error(`exit ${status}`);
    });
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await rm(folder, { recursive: true });
  });

  async function optionsWith(text: string, ...others: string[]) {
    const file = join(folder, 'filter.json');
    await writeFile(file, text);
    return parseOptions(['--filter', file, ...others], '/out');
  }

  test('reads the rules', async () => {
    expect((await optionsWith('[ {"drop": {"readOnly": true}} ]')).filter?.text).toBe(
      '[{"drop":{"readOnly":true}}]',
    );
  });

  test('is refused where it cannot be used, or nobody would use it', async () => {
    await expect(optionsWith('[{"drop":{}}]')).rejects.toThrow('exit 2');
    await expect(optionsWith('[]')).rejects.toThrow('exit 2');
    await expect(
      optionsWith('[{"drop":{"readOnly":true}}]', '--destination', 'vendorclient'),
    ).rejects.toThrow('exit 2');
    expect(() => parseOptions(['--filter', join(folder, 'nothing')], '/out')).toThrow('exit 2');
  });
});
