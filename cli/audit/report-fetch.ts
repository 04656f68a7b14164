/** Reports that the archive holds. */
import { REPORTS_PREFIX } from '../../contract/archive.ts';
import {
  periodOfKey,
  type ReportFormat,
  receiptKey,
  reportKey,
  reportPrefix,
} from '../../contract/report.ts';
import { ObjectMissingError, type ObjectStore } from '../../lambda/archive/store/object-store.ts';
import { UserError } from '../errors.ts';

/**
 * @param period as the report's name in the archive has it; without it, the newest
 * @throws UserError where there is no such report
 */
export async function fetchReport(
  store: ObjectStore,
  name: string,
  period: string | undefined,
  format: ReportFormat,
): Promise<{ readonly period: string; readonly bytes: Buffer }> {
  const wanted = period ?? (await newest(store, name, format));
  if (wanted !== undefined) {
    try {
      return { period: wanted, bytes: await store.get(reportKey(name, wanted, format)) };
    } catch (error) {
      if (!(error instanceof ObjectMissingError)) {
        throw error;
      }
    }
  }
  throw await noSuchReport(store, name, period, format);
}

/** Keys are in the order of time. */
async function newest(store: ObjectStore, name: string, format: ReportFormat): Promise<string | undefined> {
  let last: string | undefined;
  for await (const { key } of store.list(reportPrefix(name))) {
    last = key.endsWith(`.${format}`) ? key : last;
  }
  return last === undefined ? undefined : periodOfKey(last);
}

/** A report that the archive holds. */
export interface StoredReport {
  readonly name: string;
  readonly period: string;
  /** Whether it was mailed and announced. */
  readonly isDelivered: boolean;
}

/** The latest of each series. */
export async function latestReports(store: ObjectStore): Promise<readonly StoredReport[]> {
  const latest: StoredReport[] = [];
  for (const name of await reportNames(store)) {
    const keys = new Set<string>();
    for await (const { key } of store.list(reportPrefix(name))) {
      keys.add(key);
    }
    const last = [...keys].at(-1);
    if (last !== undefined) {
      const period = periodOfKey(last);
      latest.push({ name, period, isDelivered: keys.has(receiptKey(name, period)) });
    }
  }
  return latest;
}

async function reportNames(store: ObjectStore): Promise<readonly string[]> {
  return (await store.folders(REPORTS_PREFIX)).map((folder) => folder.slice(REPORTS_PREFIX.length, -1));
}

const MOST_TOLD = 5;

async function noSuchReport(
  store: ObjectStore,
  name: string,
  period: string | undefined,
  format: ReportFormat,
): Promise<UserError> {
  const what = `${store.place} holds no report "${name}"${period === undefined ? '' : ` of ${period}`} as ${format}.`;
  const keys: string[] = [];
  for await (const { key } of store.list(reportPrefix(name))) {
    keys.push(key.slice(reportPrefix(name).length));
  }
  const files = keys.filter((key) => !key.endsWith('.receipt')).slice(-MOST_TOLD);
  return new UserError(
    files.length > 0
      ? `${what} The newest files of that name: ${files.join(', ')}.`
      : `${what} Reports there: ${(await reportNames(store)).join(', ') || 'none'}.`,
  );
}
