/** Which SQL only reads: a query, in which no function does more than to compute. */
import { isJsonObject } from '../../lambda/archive/ocsf/json.ts';

/**
 * Functions of tables that a query may name. Others switch settings on (`enable_logging`, `enable_profiling`), which the lock on
 * the configuration does not keep them from, run SQL in a text that is not looked at (`query`, `json_execute_serialized_sql`),
 * or read files, which the views do already. Source: DuckDB's own list, `duckdb_functions()`, of version 1.5.
 */
const HARMLESS_FUNCTIONS: ReadonlySet<string> = new Set([
  'duckdb_columns',
  'duckdb_functions',
  'duckdb_keywords',
  'duckdb_settings',
  'duckdb_tables',
  'duckdb_types',
  'duckdb_views',
  'generate_series',
  'histogram',
  'histogram_values',
  'icu_calendar_names',
  'json_each',
  'json_tree',
  'pg_timezone_names',
  'pragma_table_info',
  'pragma_version',
  'range',
  'repeat',
  'repeat_row',
  'summary',
  'unnest',
]);

const NO_QUERY =
  'The archive can only be read: give a query (SELECT, WITH, DESCRIBE, SUMMARIZE or SHOW TABLES).';

/**
 * Why a statement is refused; `undefined` where it only reads.
 *
 * @param serialized one statement, as DuckDB's `json_serialize_sql` tells it: an error of anything but a query.
 */
export function refusalOf(serialized: string): string | undefined {
  const tree: unknown = JSON.parse(serialized);
  if (!isJsonObject(tree) || tree.error !== false) {
    return NO_QUERY;
  }
  const unknown = tableFunctionsIn(tree).find((name) => !HARMLESS_FUNCTIONS.has(name));
  return unknown === undefined
    ? undefined
    : `The archive can only be read: a query may not call ${unknown}(). Allowed in FROM: its tables and views, and ${[...HARMLESS_FUNCTIONS].join(', ')}.`;
}

function tableFunctionsIn(node: unknown): readonly string[] {
  const named =
    isJsonObject(node) && node.type === 'TABLE_FUNCTION' && isJsonObject(node.function)
      ? [String(node.function.function_name).toLowerCase()]
      : [];
  const parts = typeof node === 'object' && node !== null ? Object.values(node) : [];
  return [...named, ...parts.flatMap(tableFunctionsIn)];
}
