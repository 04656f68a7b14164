import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { eventFilterOf } from '../../../cli/audit/event-filter.ts';
import { listText } from '../../../cli/audit/list-text.ts';
import { cutToWidth, displayWidth } from '../../../cli/text-width.ts';
import { type AuditRow, auditRow } from '../../../contract/audit-columns.ts';
import { toOcsf } from '../../../lambda/archive/ocsf/to-ocsf.ts';
import { archiveIdOf } from '../../../lambda/archive/raw/archive-id.ts';
import { activityEventOf } from '../../lambda/archive/ibmcloud/events.ts';
import { appDynamics, archive, audit, cloudOne, withFolder } from './archive.ts';

const SIGN_IN = cloudOne('e1', '2026-03-01T10:00:00Z');
const KEY = cloudOne('e2', '2026-03-01T11:30:00Z', {
  event: 'API key created',
  type: 'audit.apiKey_created.v1',
  principalURN: 'urn:cloudone:identity:us-1:900000000001:user/ben',
  outcome: 'failure',
  details: { alias: '監査用キー', sourceIP: '192.0.2.7' },
});
const LOGIN = appDynamics('2026-03-01T10:30:00Z');
const MARCH = ['--from', '2026-03-01', '--to', '2026-03-01'];

async function withArchive<T>(use: (folder: string) => Promise<T>): Promise<T> {
  vi.stubEnv('NO_COLOR', '1');
  return await withFolder(async (folder) => {
    await archive(folder, 'cloudone', [SIGN_IN, KEY]);
    await archive(folder, 'appdynamics', [LOGIN]);
    return await use(folder);
  });
}

async function eventsOf(folder: string, ...argv: readonly string[]): Promise<unknown[]> {
  const { status, out, err } = await audit(['list', '--archive', folder, ...MARCH, ...argv, '--json']);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  return (JSON.parse(out) as AuditRow[]).map(({ event }) => event);
}

describe('filters', () => {
  test.each([
    ['none', [], ['audit.apiKey_created.v1', 'LOGIN', 'audit.user-signed-in.v1']],
    ['the other order', ['--oldest-first'], ['audit.user-signed-in.v1', 'LOGIN', 'audit.apiKey_created.v1']],
    ['a source', ['--source', 'appdynamics'], ['LOGIN']],
    ['two sources', ['--source', 'appdynamics', 'ibmcloud'], ['LOGIN']],
    ['a type', ['--event', 'login'], ['LOGIN']],
    ['types', ['--event', 'LOGIN', 'audit.APIKEY*'], ['audit.apiKey_created.v1', 'LOGIN']],
    ['a beginning is not the whole', ['--event', 'LOG'], []],
    ['a dot is a dot', ['--event', 'audit-user-signed-in.v1'], []],
    ['a principal', ['--principal', '*ben'], ['audit.apiKey_created.v1']],
    ['a principal in Japanese', ['--principal', '山田*'], ['LOGIN']],
    ['an outcome', ['--outcome', 'failure'], ['audit.apiKey_created.v1']],
    [
      'outcomes',
      ['--outcome', 'fail*', 'success'],
      ['audit.apiKey_created.v1', 'LOGIN', 'audit.user-signed-in.v1'],
    ],
    ['an address', ['--ip', '192.0.2.7'], ['audit.apiKey_created.v1']],
    ['addresses', ['--ip', '192.0.2.*', '::1'], ['audit.apiKey_created.v1']],
    ['an address of nobody', ['--ip', '192.0.2'], []],
    ['words of the record', ['--text', '監査用'], ['audit.apiKey_created.v1']],
    ['words or words', ['--text', 'nowhere', 'USER-signed-IN'], ['audit.user-signed-in.v1']],
    ['what to look at first', ['--attention'], ['audit.apiKey_created.v1']],
    ['all of them', ['--source', 'cloudone', '--principal', '*aya', '--attention'], []],
    ['a span', ['--from', '2026-03-01T10:30Z', '--to', '2026-03-01T11:30Z'], ['LOGIN']],
  ])('%s', async (_name, argv, events) => {
    await withArchive(async (folder) => {
      expect(await eventsOf(folder, ...argv)).toEqual(events);
    });
  });

  test('more filters never show more, and further values of one never less', () => {
    const record = (index: number) => {
      const collected = [SIGN_IN, KEY][index % 2] ?? SIGN_IN;
      return { id: archiveIdOf('cloudone', collected), time: 1, collectedAt: '', record: collected.text };
    };
    const word = fc.constantFrom('audit*', '*ben', 'API', 'audit.user-signed-in.v1', '*', 'x');
    const words = fc.option(fc.array(word, { minLength: 1, maxLength: 3 }), { nil: undefined });
    fc.assert(
      fc.property(fc.nat(1), words, words, words, word, (index, event, principal, text, further) => {
        const shown = toOcsf(record(index));
        const lets = (options: object) => eventFilterOf(options)(shown, auditRow(shown));
        const all = lets({ event, principal, text });
        expect(all).toBe(lets({ event }) && lets({ principal }) && lets({ text }));
        if (event !== undefined) {
          expect(lets({ event: [...event, further] })).toBe(lets({ event }) || lets({ event: [further] }));
        }
      }),
    );
  });
});

