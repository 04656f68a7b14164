/** A DuckDB database in memory, over the archive's files, that can only be read. */
import {
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBResult,
  JSDuckDBValueConverter,
} from '@duckdb/node-api';
import { literal } from '../../contract/audit-sql.ts';
import { UserError } from '../errors.ts';
import { type QueriedFiles, viewStatements } from './duckdb-views.ts';
import { refusalOf } from './read-only-sql.ts';

export interface QueryResult {
  /** Under different names, where the query gives one twice. */
  readonly columns: readonly { readonly name: string; readonly isNumber: boolean }[];
  /**
   * As JSON has them: whole numbers that JSON cannot hold as text, times in ISO 8601. To be read once, before the database is
   * closed; a few are in memory at a time. Reading throws what `query` throws.
   */
  readonly rows: AsyncIterable<Row>;
}

export type Row = readonly JsonValue[];

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** The query was interrupted by the user. */
export class QueryInterruptedError extends Error {
  override readonly name = 'QueryInterruptedError';
}

export class AuditDatabase {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  /** Makes the views; from then on, no query reaches any other file, nor the network, nor the settings. */
  static async open(files: QueriedFiles): Promise<AuditDatabase> {
    const instance = await DuckDBInstance.create(':memory:', {
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const connection = await instance.connect();
    const paths = [...files.derived, ...files.cloudTrail].map(({ path }) => literal(path));
    // Times are UTC's, whatever the machine's zone: a day must be the same day for everyone.
    const statements = [
      "SET TimeZone = 'UTC'",
      ...viewStatements(files),
      `SET allowed_paths = [${paths.join(', ')}]`,
      'SET enable_external_access = false',
      'SET lock_configuration = true',
    ];
    for (const statement of statements) {
      await connection.run(statement);
    }
    return new AuditDatabase(instance, connection);
  }

  /**
   * Begins a query; its rows are computed as they are read.
   *
   * @throws UserError where the SQL is wrong, or no query.
   * @throws QueryInterruptedError where the signal aborts.
   */
  async query(sql: string, signal: AbortSignal): Promise<QueryResult> {
    const result = await this.#interruptible(() => this.#begin(sql), signal);
    const types = result.columnTypes().map(String);
    return {
      columns: result
        .deduplicatedColumnNames()
        .map((name, index) => ({ name, isNumber: NUMBERS.test(types[index] ?? '') })),
      rows: this.#rows(result, types, signal),
    };
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  async #begin(sql: string): Promise<DuckDBResult> {
    const statements = await this.#connection.extractStatements(sql);
    if (statements.count !== 1) {
      throw new UserError(`One query at a time: this is ${statements.count}.`);
    }
    // Before it is prepared: some functions act as soon as they are named.
    const parsed = await this.#connection.runAndReadAll('SELECT json_serialize_sql($1::varchar)', [sql]);
    const refusal = refusalOf(String(parsed.getRowsJS()[0]?.[0]));
    if (refusal !== undefined) {
      throw new UserError(refusal);
    }
    return await (await statements.prepare(0)).stream();
  }

  async *#rows(
    result: DuckDBResult,
    types: readonly string[],
    signal: AbortSignal,
  ): AsyncGenerator<Row, void, undefined> {
    for (;;) {
      const chunk = await this.#interruptible(() => result.fetchChunk(), signal);
      if (chunk === null || chunk.rowCount === 0) {
        return;
      }
      for (let index = 0; index < chunk.rowCount; index += 1) {
        yield rowOf(chunk, index, types);
      }
    }
  }

  async #interruptible<T>(act: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const interrupt = () => this.#connection.interrupt();
    signal.addEventListener('abort', interrupt, { once: true });
    try {
      signal.throwIfAborted();
      return await act();
    } catch (error) {
      if (signal.aborted) {
        throw new QueryInterruptedError('The query was interrupted.', { cause: error });
      }
      throw inUsersTerms(error);
    } finally {
      signal.removeEventListener('abort', interrupt);
    }
  }
}

function inUsersTerms(error: unknown): UserError {
  return error instanceof UserError ? error : new UserError((error as Error).message, { cause: error });
}

/** @throws UserError where a value is none that JavaScript has, such as a text of a gigabyte. */
function rowOf(chunk: DuckDBDataChunk, index: number, types: readonly string[]): Row {
  try {
    return chunk
      .convertRowValues(index, JSDuckDBValueConverter)
      .map((value, column) => jsonOf(value, types[column]));
  } catch (error) {
    throw inUsersTerms(error);
  }
}

const NUMBERS = /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/;

/** @param type DuckDB's name for it, where it is known. */
function jsonOf(value: unknown, type?: string): JsonValue {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (value instanceof Date) {
    return type === 'DATE' ? value.toISOString().slice(0, 10) : value.toISOString();
  }
  if (value instanceof Uint8Array) {
    return Buffer.from(value).toString('base64');
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return String(value);
  }
  if (Array.isArray(value)) {
    return value.map((element) => jsonOf(element));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, jsonOf(member)]));
  }
  return (value ?? null) as JsonValue;
}
