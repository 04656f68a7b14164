/** An archive in a folder, as the collectors would have written it, and the commands that look into it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../cli/program.ts';
import type { AuditSource } from '../../../contract/archive.ts';
import type { CollectedRecord } from '../../../lambda/archive/collect/collector.ts';
import { RawArchive } from '../../../lambda/archive/raw/raw-archive.ts';
import { FolderObjectStore } from '../../../lambda/archive/store/folder-object-store.ts';
import type { ObjectStore } from '../../../lambda/archive/store/object-store.ts';
import { captureStreams } from '../streams.ts';

export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'audit-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export async function archive(
  place: string | ObjectStore,
  source: AuditSource,
  records: readonly CollectedRecord[],
): Promise<void> {
  const raw = new RawArchive(source, {
    store: typeof place === 'string' ? new FolderObjectStore(place) : place,
    staleHours: { storing: (_source, _hour, _now, store) => store() },
    now: () => new Date('2026-03-02T00:00:00Z'),
    onDamage: (damage) => {
      throw new Error(JSON.stringify(damage));
    },
    onUnreadable: () => {},
  });
  for (const record of records) {
    await raw.add(record);
  }
  await raw.flush();
}

/** A record of Trend Cloud One. */
export function cloudOne(id: string, time: string, more: object = {}): CollectedRecord {
  const text = JSON.stringify({
    id,
    time,
    event: 'User signed in',
    type: 'audit.user-signed-in.v1',
    principalURN: 'urn:cloudone:identity:us-1:900000000001:user/aya',
    accountID: '900000000001',
    ...more,
  });
  return { time: Date.parse(time), text, vendorId: id };
}

export function appDynamics(time: string, more: object = {}): CollectedRecord {
  const timeStamp = Date.parse(time);
  const text = JSON.stringify({
    timeStamp,
    auditDateTime: time,
    accountName: 'customer1',
    userName: '山田 太郎',
    action: 'LOGIN',
    objectType: 'USER',
    objectName: '山田 太郎',
    ...more,
  });
  return { time: timeStamp, text };
}

export interface AuditRun {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** @param columns of a terminal; none where it is not given. */
export async function audit(argv: readonly string[], columns?: number): Promise<AuditRun> {
  const { streams, written } = captureStreams();
  const terminal = columns === undefined ? {} : { terminal: { columns: () => columns } };
  const status = await run(['audit', ...argv], { ...streams, ...terminal });
  return { status, ...written };
}
