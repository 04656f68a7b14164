import fc from 'fast-check';
import { type ArchivedRecord, type AuditSource, archiveHour } from '../../../../contract/archive.ts';

export const TIME = Date.parse('2026-03-01T10:20:30.456Z');
export const ACCOUNT = '900000000001';

/** An archived record of an object, or of a text. */
export function archived(source: AuditSource, content: unknown, time = TIME): ArchivedRecord {
  return {
    id: `${source}.${archiveHour(TIME)}.0123456789abcdef0123456789abcdef`,
    time,
    collectedAt: '2026-03-01T10:25:00.000Z',
    record: typeof content === 'string' ? content : JSON.stringify(content),
  };
}

export function urn(type: string, id: string): string {
  return `urn:cloudone:identity:us-1:${ACCOUNT}:${type}/${id}`;
}

/** What a field may hold although nobody has documented it. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    ' ',
    'constructor',
    '0',
    '\u0000',
    '{"old":1}',
    '[{"field":"x","old":null,"new":[]}]',
    'a: b -> c',
    '192.0.2.1, 2001:db8::1, x',
    'urn:cloudone:identity:us-1:1:user/',
    'urn:cloudone:::::/x',
    urn('user', 'x'),
    1e21,
    -0,
    'x'.repeat(100_000),
  ),
);

/** Objects with some of these fields, of any type. */
export function objectsWith(names: readonly string[], values: Readonly<Record<string, readonly unknown[]>>) {
  const usual = Object.fromEntries(
    names.map((name) => [
      name,
      fc.oneof(anything, fc.constantFrom(...(values[name] ?? ['a value', 7, null]))),
    ]),
  );
  return fc
    .tuple(fc.record(usual, { requiredKeys: [] }), fc.dictionary(fc.string(), anything, { maxKeys: 2 }))
    .map(([known, others]) => ({ ...others, ...known }));
}