describe('pages', () => {
  test('follow each other, newest first and oldest first', async () => {
    await withArchive(async (folder) => {
      for (const order of [[], ['--oldest-first']]) {
        const all = await eventsOf(folder, ...order);
        const paged: unknown[] = [];
        let after: string[] = [];
        for (let page = 0; page < 3; page += 1) {
          const argv = ['list', '--archive', folder, ...MARCH, ...order, '--limit', '1', ...after];
          const { out, err } = await audit([...argv, '--json']);
          const [row] = JSON.parse(out) as AuditRow[];
          paged.push(row?.event);
          after = ['--after', row?.id ?? ''];
          expect(err).toBe('');
          const { err: note } = await audit(argv);
          expect(note).toBe(page === 2 ? '' : `There are more: --after ${row?.id}\n`);
        }
        expect(paged).toEqual(all);
      }
    });
  });

  test('do not go on behind what is not there', async () => {
    await withArchive(async (folder) => {
      const missing = `cloudone.20260301T10.${'0'.repeat(32)}`;
      const { status, err } = await audit(['list', '--archive', folder, '--after', missing]);
      expect({ status, err }).toEqual({ status: 1, err: expect.stringContaining(missing) });
    });
  });
});

describe('what a person sees', () => {
  test('without a terminal: whole texts', async () => {
    await withArchive(async (folder) => {
      const { out } = await audit(['list', '--archive', folder, ...MARCH]);
      expect(out.split('\n').slice(0, 2)).toEqual([
        expect.stringMatching(/^Time \(UTC\) {11}Event +Principal +Type +Account +Id$/),
        expect.stringMatching(
          /^2026-03-01 11:30:00 {2}! \[failed\] \S.*audit\.apiKey_created\.v1 +900000000001 +cloudone\.20260301T11\.[0-9a-f]{8}$/,
        ),
      ]);
      expect(out).toMatch(/\n\n3 events\n$/);
    });
  });

  test.each([40, 80, 100, 139, 140, 160, 200])(
    'on a terminal of %i columns: no line is wider',
    async (columns) => {
      await withArchive(async (folder) => {
        const { out } = await audit(['list', '--archive', folder, ...MARCH], columns);
        if (columns >= 80) {
          expect(Math.max(...out.split('\n').map(displayWidth))).toBeLessThan(columns);
        }
        expect(out.match(/(cloudone|appdynamics)\.\d{8}T\d{2}\.[0-9a-f]{8}$/gm)).toHaveLength(3);
      });
    },
  );

  test('columns stand below each other, also with Japanese names', async () => {
    await withArchive(async (folder) => {
      const { out } = await audit(['list', '--archive', folder, ...MARCH], 160);
      const ids = out.split('\n').slice(1, 4);
      const starts = ids.map((line) =>
        displayWidth(line.slice(0, line.search(/(cloudone|appdynamics)\.\d/))),
      );
      expect(new Set(starts).size).toBe(1);
    });
  });

  test('nothing', async () => {
    await withArchive(async (folder) => {
      const { status, out } = await audit(['list', '--archive', folder, '--from', '2026-04-01']);
      expect({ status, out }).toEqual({ status: 0, out: expect.stringContaining('No events.') });
    });
  });

  test('no control characters of a vendor', () => {
    const event = toOcsf({
      id: `cloudone.20260301T10.${'0'.repeat(32)}`,
      time: 0,
      collectedAt: '2026-03-01T10:00:00Z',
      record: JSON.stringify({ event: 'a\u001b[2Jb', type: 'x\ny', principalURN: '\u202eevil' }),
    });
    const shown = listText([{ ...auditRow(event), course: null }]);
    expect(['\u001b', '\u202e', 'x\ny'].filter((each) => shown.includes(each))).toEqual([]);
  });
});

