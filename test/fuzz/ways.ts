/** The forwarder's ways through a file: each gives what it would send, or why it sends nothing more. */
import { gunzipSync } from 'node:zlib';
import { parseRecordFilter } from '../../contract/record-filter.ts';
import { deliverFile } from '../../lambda/forwarding/file-delivery.ts';
import { FileSplitter, type Part } from '../../lambda/forwarding/file-splitter.ts';
import { PartLimit } from '../../lambda/forwarding/part-limit.ts';
import type { DroppedByRule } from '../../lambda/forwarding/record-account.ts';
import { RecordFilter } from '../../lambda/forwarding/record-filter.ts';
import type { PartFormat } from '../../lambda/vendors/destination.ts';
import { inChunks } from '../lambda/forwarding/factories.ts';
import { ENCODING, type FuzzCase } from './cases.ts';

/** What a way makes of a file: the texts of its parts, or why it is none. */
export type Outcome = Whole | { readonly reason: string };

export interface Whole {
  readonly parts: readonly string[];
  readonly sha256: string;
  readonly dropped: Readonly<Record<string, number>>;
}

/** More than a file may have to be read in one go. */
const STREAMED_BYTES = 10_000_000;

/** Splits the uncompressed file. */
export function split(fuzzCase: FuzzCase, format: PartFormat, plain: boolean): Promise<Outcome> {
  const { bytes, chunkBytes, maximumPartBytes, skip } = fuzzCase;
  const splitter = new FileSplitter({ format, maximumPartBytes, skip, plain, filter: filterOf(fuzzCase) });
  return outcomeOf(async () => {
    const parts: string[] = [];
    // A copy: what is split is given away.
    for await (const part of splitter.parts(inChunks(Buffer.from(bytes), chunkBytes))) {
      parts.push(textOf(part, format));
    }
    return { parts, ...splitter.summary };
  });
}

/** Delivers the stored file: passed through where it fits. @param streamed whether it is read bit by bit. */
export function deliver(fuzzCase: FuzzCase, format: PartFormat, streamed: boolean): Promise<Outcome> {
  const { stored, chunkBytes, maximumPartBytes, skip } = fuzzCase;
  const { 0: records = 0, ...beyond } = Object.fromEntries(skip);
  return outcomeOf(async () => {
    const parts: string[] = [];
    const { summary } = await deliverFile({
      objectKey: 'object',
      from: { parts: records > 0 ? 1 : 0, records },
      beyond: new Map(Object.entries(beyond).map(([first, count]) => [Number(first), count])),
      open: async () => ({
        length: streamed ? STREAMED_BYTES : stored.length,
        chunks: inChunks(Buffer.from(stored), chunkBytes),
      }),
      format,
      filter: filterOf(fuzzCase),
      limit: new PartLimit(maximumPartBytes),
      onProgress: () => undefined,
      recordProgress: async () => undefined,
      send: async (part) => {
        parts.push(textOf(part, format));
        return 'accepted';
      },
    });
    return { parts, ...summary };
  });
}

interface Done {
  readonly parts: readonly string[];
  readonly sha256?: string;
  readonly dropped?: DroppedByRule;
}

async function outcomeOf(way: () => Promise<Done>): Promise<Outcome> {
  try {
    const { parts, sha256 = '', dropped = new Map<string, number>() } = await way();
    return { parts, sha256, dropped: Object.fromEntries(dropped) };
  } catch (error) {
    const { reason } = error as { reason?: string };
    if (reason === undefined) {
      throw error;
    }
    return { reason };
  }
}

function filterOf({ rules }: FuzzCase): RecordFilter | undefined {
  const parsed = parseRecordFilter(JSON.stringify(rules));
  return parsed === undefined ? undefined : new RecordFilter(parsed);
}

function textOf({ body }: Pick<Part, 'body'>, format: PartFormat): string {
  const whole = Buffer.isBuffer(body) ? body : Buffer.concat(body);
  return (format === 'json-lines' ? whole : gunzipSync(whole)).toString(ENCODING);
}
