import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { parquetMetadata } from 'hyparquet';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type ColumnType,
  columnsOf,
  isList,
  isStruct,
  OCSF_CLASS_NAMES,
} from '../../../../contract/audit-schema.ts';
import { OCSF_CLASSES, type OcsfClassName, type OcsfEvent } from '../../../../contract/ocsf.ts';
import {
  factsOf,
  ParquetFile,
  UnsortedEventsError,
} from '../../../../lambda/archive/derived/parquet-file.ts';
import { eventOf, MIDNIGHT, recordOf, rowsOf } from './events.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parquet-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function fileOf(className: OcsfClassName, events: readonly OcsfEvent[]): Promise<Buffer> {
  const file = new ParquetFile(className);
  for (const event of events) {
    await file.add(event);
  }
  return file.finish();
}

async function asDuckDbReads(file: Buffer): Promise<Record<string, unknown>[]> {
  const path = join(folder, 'file.parquet');
  await writeFile(path, file);
  const connection = await (await DuckDBInstance.create()).connect();
  try {
    const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet('${path}')`);
    return reader.getRowObjectsJS() as Record<string, unknown>[];
  } finally {
    connection.closeSync();
  }
}

/** An event's attributes as they are expected back: everything that is declared, and null for what is not there. */
function expected(event: OcsfEvent, className: OcsfClassName): Record<string, unknown> {
  return {
    time_dt: new Date(event.time),
    ...Object.fromEntries(columnsOf(className).map(({ name, type }) => [name, shown(event[name], type)])),
  };
}

function shown(value: unknown, type: ColumnType): unknown {
  if (value === undefined || value === null) {
    return null;
  }
  if (isList(type)) {
    return (value as unknown[]).map((element) => shown(element, type.list));
  }
  if (isStruct(type)) {
    return Object.fromEntries(
      Object.entries(type.struct).map(([name, member]) => [
        name,
        shown((value as Record<string, unknown>)[name], member),
      ]),
    );
  }
  return type === 'json' ? JSON.stringify(value) : type === 'bigint' ? BigInt(value as number) : value;
}

/** hyparquet leaves out what is null in a struct of which nothing is there. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutNulls);
  }
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, member]) => member !== null && member !== undefined)
        .map(([name, member]) => [name, withoutNulls(member)]),
    );
  }
  return value;
}

const base = (number: number) => eventOf(recordOf({ time: MIDNIGHT + number, number }));

/** Text that people and programs write: long, in any script, with what JSON and SQL use. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', ' ', 'null', "';--", '\u0000\u001b[31m', '日本語😀', 'x'.repeat(70_000)),
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const user = fc.record({
  uid: maybe(text),
  name: maybe(text),
  type_id: maybe(fc.integer({ min: 0, max: 99 })),
  account: maybe(fc.record({ uid: maybe(text) })),
  programmatic_credentials: maybe(fc.array(fc.record({ uid: text, type: text }), { maxLength: 2 })),
});
const thing = fc.record({
  uid: maybe(text),
  name: maybe(text),
  type: maybe(text),
  data: maybe(fc.jsonValue()),
});

/** Attributes of any class, each there or not. */
const attributes = fc.record({
  message: text,
  status_detail: maybe(text),
  actor: maybe(fc.record({ user: maybe(user), app_name: maybe(text) })),
  src_endpoint: maybe(
    fc.record({ ip: maybe(text), intermediate_ips: maybe(fc.array(text, { maxLength: 3 })) }),
  ),
  api: maybe(fc.record({ operation: text, response: maybe(fc.record({ code: maybe(fc.integer()) })) })),
  unmapped: maybe(
    fc.record({ attention: maybe(text), vendor: maybe(fc.dictionary(fc.string(), fc.jsonValue())) }),
  ),
});
const OF_CLASS: Readonly<Record<OcsfClassName, fc.Arbitrary<object>>> = {
  account_change: fc.record({ user: maybe(user) }),
  authentication: fc.record({
    user: maybe(user),
    is_mfa: maybe(fc.boolean()),
    auth_protocol: maybe(text),
    service: maybe(fc.record({ name: text })),
  }),
  entity_management: fc.record({ entity: maybe(thing), entity_result: maybe(thing) }),
  user_access: fc.record({
    user: maybe(user),
    privileges: maybe(fc.array(text)),
    resources: maybe(fc.array(thing)),
  }),
  group_management: fc.record({
    group: maybe(
      fc.record({ uid: maybe(text), name: maybe(text), privileges: maybe(fc.array(text, { maxLength: 2 })) }),
    ),
    privileges: maybe(fc.array(text)),
  }),
  api_activity: fc.record({ resources: maybe(fc.array(thing, { maxLength: 3 })) }),
};

function without(value: object): object {
  return JSON.parse(JSON.stringify(value)) as object;
}

describe('a Parquet file', () => {
  test.each(OCSF_CLASS_NAMES)(
    'of %s gives back its events, to hyparquet and to DuckDB',
    async (className) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(attributes, OF_CLASS[className]), { minLength: 1, maxLength: 8 }),
          async (some) => {
            const events = some.map(([common, own], index) => ({
              ...base(index),
              class_uid: OCSF_CLASSES[className].uid,
              ...without(common),
              ...without(own),
            })) as OcsfEvent[];
            const file = await fileOf(className, events);
            const wanted = events.map((event) => expected(event, className));
            expect(await asDuckDbReads(file)).toEqual(wanted);
            expect((await rowsOf(file)).map(withoutNulls)).toEqual(wanted.map(withoutNulls));
          },
        ),
        { numRuns: 10 },
      );
    },
    60_000,
  );

  test('without events is one nevertheless', async () => {
    expect(await asDuckDbReads(await fileOf('api_activity', []))).toEqual([]);
  });

  test('has groups of bounded size, with the times between which each is', async () => {
    const events = Array.from({ length: 10_001 }, (_, index) => base(index));
    const file = await fileOf('authentication', events);
    const { row_groups: groups } = parquetMetadata(new Uint8Array(file).buffer);

    expect(groups.map(({ num_rows }) => Number(num_rows))).toEqual([10_000, 1]);
    const times = groups.map(
      ({ columns }) =>
        columns.find(({ meta_data }) => meta_data?.path_in_schema.join('.') === 'time')?.meta_data
          ?.statistics,
    );
    expect(times.map((statistics) => [statistics?.min_value, statistics?.max_value])).toEqual([
      [BigInt(MIDNIGHT), BigInt(MIDNIGHT + 9_999)],
      [BigInt(MIDNIGHT + 10_000), BigInt(MIDNIGHT + 10_000)],
    ]);
    // Compressed: events repeat themselves.
    expect(file.length).toBeLessThan(JSON.stringify(events).length / 20);
  });

  test('says of itself what it was told', async () => {
    const file = new ParquetFile('authentication');
    await file.add(base(1));

    expect(factsOf(await file.finish({ 'last-hour': '20260301T05' }))).toEqual({
      'last-hour': '20260301T05',
    });
  });

  test('refuses an event that is older than the one before', async () => {
    const file = new ParquetFile('authentication');
    await file.add(base(2));

    await expect(file.add(base(1))).rejects.toThrow(UnsortedEventsError);
  });

  test('bears what no event should have, and keeps what its class has no column for', async () => {
    const odd = {
      ...base(1),
      status_id: 2 ** 40,
      severity_id: 1.5,
      message: { not: 'text' },
      status_detail: 'half \ud83d of a pair',
      is_mfa: 'yes',
      user: 'ada',
      group: { name: 'admins' },
      unmapped: { attention: 'look' },
    } as unknown as OcsfEvent;

    const [row] = await asDuckDbReads(await fileOf('authentication', [odd]));

    expect(row).toMatchObject({
      status_id: null,
      severity_id: null,
      message: '{"not":"text"}',
      status_detail: 'half \ufffd of a pair',
      is_mfa: null,
      user: null,
      unmapped: '{"attention":"look","group":{"name":"admins"}}',
    });
  });
});
