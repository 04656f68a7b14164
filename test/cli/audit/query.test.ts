import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { Command, CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { copyToCache, listDerivedFiles } from '../../../cli/audit/derived-files.ts';
import type { QueryResult, Row } from '../../../cli/audit/duckdb.ts';
import { addAuditQuery } from '../../../cli/audit/query.ts';
import { csvOf, jsonOf, tableOf } from '../../../cli/audit/result-text.ts';
import { UsageError, UserError } from '../../../cli/errors.ts';
import { createOutput, type Streams } from '../../../cli/output.ts';
import { AUDIT_SOURCES } from '../../../contract/archive.ts';
import { FolderObjectStore } from '../../../lambda/archive/store/folder-object-store.ts';
import { MemoryStore } from '../../lambda/archive/memory-store.ts';
import { captureStreams } from '../streams.ts';
import { type Told, tell, writeDerived } from './derived-folder.ts';
import { wholeText } from './whole-text.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'query-'));
});
afterEach(() => rm(folder, { recursive: true }));

const TOLD_FIRST: Told = {
  source: 'cloudone',
  at: '2026-03-01T08:00',
  className: 'authentication',
  activity: 'Logon',
  event: 'IN',
  principal: 'ada',
};

const TOLD: readonly Told[] = [
  TOLD_FIRST,
  {
    source: 'appdynamics',
    at: '2026-03-02T09:00',
    className: 'authentication',
    activity: 'Logon',
    event: 'LOGIN',
    principal: '=HYPERLINK("https://evil.example")',
  },
  {
    source: 'ibmcloud',
    at: '2026-03-03T10:00',
    className: 'api_activity',
    activity: 'Read',
    event: 'READ',
    object: ['user', 'u1', '山田太郎'],
  },
];

/** What `trailbridge audit query` does with these arguments. */
async function ask(argv: readonly string[], overrides: Partial<Streams> = {}) {
  const { streams, written } = captureStreams();
  const used = { ...streams, ...overrides };
  let exitStatus = 0;
  const program = new Command('trailbridge')
    .option('--json')
    .option('--stack <name>', '', 'AuditArchive')
    .configureOutput({ writeErr: used.err, writeOut: used.out })
    .exitOverride();
  addAuditQuery(program.command('audit').exitOverride(), {
    program,
    streams: used,
    output: () => createOutput(program.opts<{ json?: boolean }>().json === true, used),
    finish: (status) => {
      exitStatus = status;
    },
  });
  await program.parseAsync(['audit', 'query', ...argv], { from: 'user' });
  return { ...written, exitStatus };
}

async function rows(sql: string, ...more: readonly string[]): Promise<unknown> {
  const { out } = await ask([sql, '--archive', folder, '--json', ...more]);
  return JSON.parse(out);
}

