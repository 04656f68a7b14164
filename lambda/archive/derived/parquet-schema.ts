/** How the columns of a class are written in Parquet, and how an event becomes a row of them. */
import type { SchemaElement } from 'hyparquet';
import {
  type AuditTableColumn,
  type ColumnType,
  columnsOf,
  isList,
  isStruct,
  type ScalarType,
  TIMESTAMP_COLUMN,
} from '../../../contract/audit-schema.ts';
import type { OcsfClassName, OcsfEvent } from '../../../contract/ocsf.ts';

/** One value a column, in the form that the writer takes. */
export type ParquetRow = readonly unknown[];

export interface ClassTable {
  /** In the order of a row's values. */
  readonly columnNames: readonly string[];
  /** Of the whole file, its root first. */
  readonly schema: SchemaElement[];
  readonly rowOf: (event: OcsfEvent) => ParquetRow;
}

/**
 * Everything is optional but the time: a reader of the files asks for what is there, whatever version has written them.
 *
 * An attribute that the class has no column for is kept in `unmapped`, under its own name: nothing is left out in silence.
 */
export function tableOf(className: OcsfClassName): ClassTable {
  const columns = columnsOf(className);
  const named: ReadonlySet<string> = new Set(columns.map(({ name }) => name));
  return {
    columnNames: [TIMESTAMP_COLUMN, ...columns.map(({ name }) => name)],
    schema: [
      { name: 'root', num_children: columns.length + 1 },
      {
        name: TIMESTAMP_COLUMN,
        type: 'INT64',
        converted_type: 'TIMESTAMP_MILLIS',
        repetition_type: 'REQUIRED',
      },
      ...columns.flatMap(elementsOf),
    ],
    rowOf: (event) => {
      const placed = { ...event, unmapped: unmappedOf(event, named) };
      return [
        new Date(Math.trunc(event.time)),
        ...columns.map(({ name, type }) => writable(placed[name], type)),
      ];
    },
  };
}

function unmappedOf(event: OcsfEvent, named: ReadonlySet<string>): unknown {
  const homeless = Object.entries(event).filter(
    ([name, value]) => !named.has(name) && name !== TIMESTAMP_COLUMN && value !== undefined,
  );
  return homeless.length === 0 ? event.unmapped : { ...event.unmapped, ...Object.fromEntries(homeless) };
}

function elementsOf({ name, type }: AuditTableColumn): SchemaElement[] {
  return schemaElements(name, type, name === 'time' ? 'REQUIRED' : 'OPTIONAL');
}

/** Lists have three levels, as the format's specification wants them ("Logical types", "Lists"). */
function schemaElements(
  name: string,
  type: ColumnType,
  repetition: 'REQUIRED' | 'OPTIONAL' = 'OPTIONAL',
): SchemaElement[] {
  if (isList(type)) {
    return [
      { name, repetition_type: repetition, converted_type: 'LIST', num_children: 1 },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      ...schemaElements('element', type.list),
    ];
  }
  if (isStruct(type)) {
    const members = Object.entries(type.struct);
    return [
      { name, repetition_type: repetition, num_children: members.length },
      ...members.flatMap(([member, memberType]) => schemaElements(member, memberType)),
    ];
  }
  return [{ name, repetition_type: repetition, ...PHYSICAL[type] }];
}

/** JSON is text here, and not Parquet's JSON: Athena reads that as bytes. */
const PHYSICAL: Readonly<Record<ScalarType, Pick<SchemaElement, 'type' | 'converted_type'>>> = {
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  int: { type: 'INT32' },
  bigint: { type: 'INT64' },
  boolean: { type: 'BOOLEAN' },
};

/**
 * A value as its column takes it. Records come from outside, and the compiler has not seen them: what does not fit is kept
 * as text in a column of text, and left to `raw_data` in any other, rather than that one record stops all.
 */
function writable(value: unknown, type: ColumnType): unknown {
  if (value === undefined || value === null) {
    return null;
  }
  if (isList(type)) {
    return Array.isArray(value) ? value.map((element) => writable(element, type.list)) : null;
  }
  if (isStruct(type)) {
    return typeof value === 'object'
      ? Object.fromEntries(
          Object.entries(type.struct).map(([member, memberType]) => [
            member,
            writable((value as Record<string, unknown>)[member], memberType),
          ]),
        )
      : null;
  }
  return SCALARS[type](value);
}

const MAXIMUM_INT = 2 ** 31 - 1;

const SCALARS: Readonly<Record<ScalarType, (value: unknown) => unknown>> = {
  // UTF-8 has no lone surrogates.
  string: (value) => (typeof value === 'string' ? value.toWellFormed() : jsonText(value)),
  json: jsonText,
  int: (value) => (isWhole(value) && Math.abs(value) <= MAXIMUM_INT ? value : null),
  bigint: (value) =>
    typeof value === 'number' && Number.isSafeInteger(Math.trunc(value)) ? BigInt(Math.trunc(value)) : null,
  boolean: (value) => (typeof value === 'boolean' ? value : null),
};

function jsonText(value: unknown): string | null {
  return JSON.stringify(value) ?? null;
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value);
}
