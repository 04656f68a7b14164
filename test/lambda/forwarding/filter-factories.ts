/** Rules and records by chance, and what the rules say of a record, worked out in another way than the product's. */
import fc from 'fast-check';

export interface Rule {
  readonly name?: string;
  readonly keep?: Conditions;
  readonly drop?: Conditions;
}

type Conditions = Readonly<Record<string, string | readonly string[] | boolean>>;

/** Few letters, so that rules match often. */
const word = fc.string({
  unit: fc.constantFrom('a', 'b', '.', '\\', '"', 'é', '😀'),
  minLength: 1,
  maxLength: 4,
});
const pattern = fc
  .array(fc.oneof({ weight: 3, arbitrary: word }, fc.constant('*')), { minLength: 1, maxLength: 4 })
  .map((pieces) => pieces.join(''));

const textCondition = fc.oneof(pattern, fc.array(pattern, { minLength: 1, maxLength: 3 }));
const narrowing = (condition: string | readonly string[] | boolean) =>
  ![condition].flat().some((value) => typeof value === 'string' && /^[*.-]+$/.test(value));

const conditions = fc
  .record(
    { eventName: textCondition, userAgent: textCondition, errorCode: textCondition, readOnly: fc.boolean() },
    { requiredKeys: [] },
  )
  .map((given) => given as Conditions)
  .filter((given) => Object.keys(given).length > 0);

const rule: fc.Arbitrary<Rule> = fc.oneof(
  conditions.map((keep) => ({ keep })),
  conditions.filter((given) => Object.values(given).some(narrowing)).map((drop) => ({ drop })),
);
export const rules = fc.array(rule, { minLength: 1, maxLength: 4 });

const value = fc.oneof(
  { weight: 4, arbitrary: word },
  fc.boolean(),
  fc.constantFrom(null, 1, ['a'], { eventName: 'a', readOnly: true }),
);
/** With values of the right type mostly, and some fields missing. */
export const record = fc.record(
  { eventName: value, userAgent: value, errorCode: value, readOnly: value, other: value },
  { requiredKeys: [] },
);

export const arbitraryRules = fc
  .tuple(rules, record, fc.boolean(), fc.integer({ min: 0, max: 2 }))
  .map(([given, fields, escaped, indent]) => {
    const text = JSON.stringify(fields, undefined, indent);
    return { rules: given, record: fields, spelt: escaped ? inEscapes(text) : text };
  });

/** The same JSON, each letter of its strings written as an escape. */
function inEscapes(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"/g, (text) => {
    const units = Array.from({ length: JSON.parse(text).length }, (_, at) => JSON.parse(text).charCodeAt(at));
    return `"${units.map((unit: number) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')}"`;
  });
}

/** The name of the rule that drops the record. */
export function droppingRule(given: readonly Rule[], fields: object): string | undefined {
  for (const [index, { name = `rule ${index + 1}`, keep, drop }] of given.entries()) {
    if (keep !== undefined && holds(keep, fields)) {
      return undefined;
    }
    if (drop !== undefined && holds(drop, fields)) {
      return name;
    }
  }
  return undefined;
}

function holds(given: Conditions, fields: object): boolean {
  return Object.entries(given).every(([field, condition]) => {
    const found = (fields as Record<string, unknown>)[field];
    if (typeof condition === 'boolean') {
      return found === condition;
    }
    return typeof found === 'string' && [condition].flat().some((text) => expressionOf(text).test(found));
  });
}

function expressionOf(text: string): RegExp {
  const pieces = text.split('*').map((piece) => piece.replace(/[.\\"]/g, '\\$&'));
  return new RegExp(`^${pieces.join('[^]*')}$`);
}
