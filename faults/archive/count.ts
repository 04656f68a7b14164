/** Counts what is in the archive, by the bytes in its buckets, and compares it with what the vendors hold. */
import { gunzipSync } from 'node:zlib';
import { BUCKETS } from '../../bench/archive/protocol.ts';
import {
  type ArchivedRecord,
  type AuditSource,
  archivedLine,
  hourOf,
  RAW_PREFIX,
  rawHourPrefix,
  sourceOf,
} from '../../contract/archive.ts';
import { rowsOf } from '../../test/lambda/archive/derived/events.ts';
import type { ArchiveWorld } from './world.ts';

export interface Count {
  /** Records that the vendors hold. */
  readonly held: number;
  /** Of them, those that are not in the raw archive, or not in Parquet. */
  readonly lost: number;
  /** Lines of the raw archive that are there more than once, under one id; who reads sees one of them. */
  readonly storedAgain: number;
  /** What a reader sees more often than the vendor holds it: in raw, by id, or in Parquet. */
  readonly seenAgain: number;
  readonly misplaced: readonly string[];
}

export async function countIn(world: ArchiveWorld): Promise<Count> {
  const { records, misplaced } = rawRecords(world);
  const unique = [...new Map(records.map((record) => [record.id, record])).values()];
  const rows = await derivedRows(world);
  const total = { held: 0, lost: 0, seenAgain: 0 };
  for (const source of world.options.sources) {
    const held = world.heldBy(source);
    const raw = difference(held, textsOf(unique, source));
    const derived = difference(held, textsOf(rows, source));
    total.held += held.length;
    total.lost += Math.max(raw.lacking, derived.lacking);
    total.seenAgain += Math.max(raw.surplus, derived.surplus);
  }
  return { ...total, storedAgain: records.length - unique.length, misplaced };
}

type Read = Pick<ArchivedRecord, 'id' | 'record'>;

function rawRecords(world: ArchiveWorld): { records: readonly Read[]; misplaced: string[] } {
  const records: Read[] = [];
  const misplaced: string[] = [];
  for (const [key, body] of world.aws.bucket(BUCKETS.raw).entries()) {
    const text = key.startsWith(RAW_PREFIX) ? gunzipSync(body).toString('utf8') : '';
    for (const line of text.split('\n').filter((each) => each !== '')) {
      const record = archivedLine.parse(JSON.parse(line));
      records.push(record);
      if (!key.startsWith(rawHourPrefix(sourceOf(record.id), hourOf(record.id)))) {
        misplaced.push(`${record.id} lies in ${key}`);
      }
    }
  }
  return { records, misplaced };
}

/** Every row of every file, as a query sees it. */
async function derivedRows(world: ArchiveWorld): Promise<readonly Read[]> {
  const rows: Read[] = [];
  for (const [, body] of world.aws.bucket(BUCKETS.derived).entries()) {
    for (const { metadata, raw_data: record } of await rowsOf(body)) {
      rows.push({ id: (metadata as { uid: string }).uid, record: String(record) });
    }
  }
  return rows;
}

function textsOf(read: readonly Read[], source: AuditSource): readonly string[] {
  return read.filter(({ id }) => sourceOf(id) === source).map(({ record }) => record);
}

/** Of texts, each as often as it is there. */
function difference(wanted: readonly string[], there: readonly string[]) {
  const counts = new Map<string, number>();
  for (const text of wanted) {
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  for (const text of there) {
    counts.set(text, (counts.get(text) ?? 0) - 1);
  }
  const left = [...counts.values()];
  return {
    lacking: left.reduce((sum, count) => sum + Math.max(0, count), 0),
    surplus: left.reduce((sum, count) => sum + Math.max(0, -count), 0),
  };
}
