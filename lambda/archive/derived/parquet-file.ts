/** Writes the events of one class, source and range of hours as one Parquet file, in bounded memory. */
import { zstdCompressSync } from 'node:zlib';
import { parquetMetadata } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { OcsfClassName, OcsfEvent } from '../../../contract/ocsf.ts';
import { type ParquetRow, tableOf } from './parquet-schema.ts';

/**
 * Rows are held until there are so many of them; then they are encoded, ten times as small. A group is also what a reader
 * may skip by its statistics.
 */
const ROWS_IN_A_GROUP = 10_000;
/** Nor more than this of the records' text in a group, whatever its rows. */
const TEXT_IN_A_GROUP = 16 * 1024 * 1024;

const CREATOR = 'trailbridge';

/** Athena's engine 3 and DuckDB both read it. Source: Amazon Athena User Guide, "Use compression in Athena". */
const CODEC = 'ZSTD';

export class ParquetFile {
  readonly #table: ReturnType<typeof tableOf>;
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;
  #rows: ParquetRow[] = [];
  #text = 0;
  #lastTime = Number.NEGATIVE_INFINITY;

  constructor(className: OcsfClassName) {
    this.#table = tableOf(className);
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: this.#table.schema,
      codec: CODEC,
      compressors: { [CODEC]: (input) => zstdCompressSync(input) },
      createdBy: CREATOR,
    });
  }

  /** @throws UnsortedEventsError where the event is older than the one before: a file is sorted by time. */
  async add(event: OcsfEvent): Promise<void> {
    if (event.time < this.#lastTime) {
      throw new UnsortedEventsError(event.metadata.uid);
    }
    this.#lastTime = event.time;
    this.#rows.push(this.#table.rowOf(event));
    this.#text += event.raw_data.length;
    if (this.#rows.length >= ROWS_IN_A_GROUP || this.#text >= TEXT_IN_A_GROUP) {
      await this.#encode();
    }
  }

  /**
   * The whole file; nothing can be added any more.
   *
   * @param facts what the file says of itself in its footer, besides its columns.
   */
  async finish(facts: Readonly<Record<string, string>> = {}): Promise<Buffer> {
    await this.#encode();
    this.#writer.kvMetadata = Object.entries(facts).map(([key, value]) => ({ key, value }));
    await this.#writer.finish();
    return Buffer.from(this.#bytes.getBuffer());
  }

  async #encode(): Promise<void> {
    if (this.#rows.length === 0) {
      return;
    }
    const rows = this.#rows;
    this.#rows = [];
    this.#text = 0;
    await this.#writer.write({
      columnData: this.#table.columnNames.map((name, index) => ({
        name,
        data: rows.map((row) => row[index]),
      })),
      rowGroupSize: rows.length,
    });
  }
}

/** What a file says of itself, as `finish` was told. */
export function factsOf(file: Buffer): Readonly<Record<string, string>> {
  const { buffer, byteOffset, byteLength } = file;
  const { key_value_metadata = [] } = parquetMetadata(
    buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer,
  );
  return Object.fromEntries(key_value_metadata.map(({ key, value = '' }) => [key, value]));
}

export class UnsortedEventsError extends Error {
  override readonly name = 'UnsortedEventsError';

  constructor(id: string) {
    super(
      `The event ${id} came after a later one, but a Parquet file of the archive is sorted by time. Give its events in their order.`,
    );
  }
}
