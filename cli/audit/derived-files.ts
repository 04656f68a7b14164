/** The Parquet files of an archive that a query may need, on this machine. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type AuditSource, customSource, DERIVED_PREFIX, EXTERNAL_ACCOUNT } from '../../contract/archive.ts';
import { OCSF_CLASS_NAMES } from '../../contract/audit-schema.ts';
import type { OcsfClassName } from '../../contract/ocsf.ts';
import type { ListedObject, ObjectStore } from '../../lambda/archive/store/object-store.ts';
import { mapBounded } from '../../lambda/shared/concurrency.ts';

export interface WantedEvents {
  readonly sources: readonly AuditSource[];
  /** Milliseconds since the epoch; `to` is not among them. */
  readonly from: number;
  readonly to: number;
}

export interface DerivedFile extends ListedObject {
  readonly className: OcsfClassName;
}

/** The files of the days that the time touches, of all regions in the layout. */
export async function listDerivedFiles(
  store: ObjectStore,
  { sources, from, to }: WantedEvents,
): Promise<readonly DerivedFile[]> {
  const first = dayOf(from);
  const last = dayOf(to - 1);
  const found: DerivedFile[] = [];
  for (const source of sources) {
    for (const className of OCSF_CLASS_NAMES) {
      for await (const object of store.list(`${DERIVED_PREFIX}${customSource(source, className)}/`)) {
        const day = DERIVED_KEY.exec(object.key)?.groups?.day;
        if (day !== undefined && first <= day && day <= last) {
          found.push({ ...object, className });
        }
      }
    }
  }
  return found;
}

/** The whole of it: below the folder of copies, a key becomes a path. */
const DERIVED_KEY = new RegExp(
  `^${DERIVED_PREFIX}[a-z0-9-]+/region=[a-z0-9-]+/accountId=${EXTERNAL_ACCOUNT}/eventDay=(?<day>\\d{8})/\\d{2}\\.parquet$`,
);

/** Times that no date can be made of are before or behind every day. */
function dayOf(time: number): string {
  if (time <= 0) {
    return '';
  }
  return time >= FOR_EVER ? '~' : new Date(time).toISOString().slice(0, 10).replaceAll('-', '');
}

const FOR_EVER = Date.UTC(9999, 11, 31);

export interface LocalFile {
  readonly className: OcsfClassName;
  readonly path: string;
}

const AT_ONCE = 8;

/** Where copies are kept from one query to the next, unless another folder is given. */
export function usualCacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'trailbridge', 'audit');
}

/**
 * Brings files here that are not here yet. A copy is known by its ETag, and the former copy of the same file goes, so the
 * folder holds each file of the archive once at most.
 *
 * @param onBytes is told what has come, in bytes of the listing.
 */
export async function copyToCache(
  store: ObjectStore,
  files: readonly DerivedFile[],
  cache: { readonly folder: string; readonly onBytes: (bytes: number) => void; readonly signal: AbortSignal },
): Promise<readonly LocalFile[]> {
  const place = join(cache.folder, createHash('sha256').update(store.place).digest('hex').slice(0, 16));
  return mapBounded(files, AT_ONCE, async ({ key, etag, bytes, className }) => {
    cache.signal.throwIfAborted();
    const path = join(place, key.replace(/\.parquet$/, `.${fileName(etag)}.parquet`));
    if (!(await isThere(path))) {
      await writeWhole(path, await store.get(key));
      await removeFormer(path);
    }
    cache.onBytes(bytes);
    return { className, path };
  });
}

function fileName(etag: string): string {
  return etag.replaceAll(/[^0-9A-Za-z-]/g, '_');
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    // It is fetched then; what else may be wrong with the folder shows when it is written to.
    return false;
  }
}

/** An interrupted copy must not be taken for a whole one. */
async function writeWhole(path: string, content: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.part`;
  await writeFile(draft, content);
  await rename(draft, path);
}

async function removeFormer(path: string): Promise<void> {
  const name = basename(path);
  const hour = name.slice(0, name.indexOf('.') + 1);
  for (const other of await readdir(dirname(path))) {
    if (other !== name && other.startsWith(hour) && other.endsWith('.parquet')) {
      await rm(join(dirname(path), other), { force: true });
    }
  }
}
