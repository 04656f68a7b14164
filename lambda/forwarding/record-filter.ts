import { createHash } from 'node:crypto';
import type { FilterRule, FilterRules } from '../../contract/record-filter.ts';
import { anyGlob } from '../shared/glob.ts';

interface CompiledRule {
  readonly action: FilterRule['action'];
  readonly name: string;
  readonly conditions: readonly Condition[];
}

interface Condition {
  readonly field: string;
  holdsFor(value: unknown): boolean;
}

/** Characters of the fingerprint, which tells the filters of one stack apart. */
const FINGERPRINT_CHARACTERS = 16;

/**
 * Decides which records are not forwarded.
 *
 * Each record is parsed. A scanner that finds the fields in its bytes was measured to save a tenth of that, and
 * is one more way to be wrong about duplicate keys and escapes.
 */
export class RecordFilter {
  /** Changes with the rules, and with nothing else. */
  readonly fingerprint: string;
  readonly #rules: readonly CompiledRule[];

  constructor({ rules, text }: FilterRules) {
    this.fingerprint = createHash('sha256').update(text).digest('hex').slice(0, FINGERPRINT_CHARACTERS);
    this.#rules = rules.map(compile);
  }

  /**
   * The name of the rule that drops a record, or `undefined` where it is kept.
   *
   * A condition on a field that is missing, or is of another type than the condition asks for, does not hold. What
   * cannot be parsed is kept: dropping it would need a reason.
   *
   * @param record the bytes of one JSON object.
   */
  dropping(record: Buffer): string | undefined {
    let fields: Record<string, unknown>;
    try {
      fields = JSON.parse(record.toString('utf8'));
    } catch {
      // Its grammar was checked, but not by this parser, which may have limits of its own. It goes on as it is.
      return undefined;
    }
    const decisive = this.#rules.find(({ conditions }) =>
      conditions.every(({ field, holdsFor }) => holdsFor(fields[field])),
    );
    return decisive?.action === 'drop' ? decisive.name : undefined;
  }
}

function compile({ action, name, texts, flags }: FilterRule): CompiledRule {
  return {
    action,
    name,
    conditions: [
      ...[...flags].map(([field, wanted]) => ({ field, holdsFor: (value: unknown) => value === wanted })),
      ...[...texts].map(([field, wanted]) => ({ field, holdsFor: anyOf(wanted) })),
    ],
  };
}

function anyOf(wanted: readonly string[]): Condition['holdsFor'] {
  const matches = anyGlob(wanted);
  return (value) => typeof value === 'string' && matches(value);
}