describe('trailbridge audit query', () => {
  test('answers in a table, and of nothing with nothing', async () => {
    await writeDerived(folder, tell(TOLD));
    const answer = await ask([
      'SELECT source, COUNT(*) AS events FROM audit_events GROUP BY source ORDER BY source',
      '--archive',
      folder,
    ]);

    expect(answer.out).toBe(
      'source       events\nappdynamics       1\ncloudone          1\nibmcloud          1\n',
    );
    expect((await ask(["SELECT * FROM audit_events WHERE event = 'NONE'", '--archive', folder])).out).toBe(
      'Nothing was found.\n',
    );
  });

  test('asks of the sources and the time that were given, to the millisecond', async () => {
    await writeDerived(folder, tell(TOLD));
    const events = 'SELECT event FROM audit_events ORDER BY event';

    expect(await rows(events, '--source', 'cloudone', 'ibmcloud')).toEqual([
      { event: 'IN' },
      { event: 'READ' },
    ]);
    expect(await rows(events, '--from', '2026-03-02')).toEqual([{ event: 'LOGIN' }, { event: 'READ' }]);
    expect(await rows(events, '--from', '2026-03-01T08:00:00.001Z', '--to', '2026-03-03T10:00:00Z')).toEqual([
      { event: 'LOGIN' },
    ]);
    expect(await rows(events, '--to', '2026-03-01T10:00:00.001+02:00')).toEqual([{ event: 'IN' }]);
  });

  test('has JSON values of their types', async () => {
    await writeDerived(folder, tell(TOLD));
    const sql = `SELECT time, class_uid, 9007199254740993 AS large, CAST(time AS date) AS day, 1.5 AS part, true AS yes, NULL AS nothing, [1, 2] AS list, {'a': 'b'} AS object FROM audit_events WHERE event = 'IN'`;

    expect(await rows(sql)).toEqual([
      {
        time: '2026-03-01T08:00:00.000Z',
        class_uid: 3002,
        large: '9007199254740993',
        day: '2026-03-01',
        part: 1.5,
        yes: true,
        nothing: null,
        list: [1, 2],
        object: { a: 'b' },
      },
    ]);
    expect(await rows(`SELECT metadata.uid AS uid, resources FROM audit_api_activity`)).toEqual([
      {
        uid: expect.stringMatching(/^ibmcloud\.20260303T10\./),
        resources: [
          { uid: 'u1', name: '山田太郎', type: 'user', data: null },
          { uid: null, name: 'another', type: null, data: null },
        ],
      },
    ]);
  });

  test('gives a spreadsheet no formula', async () => {
    await writeDerived(folder, tell(TOLD));
    const { out } = await ask([
      'SELECT principal, -1 AS number FROM audit_events ORDER BY time',
      '--archive',
      folder,
      '--csv',
    ]);

    expect(out).toBe(
      `\ufeff"principal","number"\r\n"ada","-1"\r\n"'=HYPERLINK(""https://evil.example"")","-1"\r\n,"-1"\r\n`,
    );
  });

  test('of a time without files finds nothing, in any view or table', async () => {
    await writeDerived(folder, tell(TOLD));
    const before = ['--to', '2026-01-01'];
    for (const name of [
      'audit_events',
      'all_events',
      'cloudtrail_events',
      'audit_user_access',
      'cloudtrail_logs',
    ]) {
      expect(await rows(`SELECT * FROM ${name}`, ...before)).toEqual([]);
    }
    const sql = 'SELECT "user"."account"."uid", source, eventday FROM audit_account_change';
    expect(await rows(sql, ...before)).toEqual([]);
  });

  test('asks CloudTrail’s own files in the same columns', async () => {
    await writeDerived(folder, tell(TOLD));
    const trail = join(folder, 'trail', 'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02');
    await mkdir(trail, { recursive: true });
    const record = {
      eventVersion: '1.09',
      userIdentity: {
        type: 'IAMUser',
        principalId: 'AIDA',
        accessKeyId: 'AKIA',
        userName: 'carol',
        sessionContext: {},
      },
      eventTime: '2026-03-02T12:00:00Z',
      eventSource: 'signin.amazonaws.com',
      eventName: 'ConsoleLogin',
      sourceIPAddress: '192.0.2.9',
      responseElements: { ConsoleLogin: 'Failure' },
      readOnly: false,
      eventID: 'id-1',
      resources: [{ ARN: 'arn:aws:s3:::x', accountId: '111122223333', type: 'AWS::S3::Bucket' }],
      recipientAccountId: '111122223333',
    };
    const read = {
      eventTime: '2026-03-02T13:00:00Z',
      eventName: 'ListBuckets',
      eventSource: 's3.amazonaws.com',
      readOnly: true,
      eventID: 'id-2',
    };
    await writeFile(
      join(trail, 'x_CloudTrail_y.json.gz'),
      gzipSync(JSON.stringify({ Records: [record, read] })),
    );
    await writeFile(join(trail, 'x_CloudTrail-Digest_y.json.gz'), 'no log file');

    const sql =
      'SELECT source, event, class_uid, activity, outcome, principal, source_ip, object_id, object_name, account_id, eventday FROM all_events ORDER BY time';
    expect(
      await rows(sql, '--cloudtrail', join(folder, 'trail'), '--from', '2026-03-02', '--to', '2026-03-02'),
    ).toEqual([
      {
        source: 'appdynamics',
        event: 'LOGIN',
        class_uid: 3002,
        activity: 'Logon',
        outcome: 'Success',
        principal: expect.any(String),
        source_ip: null,
        object_id: null,
        object_name: null,
        account_id: null,
        eventday: '20260302',
      },
      {
        source: 'cloudtrail',
        event: 'ConsoleLogin',
        class_uid: 3002,
        activity: 'Logon',
        outcome: 'Failure',
        principal: 'carol',
        source_ip: '192.0.2.9',
        object_id: 'arn:aws:s3:::x',
        object_name: 'arn:aws:s3:::x',
        account_id: '111122223333',
        eventday: '20260302',
      },
      {
        source: 'cloudtrail',
        event: 'ListBuckets',
        class_uid: 6003,
        activity: 'Read',
        outcome: 'Success',
        principal: null,
        source_ip: null,
        object_id: null,
        object_name: null,
        account_id: null,
        eventday: '20260302',
      },
    ]);
  });

  test('says where there are no files of CloudTrail, and asks the archive', async () => {
    await writeDerived(folder, tell(TOLD));
    const trail = join(folder, 'trail');
    await mkdir(join(trail, 'CloudTrail-Digest'), { recursive: true });
    await writeFile(join(trail, 'CloudTrail-Digest', 'x.json'), '{}');
    const argv = [
      'SELECT COUNT(*) AS n FROM all_events',
      '--archive',
      folder,
      '--cloudtrail',
      trail,
      '--json',
    ];
    const { out, err } = await ask(argv);
    expect(JSON.parse(out)).toEqual([{ n: 3 }]);
    expect(JSON.parse(err)).toEqual({
      warning: expect.stringContaining(`0 CloudTrail files found below ${trail}`),
    });
  });

  test('reads the archive only, and nothing else', async () => {
    await writeDerived(folder, tell(TOLD));
    const [file = ''] = (await readdir(folder, { recursive: true })).filter((name) =>
      name.endsWith('.parquet'),
    );
    const before = await readFile(join(folder, file));
    const secret = join(folder, 'secret.txt');
    await writeFile(secret, 'secret');
    const forbidden = [
      `COPY (SELECT 1) TO '${join(folder, file)}' (USE_TMP_FILE false)`,
      `EXPLAIN ANALYZE COPY (SELECT 1) TO '${join(folder, file)}' (USE_TMP_FILE false)`,
      `COPY (SELECT 1) TO '${join(folder, 'new.csv')}'`,
      `SELECT * FROM read_text('${secret}')`,
      'SET enable_external_access = true',
      'CREATE TABLE x AS SELECT 1',
      "ATTACH 'x.db'",
      'DROP VIEW audit_events',
      "SELECT * FROM enable_logging(level='trace', storage='stdout')",
      'DESCRIBE SELECT * FROM Enable_Profiling()',
      "SELECT (SELECT max(x) FROM query('SELECT 1 AS x'))",
      `WITH x AS (SELECT * FROM read_parquet('${join(folder, file)}')) FROM x`,
      'PRAGMA enable_profiling',
      'SELECT 1; SELECT 2',
      '',
    ];
    for (const sql of forbidden) {
      await expect(ask([sql, '--archive', folder]), sql).rejects.toThrow(UserError);
    }
    expect(await readFile(join(folder, file))).toEqual(before);
    expect((await readdir(folder)).sort()).toEqual(['ext', 'secret.txt']);
  });

  test('describes what there is, and takes functions that only compute', async () => {
    await writeDerived(folder, tell(TOLD));
    expect(await rows('DESCRIBE audit_events')).toContainEqual(
      expect.objectContaining({ column_name: 'event' }),
    );
    expect(await rows('SHOW TABLES')).toContainEqual({ name: 'audit_events' });
    expect(await rows('SUMMARIZE SELECT event FROM audit_events')).toHaveLength(1);
    expect(await rows('SELECT sum(range) AS sum FROM range(5), (FROM audit_events LIMIT 1)')).toEqual([
      { sum: 10 },
    ]);
    expect(await rows('FROM (SELECT unnest([1, 2]) AS one) ORDER BY one')).toEqual([{ one: 1 }, { one: 2 }]);
  });

  test('lets nothing of a record reach the terminal in an error', async () => {
    await writeDerived(folder, tell([{ ...TOLD_FIRST, principal: 'a\u001b]0;owned\u0007\u009b2J' }]));
    const failed = await ask([
      'SELECT CAST(principal AS INTEGER) FROM audit_events',
      '--archive',
      folder,
    ]).catch((error: Error) => error);
    const { streams, written } = captureStreams();
    createOutput(false, streams).error(String(failed));
    createOutput(true, streams).error(String(failed));
    expect(written.err).toContain('owned');
    expect(written.err).not.toMatch(/(?!\n)\p{Cc}/u);
  });

  test('says what is wrong in the middle of a result, too', async () => {
    await writeDerived(folder, tell(TOLD));
    const sql = "SELECT CASE WHEN range < 5000 THEN 1 ELSE CAST('x' AS INTEGER) END AS n FROM range(6000)";
    await expect(ask([sql, '--archive', folder, '--csv'])).rejects.toThrow('Conversion Error');
    await expect(
      ask(["SELECT repeat('x', 536870889) AS long", '--archive', folder, '--json']),
    ).rejects.toThrow(UserError);
  });

  test('keeps few rows in memory, however many there are', async () => {
    await writeDerived(folder, tell(TOLD));
    let longest = 0;
    let waiting = 0;
    let all = 0;
    const out = (text: string) => {
      waiting += text.length;
      longest = Math.max(longest, waiting);
      all += text.length;
    };
    const drained = async () => {
      waiting = 0;
    };
    for (const format of ['--csv', '--json']) {
      const sql = "SELECT range AS n, repeat('x', 100) AS text FROM range(20000)";
      waiting = 0;
      await ask([sql, '--archive', folder, format], { out, drained });
    }
    expect(all).toBeGreaterThan(4_000_000);
    expect(longest).toBeLessThan(100_000);
  });

  test('says what is wrong with a query, without a stack trace', async () => {
    await writeDerived(folder, tell(TOLD));
    await expect(ask(['SELECT nothing FROM audit_events', '--archive', folder])).rejects.toThrow(
      /Binder Error.*"nothing"/,
    );
    await expect(ask(['SELECT 1', '--archive', join(folder, 'none')])).rejects.toThrow(
      'The archive cannot be read',
    );
    await expect(ask(['--archive', folder])).rejects.toThrow('Give a query');
    await expect(ask(['SELECT 1', '--saved', 'sign-ins', '--archive', folder])).rejects.toThrow(
      'two questions',
    );
    await expect(ask(['--saved', 'gossip', '--archive', folder])).rejects.toThrow(
      'There is no saved question "gossip"',
    );
    await expect(
      ask(['SELECT 1', '--from', '2026-03-02', '--to', '2026-03-01', '--archive', folder]),
    ).rejects.toThrow(UsageError);
    await expect(ask(['SELECT 1', '--json', '--csv', '--archive', folder])).rejects.toThrow(UsageError);
    await expect(ask(['SELECT 1', '--from', '2026-03-01T10:00:00', '--archive', folder])).rejects.toThrow(
      CommanderError,
    );
  });

  test('lists the saved questions, and asks them', async () => {
    await writeDerived(folder, tell(TOLD));

    expect((await ask(['--list'])).out).toContain('sign-ins    Who signed in');
    expect(await rows('--saved=by-day')).toHaveLength(3);
  });

  test('ends at an interruption', async () => {
    await writeDerived(folder, tell(TOLD));
    const user = new AbortController();
    const long = 'SELECT COUNT(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = 3';
    const asked = ask([long, '--archive', folder], { onInterrupt: () => user.signal });
    setTimeout(() => user.abort(), 300);

    expect(await asked).toMatchObject({ exitStatus: 130, out: '', err: 'Interrupted.\n' });
  });
});

