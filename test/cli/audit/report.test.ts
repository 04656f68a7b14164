import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readReportDefinition } from '../../../contract/report.ts';
import { appDynamics, archive, audit, cloudOne, withFolder } from './archive.ts';

const DOCUMENT = await readFile(new URL('../../../docs/audit-reports.md', import.meta.url), 'utf8');
const MARCH = ['--from', '2026-03-01', '--to', '2026-03-31'];

/** @param use is given the archive's folder, and another to write to */
async function withArchive<T>(use: (raw: string, out: string) => Promise<T>): Promise<T> {
  return await withFolder(async (folder) => {
    const raw = join(folder, 'archive');
    const out = join(folder, 'out');
    await mkdir(raw);
    await mkdir(out);
    await archive(raw, 'cloudone', [cloudOne('e1', '2026-03-01T10:00:00Z')]);
    await archive(raw, 'appdynamics', [
      appDynamics('2026-03-01T10:30:00Z'),
      appDynamics('2026-03-31T23:59:59Z', { action: 'LOGIN_FAILED' }),
    ]);
    return await use(raw, out);
  });
}

function examples(language: string): readonly string[] {
  const blocks = DOCUMENT.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'));
  return [...blocks].map(([, text = '']) => text);
}

describe('the examples of docs/audit-reports.md', () => {
  test('are definitions', () => {
    const definitions = examples('json').map((text) => readReportDefinition(JSON.parse(text)));
    expect(definitions.map(({ name }) => name)).toEqual(['monthly-access', 'sign-ins']);
  });

  test('are commands', async () => {
    const commands = examples('console')
      .flatMap((text) => text.split('\n'))
      .filter((line) => line.startsWith('$ npx trailbridge audit report ') && !line.includes('--fetch'));
    expect(commands).toHaveLength(4);
    await withArchive(async (raw, out) => {
      await writeFile(join(out, 'report.json'), examples('json')[0] ?? '');
      for (const [index, command] of commands.entries()) {
        const words = [...command.replace(/^.* audit /, '').matchAll(/"([^"]*)"|(\S+)/g)];
        const argv = words
          .map(([, quoted, word]) => quoted ?? word ?? '')
          .map((word) => (word === 'report.json' ? join(out, word) : word));
        const name = argv[argv.indexOf('--output') + 1] ?? '';
        const file = join(out, argv.includes('--output') ? name : `${index}`);
        const { status, err } = await audit([...argv, '--archive', raw, '--output', file, '--json']);
        expect({ command, status, err }).toEqual({ command, status: 0, err: '' });
        expect(await readFile(file, 'latin1')).toMatch(/^(%PDF-|\xEF\xBB\xBF"Time")/);
      }
    });
  });
});

test('a report in each format, named by its file', async () => {
  await withArchive(async (raw, out) => {
    for (const format of ['pdf', 'json', 'csv']) {
      const file = join(out, `r.${format}`);
      const { status, out: printed } = await audit([
        ...['report', '--archive', raw, '--output', file, '--json'],
        ...MARCH,
      ]);
      expect(status).toBe(0);
      expect(JSON.parse(printed)).toMatchObject({
        file,
        from: '2026-03-01T00:00:00.000Z',
        to: '2026-04-01T00:00:00.000Z',
        events: 3,
        bySource: { cloudone: 1, appdynamics: 2 },
      });
    }
    expect((await readFile(join(out, 'r.pdf'))).subarray(0, 5).toString()).toBe('%PDF-');
    expect(JSON.parse(await readFile(join(out, 'r.json'), 'utf8'))).toMatchObject({
      report: { title: 'Audit report', made: { at: expect.any(String), place: raw } },
      events: [{ event: 'audit.user-signed-in.v1' }, { event: 'LOGIN' }, { event: 'LOGIN_FAILED' }],
    });
    expect((await readFile(join(out, 'r.csv'), 'utf8')).split('\r\n')).toHaveLength(5);
    expect((await readdir(out)).sort()).toEqual(['r.csv', 'r.json', 'r.pdf']);
  });
});

test("options go before the definition's", async () => {
  await withArchive(async (raw, out) => {
    const definition = join(out, 'definition');
    const file = join(out, 'r.json');
    await writeFile(definition, examples('json')[0] ?? '');
    await audit([
      ...['report', '--definition', definition, '--archive', raw, '--output', file, ...MARCH],
      ...[
        '--title',
        'Other',
        '--include',
        'Action:LOGIN',
        'action:NONE',
        '--columns',
        'time',
        'UserName',
        '--no-diff',
      ],
    ]);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      report: { name: 'monthly-access', title: 'Other', label: 'CONFIDENTIAL', timeZone: 'Asia/Tokyo' },
      events: [{ time: '2026-03-01T19:30:00.000+09:00', principal: '山田 太郎' }],
    });
  });
});

