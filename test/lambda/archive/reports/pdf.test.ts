/** The pages, as a reader of PDF finds them: with pdftotext, where that is installed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EventRow } from '../../../../lambda/archive/ocsf/action-course.ts';
import { makeReport } from '../../../../lambda/archive/reports/make-report.ts';
import { MOST_PDF_EVENTS } from '../../../../lambda/archive/reports/pdf.ts';
import { PEOPLE } from '../../../../rehearsal/vendors/audit-events/people.ts';
import { each, FROM, order, row } from './rows.ts';

const { resolve } = createRequire(import.meta.url);
const FONTS = {
  regular: resolve('@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf'),
  bold: resolve('@expo-google-fonts/noto-sans-jp/700Bold/NotoSansJP_700Bold.ttf'),
};
const HAS_READER = spawnSync('pdftotext', ['-v']).error === undefined;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailbridge-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

type Collected = Parameters<typeof order>[1];

async function pdfOf(rows: readonly EventRow[], given: object = {}, collected?: Collected): Promise<string> {
  const made = await makeReport(order(given, collected), () => each(rows), ['pdf'], folder, FONTS);
  return made.files.get('pdf') ?? '';
}

/** The pages' texts, spaces and line ends taken out: what is wrapped is found, too. */
async function pagesOf(
  rows: readonly EventRow[],
  given: object = {},
  collected?: Collected,
): Promise<string[]> {
  const file = await pdfOf(rows, given, collected);
  const text = execFileSync('pdftotext', ['-raw', file, '-'], { encoding: 'utf8' });
  return text
    .split('\f')
    .slice(0, -1)
    .map((page) => page.replace(/\s/g, ''));
}

const log = (count: number): EventRow[] =>
  Array.from({ length: count }, (_, index) =>
    row({ time: FROM + index * 1000, principal: `user${index}@example.com`, object_name: '決済サービス' }),
  );

test('the same report is the same bytes', async () => {
  const rows = log(30);
  const first = await readFile(await pdfOf(rows, { titlePage: true }));
  expect(first.equals(await readFile(await pdfOf(rows, { titlePage: true })))).toBe(true);
  expect(first.equals(await readFile(await pdfOf(rows.slice(1), { titlePage: true })))).toBe(false);
});

