/**
 * Where no digest speaks: what lies in the bucket, held against the ledger.
 *
 * It proves less. A file that was deleted, or changed before it was forwarded, is not noticed.
 */
import type { DigestSeries } from '../../contract/completeness.ts';
import { ledgerKeyOf } from '../../contract/ledger.ts';
import { entriesOf } from './log-files.ts';
import type { CompletenessServices, Span, StoredLogFile } from './ports.ts';

export interface ListingComparison {
  readonly acknowledged: number;
  /** To be queued. */
  readonly unacknowledged: readonly StoredLogFile[];
}

/**
 * One comparison for each page of the listing.
 *
 * @throws whatever the services throw.
 */
export async function* compareListing(
  series: DigestSeries,
  span: Span,
  { logFiles, ledger }: Pick<CompletenessServices, 'logFiles' | 'ledger'>,
): AsyncGenerator<ListingComparison, void, undefined> {
  for await (const page of logFiles.list(series, span)) {
    const entries = await entriesOf(page, ledger);
    const unacknowledged = page.filter((file) => entries.get(ledgerKeyOf(file))?.state !== 'acknowledged');
    yield { acknowledged: page.length - unacknowledged.length, unacknowledged };
  }
}

/** What of a span none of the others is part of. */
export function subtractSpans(span: Span, others: readonly Span[]): readonly Span[] {
  let rest: readonly Span[] = [span];
  for (const other of others) {
    rest = rest.flatMap(({ from, to }) =>
      [
        { from, to: other.from < to ? other.from : to },
        { from: other.to > from ? other.to : from, to },
      ].filter((part) => part.from < part.to),
    );
  }
  return rest;
}
