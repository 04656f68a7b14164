/** An archive in memory, and runs of a collector that can be killed at any call to store or table. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { ARCHIVE_TABLE_KEYS, type AuditSource } from '../../../contract/archive.ts';
import { Checkpoint } from '../../../lambda/archive/collect/checkpoint.ts';
import type { CollectedRecord, Collector } from '../../../lambda/archive/collect/collector.ts';
import { fixedPlace } from '../../../lambda/archive/collect/place.ts';
import { type RunEnd, runCollector } from '../../../lambda/archive/collect/run-collector.ts';
import { type ArchiveLimits, RawArchive } from '../../../lambda/archive/raw/raw-archive.ts';
import type { Damage } from '../../../lambda/archive/raw/raw-object.ts';
import { StaleHours } from '../../../lambda/archive/table/stale-hours.ts';
import { mockDynamoDb } from '../../stand-ins/dynamodb/mocked-table.ts';
import { Table } from '../../stand-ins/dynamodb/table.ts';
import { MemoryStore } from './memory-store.ts';

export const NOON = Date.UTC(2026, 2, 1, 12);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** Of a function. */
export const TIME_OUT = 15 * MINUTE;

/** The process is gone: whatever it calls then does not arrive. */
export class KilledError extends Error {
  override readonly name = 'KilledError';
}

export class ArchiveWorld {
  readonly store = new MemoryStore();
  readonly table = new Table(['pk', 'sk']);
  readonly dynamoDb = new DynamoDBClient({ region: 'us-east-1' });
  readonly logged: { readonly level: string; readonly message: string; readonly fields: object }[] = [];
  readonly metrics: { readonly name: string; readonly value: unknown }[] = [];
  readonly damages: Damage[] = [];
  readonly unreadable: { readonly key: string; readonly why: string }[] = [];
  /** Milliseconds since the epoch. */
  time = NOON;
  /** Calls to store and table, each before and after it takes effect. */
  moments = 0;
  #killAt = Number.POSITIVE_INFINITY;
  #runs = 0;

  constructor() {
    this.store.onCall = () => this.#moment();
    mockDynamoDb(this.table);
    for (const call of ['getItem', 'putItem', 'updateItem', 'deleteItem', 'query'] as const) {
      const act = this.table[call].bind(this.table) as (input: never) => object;
      this.table[call] = ((input: never) => {
        this.#moment();
        const result = act(input);
        this.#moment();
        return result;
      }) as never;
    }
  }

  /** Kills whatever runs at a moment from now on, counted from 1. */
  killAt(moment: number): void {
    this.#killAt = this.moments + moment;
  }

  /** Lets the next process live; the lease of the dead one is over. */
  revive(): void {
    this.#killAt = Number.POSITIVE_INFINITY;
    this.time += TIME_OUT + MINUTE;
  }

  archive(source: AuditSource = 'cloudone', limits: Partial<ArchiveLimits> = {}): RawArchive {
    return new RawArchive(
      source,
      {
        store: this.store,
        staleHours: new StaleHours(this.dynamoDb, 'table'),
        now: () => new Date(this.time),
        onDamage: (damage) => this.damages.push(damage),
        onUnreadable: (kept) => this.unreadable.push(kept),
      },
      limits,
    );
  }

  /** Runs a collector once, as its function does. */
  async run<State>(collector: Collector<State>, limits: Partial<ArchiveLimits> = {}): Promise<RunEnd> {
    this.#runs += 1;
    const archive = this.archive(collector.source, limits);
    const endsAt = this.time + TIME_OUT;
    const log = (level: string) => (message: string, fields: object) => {
      this.logged.push({ level, message, fields });
    };
    const tell = (name: string) => (value: unknown) => {
      this.metrics.push({ name, value });
    };
    return await runCollector(collector, {
      checkpoint: new Checkpoint(
        { dynamoDb: this.dynamoDb, table: 'table' },
        collector.source,
        collector.state,
        `run-${this.#runs}`,
      ),
      archive,
      metrics: { counts: tell('counts'), age: tell('age'), failed: tell('failed'), finding: tell('finding') },
      log: { info: log('info'), warn: log('warn'), error: log('error') },
      now: () => new Date(this.time),
      leaseUntil: endsAt,
      timeIsUp: () => this.time >= endsAt,
      signal: new AbortController().signal,
    });
  }

  /** `<source>/<hour>` of each hour that is marked. */
  staleHours(source: AuditSource = 'cloudone'): string[] {
    const pk = ARCHIVE_TABLE_KEYS.stale(source);
    return [...this.table.items.values()]
      .filter((item) => item.pk?.S === pk)
      .map((item) => item.sk?.S ?? '')
      .sort();
  }

  #moment(): void {
    this.moments += 1;
    if (this.moments >= this.#killAt) {
      throw new KilledError(`killed at moment ${this.moments}`);
    }
  }
}

/** A record that says which it is. */
export function recordOf(
  name: string,
  time: number = NOON,
  more: Partial<CollectedRecord> = {},
): CollectedRecord {
  return { time, text: JSON.stringify({ name, time }), vendorId: name, ...more };
}

/** Collects pages of records, and saves after each which comes next. */
export function pagedCollector(
  pages: readonly (readonly CollectedRecord[])[],
  source: AuditSource = 'cloudone',
): Collector<{ readonly next: number }> {
  return {
    source,
    arrive: fixedPlace('here'),
    state: z.object({ next: z.number() }),
    collect: async ({ state, archive, save, now }) => {
      for (let page = state?.next ?? 0; page < pages.length; page += 1) {
        for (const record of pages[page] ?? []) {
          await archive.add(record);
        }
        await save({ next: page + 1 });
      }
      return { caughtUp: true, completeUntil: now().getTime() };
    },
  };
}