describe.skipIf(!HAS_READER)('its pages (skipped without pdftotext, of poppler-utils)', () => {
  test('have label, page number and the heading of the table each, and every event once, whole', async () => {
    const rows = log(200);
    const pages = await pagesOf(rows, { label: 'CONFIDENTIAL 社外秘' });
    expect(pages.length).toBeGreaterThan(3);
    pages.forEach((page, index) => {
      expect(page).toContain('CONFIDENTIAL社外秘');
      expect(page).toContain(`Page${index + 1}of${pages.length}`);
      expect(page).toContain('TimeSourceActionUsername');
    });
    for (const { principal } of rows) {
      expect(pages.filter((page) => page.includes(`LOGIN${principal}決済サービスSuccess`))).toHaveLength(1);
    }
  });

  test('keep the lines of an event together', async () => {
    const changes = Array.from({ length: 7 }, (_, index) => ({
      field: 'f',
      label: `L${index}`,
      old: 'a',
      new: 'b',
    }));
    const pages = await pagesOf(Array.from({ length: 40 }, () => row({ changes })));
    expect(pages.length).toBeGreaterThan(3);
    for (const page of pages) {
      expect(page.split('L0:a→b').length).toBe(page.split('L6:a→b').length);
    }
  });

  test('say what the report tells of, and how complete it is', async () => {
    const [page = ''] = await pagesOf(
      log(1),
      {
        subtitle: '監査委員会向け',
        sources: ['appdynamics', 'ibmcloud'],
        include: ['Action:LOGIN', 'Action:LOGIN_FAILED', 'UserName:user*'],
        exclude: ['AccountName:system'],
      },
      [{ source: 'appdynamics', completeUntil: FROM + 3_600_000 }],
    );
    for (const words of [
      '監査委員会向け',
      '2026-03-01 00:00:00 +09:00 to 2026-03-02 00:00:00 +09:00 (Asia/Tokyo)',
      'Splunk AppDynamics, IBM Cloud',
      'Action is LOGIN or LOGIN_FAILED, and User name is user*',
      'Account name is system',
      'Made 2026-03-02 01:00:00 +09:00, of the archive in s3://archive',
      'Splunk AppDynamics: collected only until 2026-03-01 01:00:00 +09:00; IBM Cloud: not collected',
    ]) {
      expect(page).toContain(words.replace(/\s/g, ''));
    }
  });

  test('begin with a title page, if wanted', async () => {
    const pages = await pagesOf(log(1), { titlePage: true });
    expect(pages).toHaveLength(2);
    expect(pages[0]).not.toContain('LOGIN');
    expect(pages[1]).toContain('LOGIN');
  });

  test('show changes unless told otherwise, cut long ones, and wrap words without a space', async () => {
    const urn = `crn:v1:bluemix:public:${'0123456789'.repeat(20)}`;
    const long = Array.from({ length: 100 }, (_, index) => ({
      field: 'f',
      label: `Setting ${index}`,
      old: 'off',
      new: 'on'.repeat(60),
    }));
    const changes = [{ field: 'mfa', label: 'MFA', old: 'TOTP', new: 'NONE', new_meaning: '無効' }];
    const rows = [row({ changes, object_name: urn }), row({ changes: long }), row({ event: 'LAST' })];
    const text = (await pagesOf(rows)).join('');
    expect(text).toContain('MFA:TOTP→NONE(無効)');
    expect(text).toContain('Setting0:off→onon');
    expect(text).toContain('infullintheJSONandCSVformats');
    expect(text).toContain('LAST');
    expect((await pagesOf(rows, { columns: ['object_name'], showDiff: false })).join('')).toContain(urn);
    expect((await pagesOf(rows, { showDiff: false })).join('')).not.toContain('MFA');
  });

  test('tell what to look at first, what failed, and what the vendor does not keep', async () => {
    const rows = [
      row({ outcome: 'Failure', attention: 'Log-in failed' }),
      row({ event: 'OBJECT_UPDATE', changes: [] }),
    ];
    const [page = ''] = await pagesOf(rows);
    expect(page).toContain('LookatfirstLog-infailed1');
    expect(page).toContain('Failure1');
    expect(page).toContain('audit.log.changes.persisted=false');
    const kept = [
      ...rows,
      row({ event: 'OBJECT_UPDATE', changes: [{ field: 'a', label: 'a', old: 1, new: 2 }] }),
    ];
    expect((await pagesOf(kept)).join('')).not.toContain('persisted');
    expect((await pagesOf([])).join('')).toContain('Thereisnosuchevent');
  });

  test('have a column for the course of actions where there are any, and say how many have no end', async () => {
    expect((await pagesOf(log(1))).join('')).not.toContain('Courseoftheaction');
    const [page = ''] = await pagesOf([...log(1), row({ outcome: 'Pending', course: { kind: 'unended' } })]);
    expect(page).toContain('Courseoftheaction');
    expect(page).toContain('Pendingnoendisknown');
    expect(page).toContain('Oneactionwasbegun,andnoendofitisknown.');
  });

  test('hold so many events at most, and say so', async () => {
    const rows = Array.from({ length: MOST_PDF_EVENTS + 1 }, () => row());
    const pages = await pagesOf(rows, { columns: ['event'], showDiff: false });
    expect(pages[0]).toContain('Thefirst10,000of10,001eventsareshownhere');
    expect(pages.join('').split('LOGIN').length - 1).toBe(MOST_PDF_EVENTS + 1);
  }, 60_000);

  test('show nothing that changes how other text reads', async () => {
    const [page = ''] = await pagesOf([row({ principal: 'a\u202Eb\u0007c' })], { columns: ['principal'] });
    expect(page).toContain('a□b□c');
  });

  test('tell people apart whose names have letters that the font lacks, and say how many there are', async () => {
    const names = [
      ...PEOPLE.map(({ name }) => name),
      'Anna Łoś',
      'Anna Toś',
      'Zoe\u0301',
      's\u0301',
      'か\u3099',
    ];
    const [page = ''] = await pagesOf(
      names.map((principal) => row({ principal })),
      { columns: ['principal'], label: 'Poufne: Łódź' },
    );
    for (const name of [
      'JördisMüller-\\u{141}uczak',
      "SinéadO'Connor",
      '佐藤花子',
      'Noor"\\u{928}\\u{942}\\u{930}"\\u{1F511}',
      'Anna\\u{141}o\\u{15B}',
      'AnnaTo\\u{15B}',
      'Zoé',
      's\\u{301}',
      'が',
      'Poufne:\\u{141}ód\\u{17A}',
    ]) {
      expect(page).toContain(name);
    }
    expect(page).toContain('8charactersthatthefontlacksarewrittenbytheirnumbersinUnicode,as\\u{…}.');
  });

  test('say nothing of the font where it has all letters', async () => {
    expect((await pagesOf(log(1))).join('')).not.toContain('thefontlacks');
  });
});