test('the width of a text is what a terminal takes', () => {
  expect(
    ['abc', '日本', 'ｱｲ', 'か\u3099', '', '\u001b[31mred\u001b[39m', '😀', 'ー'].map(displayWidth),
  ).toEqual([3, 4, 2, 2, 0, 3, 2, 2]);
  expect([
    cutToWidth('日本語', 5),
    cutToWidth('日本語', 6),
    cutToWidth('abc', 2),
    cutToWidth('abc', 0),
  ]).toEqual(['日本…', '日本語', 'a…', '']);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, width) => {
      expect(displayWidth(cutToWidth(text, width))).toBeLessThanOrEqual(Math.max(width, 0));
    }),
  );
});

describe('an action that is told in two events', () => {
  const DELETION = 'user-management.user.delete';
  const deletion = (time: string, outcome: string, correlationId: string) => ({
    time: Date.parse(time),
    text: JSON.stringify(activityEventOf({ action: DELETION, outcome, correlationId, eventTime: time })),
    origin: 'a.log',
  });
  const withDeletions = <T>(use: (folder: string) => Promise<T>) =>
    withFolder(async (folder) => {
      await archive(folder, 'ibmcloud', [
        // Begun before the span, and ended in it.
        deletion('2026-02-28T23:50:00Z', 'pending', 'a'),
        deletion('2026-03-01T00:10:00Z', 'success', 'a'),
        deletion('2026-03-01T09:00:00Z', 'pending', 'b'),
        deletion('2026-03-01T09:02:00Z', 'failure', 'b'),
        deletion('2026-03-01T15:00:00Z', 'pending', 'c'),
      ]);
      return await use(folder);
    });

  test('says how long it took at both, and where no end is known', async () => {
    await withDeletions(async (folder) => {
      const { out } = await audit(['list', '--archive', folder, ...MARCH]);
      const marks = out.split('\n').flatMap((line) => /\[.*\]/.exec(line)?.[0] ?? []);
      expect(marks).toEqual([
        '[no end known]',
        '[failed] [took 2 min]',
        '[ended after 2 min]',
        '[took 20 min]',
      ]);
    });
  });

  test('says so in JSON, on a page of one too', async () => {
    await withDeletions(async (folder) => {
      const { out } = await audit([
        'list',
        '--archive',
        folder,
        ...MARCH,
        '--oldest-first',
        '--limit',
        '1',
        '--json',
      ]);
      expect(JSON.parse(out)).toEqual([
        expect.objectContaining({
          event: DELETION,
          course: {
            kind: 'final',
            other: {
              id: expect.stringMatching(/^ibmcloud\.20260228T23\./),
              time: Date.parse('2026-02-28T23:50:00Z'),
              status: 'Pending',
            },
          },
        }),
      ]);
    });
  });

  test('keeps both rows in a report, each with its course, and counts what has no end', async () => {
    await withDeletions(async (folder) => {
      const report = async (format: string) => {
        const file = join(folder, `r.${format}`);
        const argv = [
          '--from',
          '2026-03-01',
          '--to',
          '2026-03-01',
          '--columns',
          'outcome',
          'course',
          '--no-diff',
        ];
        const { status } = await audit(['report', '--archive', folder, '--output', file, ...argv]);
        expect(status).toBe(0);
        return await readFile(file, 'utf8');
      };
      expect((await report('csv')).replace('\uFEFF', '').trimEnd().split('\r\n')).toEqual([
        '"Outcome","Course of the action"',
        '"Success","begun 2026-02-28 23:50:00 +00:00, 20 min before"',
        '"Pending","ended 2026-03-01 09:02:00 +00:00 (Failure), after 2 min"',
        '"Failure","begun 2026-03-01 09:00:00 +00:00, 2 min before"',
        '"Pending","no end is known"',
      ]);
      expect(JSON.parse(await report('json'))).toMatchObject({
        events: [
          {},
          {},
          { course: { kind: 'final', other: { status: 'Pending' } } },
          { course: { kind: 'unended' } },
        ],
        summary: { events: 4, unended: 1 },
      });
    });
  });
});