describe('files from S3', () => {
  const ALL_TIME = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

  test('are copied once each, again when they have changed, and the former copy goes', async () => {
    const archive = join(folder, 'archive');
    const cache = join(folder, 'cache');
    await writeDerived(archive, tell(TOLD));
    const store = new FolderObjectStore(archive);
    const copied: string[] = [];
    const watched = {
      place: 's3://derived',
      list: store.list.bind(store),
      folders: store.folders.bind(store),
      put: store.put.bind(store),
      delete: store.delete.bind(store),
      get: (key: string) => {
        copied.push(key);
        return store.get(key);
      },
    };
    const copy = async () => {
      copied.length = 0;
      const files = await listDerivedFiles(watched, { sources: AUDIT_SOURCES, ...ALL_TIME });
      let bytes = 0;
      const signal = new AbortController().signal;
      const local = await copyToCache(watched, files, {
        folder: cache,
        signal,
        onBytes: (more) => {
          bytes += more;
        },
      });
      expect(bytes).toBe(files.reduce((sum, file) => sum + file.bytes, 0));
      return local;
    };
    await copy();
    expect(copied).toHaveLength(3);

    expect(await copy()).toHaveLength(3);
    expect(copied).toHaveLength(0);

    await writeDerived(archive, tell(TOLD.slice(0, 1)));
    const local = await copy();
    expect(copied).toEqual([expect.stringContaining('trailbridge-cloudone-authentication')]);
    const kept = (await readdir(cache, { recursive: true })).filter((name) => name.endsWith('.parquet'));
    expect(kept).toHaveLength(3);
    expect(local.every(({ path }) => path.startsWith(cache) && path.includes('eventDay='))).toBe(true);
  });

  test('are those whose keys lead nowhere else', async () => {
    const below = 'ext/trailbridge-cloudone-authentication/region=';
    const keys = ['us-east-1', 'x/../../../../../../outside', '..', 'a\\b'].map(
      (region) => `${below}${region}/accountId=external/eventDay=20260301/00.parquet`,
    );
    const store = new MemoryStore();
    for (const key of [...keys, `x${keys[0]}`, `${below}us-east-1/../${keys[0]}`]) {
      await store.put(key, Buffer.from(''), { contentType: '' });
    }
    expect(
      (await listDerivedFiles(store, { sources: ['cloudone'], ...ALL_TIME })).map(({ key }) => key),
    ).toEqual([keys[0]]);
  });

  test('are those of the days that the time touches', async () => {
    await writeDerived(folder, tell(TOLD));
    const names = async (from: number, to: number) =>
      (await listDerivedFiles(new FolderObjectStore(folder), { sources: AUDIT_SOURCES, from, to })).map(
        ({ key }) => /eventDay=(?<day>\d+)/.exec(key)?.groups?.day,
      );

    expect(await names(Date.UTC(2026, 2, 1, 23), Date.UTC(2026, 2, 2))).toEqual(['20260301']);
    expect((await names(Date.UTC(2026, 2, 2), Number.POSITIVE_INFINITY)).sort()).toEqual([
      '20260302',
      '20260303',
    ]);
  });
});