test('fetches what the archive holds, the newest without a period, and says what there is otherwise', async () => {
  await withArchive(async (raw, out) => {
    for (const period of ['2026-02', '2026-03']) {
      const path = join(raw, `reports/access/${period}.csv`);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, period);
    }
    const fetch = async (...argv: readonly string[]) => {
      const file = join(out, 'r');
      const result = await audit([
        'report',
        '--archive',
        raw,
        '--format',
        'csv',
        '--output',
        file,
        '--force',
        '--fetch',
        ...argv,
      ]);
      return { ...result, text: result.status === 0 ? await readFile(file, 'utf8') : '' };
    };
    expect(await fetch('access', '2026-02')).toMatchObject({ status: 0, text: '2026-02' });
    expect(await fetch('access')).toMatchObject({ status: 0, text: '2026-03' });
    expect(await fetch('access', '2026-01')).toMatchObject({
      status: 1,
      err: expect.stringContaining('2026-02.csv, 2026-03.csv'),
    });
    expect(await fetch('other')).toMatchObject({
      status: 1,
      err: expect.stringContaining('Reports there: access'),
    });
    expect(await fetch('access', '2026-02', 'more')).toMatchObject({ status: 2 });
  });
});

test.each([
  [['--last', '5 minutes'], 2, 'field range'],
  [['--last', '7d', '--previous', 'day'], 2, 'one time range'],
  [['--to', '2026-03-01'], 2, '--from'],
  [['--from', '2026-03-02', '--to', '2026-03-01'], 2, 'no length'],
  [['--include', 'Colour:red'], 2, 'ObjectType'],
  [['--definition', '/nowhere/report.json'], 1, 'cannot be read'],
  [['--output', '/nowhere/report.pdf'], 1, '--output'],
  [['--output', tmpdir(), '--format', 'json'], 1, '--output'],
  [['--output', 'r.xls'], 2, '".xls", which is no format'],
  [['--output', 'r.csv', '--format', 'json'], 2, '".csv", and --format says json'],
  [['--fetch', 'x', '--output', 'r.csv', '--format', 'pdf'], 2, '--format says pdf'],
  [['--fetch', '../../x'], 2, 'no key of the archive'],
  [['--fetch', 'x', '../../y'], 2, 'no key of the archive'],
  [['--title', 'a\u202eb'], 2, 'field title'],
  [['--label', 'a\u2028Bcc: x@example.com'], 2, 'field label'],
])('%j is refused, and no file is left', async (argv, status, words) => {
  await withArchive(async (raw, out) => {
    const result = await audit(['report', '--archive', raw, '--output', join(out, 'r.pdf'), ...argv]);
    expect(result).toMatchObject({ status, err: expect.stringContaining(words) });
    expect(await readdir(out)).toEqual([]);
  });
});

test.each([[[]], [['--fetch', 'access', '2026-03']]])(
  '%j replaces a file only where it is told to',
  async (argv) => {
    await withArchive(async (raw, out) => {
      await mkdir(join(raw, 'reports/access'), { recursive: true });
      await writeFile(join(raw, 'reports/access/2026-03.csv'), 'fetched');
      const file = join(out, 'r.csv');
      await writeFile(file, 'mine');
      const command = ['report', '--archive', raw, '--output', file, ...argv];
      expect(await audit(command)).toMatchObject({ status: 1, err: expect.stringContaining('--force') });
      expect(await readFile(file, 'utf8')).toBe('mine');
      expect(await readdir(out)).toEqual(['r.csv']);
      expect(await audit([...command, '--force'])).toMatchObject({ status: 0 });
      expect(await readFile(file, 'utf8')).not.toBe('mine');
    });
  },
);

test('damage is told, and the rest is reported', async () => {
  await withArchive(async (raw, out) => {
    await writeFile(join(raw, 'raw/appdynamics/2026/03/01/10/damaged.jsonl.gz'), 'not compressed');
    const file = join(out, 'r.json');
    const { status, err } = await audit(['report', '--archive', raw, '--output', file, ...MARCH]);
    expect(status).toBe(1);
    expect(err).toContain('damaged.jsonl.gz');
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ summary: { events: 3, damaged: 1 } });
  });
});
