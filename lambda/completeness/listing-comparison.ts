/**
 * What lies in the bucket, held against the ledger, whether or not a digest speaks for it: another trail without
 * validation may write to the same folder, and its files are in no digest.
 *
 * It proves less than a digest. A file that was deleted, or changed before it was forwarded, is not noticed.
 */
import type { DigestSeries } from '../../contract/completeness.ts';
import { ledgerKeyOf } from '../../contract/ledger.ts';
import { entriesOf } from './log-files.ts';
import type { CompletenessServices, Span, StoredLogFile } from './ports.ts';

export interface ListingComparison {
  /** Those that were stored in time that no digest speaks for: for the others digests do. */
  readonly acknowledged: number;
  /** Whenever they were stored. To be queued. */
  readonly unacknowledged: readonly StoredLogFile[];
}

/** What the digests of the same time have said. */
export interface DigestsSaid {
  /** Where they are silent. */
  readonly uncovered: readonly Span[];
  /** Ledger keys of unacknowledged versions that they list, and that have been judged by that. */
  readonly judged: ReadonlySet<string>;
}

/**
 * One comparison for each page of the listing: a listing of S3 for each 1,000 files.
 *
 * @param span of the time when they were stored.
 * @throws whatever the services throw.
 */
export async function* compareListing(
  series: DigestSeries,
  span: Span,
  { uncovered, judged }: DigestsSaid,
  { logFiles, ledger }: Pick<CompletenessServices, 'logFiles' | 'ledger'>,
): AsyncGenerator<ListingComparison, void, undefined> {
  for await (const page of logFiles.list(series, span)) {
    const entries = await entriesOf(page, ledger);
    const isAcknowledged = (file: StoredLogFile) => entries.get(ledgerKeyOf(file))?.state === 'acknowledged';
    const isUncovered = (time: Date) => uncovered.some(({ from, to }) => time >= from && time < to);
    yield {
      acknowledged: page.filter((file) => isUncovered(file.storedAt) && isAcknowledged(file)).length,
      unacknowledged: page.filter((file) => !isAcknowledged(file) && !judged.has(ledgerKeyOf(file))),
    };
  }
}