describe('a result', () => {
  const columns = [
    { name: 'who', isNumber: false },
    { name: 'what', isNumber: false },
    { name: 'count', isNumber: true },
  ];
  const result = (...rows: readonly Row[]): QueryResult => ({ columns, rows: Readable.from(rows) });

  test('fits the terminal, in columns of what is shown, and moves no cursor', async () => {
    const row = ['山田太郎', `a long text that does not fit\u001b[2J`, 7];
    expect((await tableOf(result(row), 30)).text.split('\n')).toEqual([
      'who       what           count',
      '山田太郎  a long text …      7',
    ]);
    expect((await tableOf(result(row))).text).not.toContain('\u001b');
  });

  test('stands one record below another where the terminal is too narrow for columns, and nothing is cut', async () => {
    const wide = ['time', 'principal', 'event', 'message', 'id'].map((name) => ({ name, isNumber: false }));
    const row = [
      '2026-03-01T08:00:00.000Z',
      '山田太郎',
      'user-management.user.invite',
      'ab'.repeat(60),
      'x'.repeat(46),
    ];
    const both = { columns: wide, rows: Readable.from([row, row]) };
    const record = [
      'time       2026-03-01T08:00:00.000Z',
      'principal  山田太郎',
      'event      user-management.user.invite',
      `message    ${'ab'.repeat(60)}`,
      `id         ${'x'.repeat(46)}`,
    ].join('\n');
    expect((await tableOf(both, 80)).text).toBe(`${record}\n\n${record}`);
  });

  test.each([112, 130, 160])('has whole times and ids in columns of %i, too', async (width) => {
    const names = ['first_time', 'event', 'message', 'id'].map((name) => ({ name, isNumber: false }));
    const row = ['2026-03-01T08:00:00.000Z', 'a-long-event.of-a-vendor', 'b'.repeat(90), 'x'.repeat(46)];
    const { text, rows: shown } = await tableOf({ columns: names, rows: Readable.from([row]) }, width);
    const [head = '', line = ''] = text.split('\n');
    expect({ lines: text.split('\n').length, shown }).toEqual({ lines: 2, shown: 1 });
    expect(head).toMatch(/^first_time +event +message +id$/);
    expect(line.startsWith(`${row[0]}  `) && line.endsWith(`  ${row[3]}`)).toBe(true);
    expect(line.length).toBeLessThanOrEqual(width);
  });

  test('is a table of a thousand rows at the most, and no more are computed', async () => {
    let computed = 0;
    async function* many() {
      for (; computed < 5000; computed += 1) {
        yield ['x', null, computed];
      }
    }
    const { text, isCut } = await tableOf({ columns, rows: many() });
    expect(text.split('\n')).toHaveLength(1001);
    expect({ isCut, computed }).toEqual({ isCut: true, computed: 1000 });
    expect(await tableOf(result(['x', null, 1]))).toMatchObject({ isCut: false });
  });

  test('is CSV that a spreadsheet opens as UTF-8, with every text quoted, and as text', async () => {
    expect(
      await wholeText(
        csvOf(
          result(
            ['a,b', '"x"\n', null],
            ["x;=cmd|' /C calc'!A0", 'a\t=1+1', -2],
            ['\u00a0=1', '\u2212cmd', 0],
          ),
        ),
      ),
    ).toBe(
      [
        '\ufeff"who","what","count"',
        '"a,b","""x""\n",',
        `"x;'=cmd|' /C calc'!A0","a\t'=1+1","-2"`,
        `"'\u00a0=1","'\u2212cmd","0"`,
        '',
      ].join('\r\n'),
    );
  });

  test('is JSON that a terminal shows as it is, and that means the same', async () => {
    const row = ['\u001b]0;x\u0007 \u009b2J', '\u202eabc\u2028 👩‍💻 日本', { a: ['\u0085'] }];
    const text = await wholeText(jsonOf(result(row, row)));
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\u2028]/u);
    const [who, what, count] = row;
    expect(JSON.parse(text)).toEqual([
      { who, what, count },
      { who, what, count },
    ]);
    expect(text).toBe(`${text.trimEnd()}\n`);
    expect(await wholeText(jsonOf(result()))).toBe('[]\n');
  });
});