describe('what is wrong', () => {
  test('with the archive is told, and the rest is shown', async () => {
    await withArchive(async (folder) => {
      const hour = join(folder, 'raw/cloudone/2026/03/01/10');
      const [name = ''] = await readdir(hour);
      await writeFile(join(hour, name), 'damaged');
      const { status, out, err } = await audit(['list', '--archive', folder, ...MARCH, '--json']);
      expect(status).toBe(1);
      expect(JSON.parse(out)).toHaveLength(2);
      expect(JSON.parse(err)).toEqual({ warning: expect.stringContaining(name) });
    });
  });

  test.each([
    ['no such folder', ['--archive', '/no/such/folder'], 1, 'ENOENT'],
    ['more than a bucket', ['--archive', 's3://bucket/raw'], 1, 's3://<raw bucket>'],
    ['a time without a zone', ['--from', '2026-03-01T10:00'], 2, 'with its zone'],
    ['a day that no calendar has', ['--from', '2026-02-30'], 2, 'a day of the calendar'],
    ['a time of such a day', ['--to', '2026-02-29T10:00Z'], 2, 'a day of the calendar'],
    [
      'an end before the beginning',
      ['--archive', '.', '--from', '2026-03-02', '--to', '2026-03-01'],
      2,
      'before',
    ],
    ['an end long ago', ['--archive', '.', '--to', '2026-03-01'], 2, 'by default'],
    ['another source', ['--source', 'github'], 2, 'cloudone'],
    ['a limit of none', ['--limit', '0'], 2, '1 to 10000'],
    ['a malformed id', ['--archive', '.', '--after', 'e1'], 2, 'looks like cloudone.'],
  ])('on the command line: %s', async (_name, argv, status, words) => {
    await withArchive(async (folder) => {
      const result = await audit(['list', ...argv.map((word) => (word === '.' ? folder : word))]);
      expect({ ...result, err: result.err.includes(words) || result.err }).toMatchObject({
        status,
        err: true,
      });
    });
  });

  test.each([
    ['list', 'raw/', 'raw'],
    ['export', 'raw/', 'raw'],
    ['report', 'raw/', 'raw'],
    ['query', 'ext/', 'derived'],
  ])('%s refuses a place in which nothing of the archive is', async (command, prefix, part) => {
    await withArchive(async (folder) => {
      const more = command === 'query' ? ['SELECT 1'] : [];
      const output = ['export', 'report'].includes(command) ? ['--output', join(folder, 'x.json')] : [];
      // One level too deep.
      const place = join(folder, 'raw');
      const { status, out, err } = await audit([command, ...more, '--archive', place, ...output]);
      expect({ status, out }).toEqual({ status: 1, out: '' });
      expect(err).toContain(`nothing below ${prefix} in ${place}`);
      expect(err).toContain(`s3://<${part} bucket>`);
    });
  });
});
