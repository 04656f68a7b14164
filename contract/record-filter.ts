/**
 * The filter: which CloudTrail records are not forwarded. Off unless rules are given.
 *
 * It is a JSON list of rules, and the first rule that matches a record decides; what no rule matches is kept.
 *
 *     [{ "keep": { "errorCode": "*" } },
 *      { "drop": { "eventSource": "kms.amazonaws.com", "eventName": ["Decrypt", "GenerateDataKey*"] } }]
 *
 * For people it is documented in docs/filters.md.
 */
import * as z from 'zod';

/**
 * Bytes of a filter at most, as UTF-8 without white space between tokens. It is handed to the forwarder in its
 * environment, which holds 4 KB in all (AWS Lambda Developer Guide, "Lambda quotas"); the rest of it takes up to
 * 1,200.
 */
export const MAXIMUM_FILTER_BYTES = 2560;
/** Characters of a parameter's value at most (AWS CloudFormation User Guide, "CloudFormation quotas"). */
export const MAXIMUM_FILTER_CHARACTERS = 4096;

/**
 * Fields that a rule may name: those at the top of a record that say what was done, and where (AWS CloudTrail
 * User Guide, "CloudTrail record contents for management, data, and network activity events").
 */
const TEXT_FIELDS = {
  eventSource: {
    pattern: /[.*]/,
    allowed: 'the service as CloudTrail writes it, such as "kms.amazonaws.com"',
  },
  eventName: { pattern: /./, allowed: 'the name of the call, such as "Decrypt"' },
  eventType: { pattern: /./, allowed: 'a type of event, such as "AwsServiceEvent"' },
  eventCategory: { pattern: /./, allowed: '"Management", "Data", "NetworkActivity" or "Insight"' },
  awsRegion: { pattern: /^[a-z0-9*-]+$/, allowed: 'the code of an AWS region, such as "eu-central-1"' },
  recipientAccountId: {
    pattern: /^(\d{12}|(?=.{1,12}$)\d*\*[\d*]*)$/,
    allowed: 'a 12-digit AWS account id, between quotation marks',
  },
  sourceIPAddress: { pattern: /./, allowed: 'an address, or the name of a service' },
  userAgent: { pattern: /./, allowed: 'what called, such as "aws-cli/*"' },
  errorCode: { pattern: /./, allowed: 'the error that AWS answered with, such as "AccessDenied"' },
} as const;

const FLAG_FIELDS = {
  readOnly: { allowed: 'true or false, without quotation marks' },
  managementEvent: { allowed: 'true or false, without quotation marks' },
} as const;

const FIELDS: Readonly<Record<string, { readonly allowed: string }>> = { ...TEXT_FIELDS, ...FLAG_FIELDS };

export const FILTER_FIELDS = Object.keys(FIELDS);

export type TextField = keyof typeof TEXT_FIELDS;
export type FlagField = keyof typeof FLAG_FIELDS;
export type FilterField = TextField | FlagField;

const MAXIMUM_RULES = 50;
const LONGEST_NAME = 40;
const SHOWN_CHARACTERS = 60;

const OR_SEVERAL = '; or a list of them. * stands for any characters';

const textConditions = Object.fromEntries(
  Object.entries(TEXT_FIELDS).map(([field, { pattern, allowed }]) => {
    const text = z.string().regex(pattern);
    const condition = z.union([text, z.array(text).min(1)]).optional();
    return [field, condition.describe(`${allowed}${OR_SEVERAL}`)];
  }),
) as unknown as Record<TextField, z.ZodOptional<z.ZodUnion<[z.ZodString, z.ZodArray<z.ZodString>]>>>;

const conditions = z
  .strictObject({
    ...textConditions,
    readOnly: z.boolean().optional().describe(FLAG_FIELDS.readOnly.allowed),
    managementEvent: z.boolean().optional().describe(FLAG_FIELDS.managementEvent.allowed),
  })
  .describe('Conditions on fields of the record. All of them must hold.')
  .refine((given) => !isEmpty(given), { params: { empty: true } });

const name = z
  .string()
  .min(1)
  .max(LONGEST_NAME)
  .optional()
  .describe('What the rule is called where the records it dropped are counted.');

const keepRule = z.strictObject({ name, keep: conditions }).describe('Keeps the records that match.');
const dropRule = z
  .strictObject({
    name,
    drop: conditions.refine((given) => isEmpty(given) || Object.values(given).some(narrows), {
      params: { everything: true },
    }),
  })
  .describe('Drops the records that match: they are not forwarded.');

function isEmpty(conditions: object): boolean {
  return Object.keys(conditions).length === 0;
}

/** A condition that any text meets leaves nothing out: every service's name has a dot, and every region's a dash. */
function narrows(condition: string | readonly string[] | boolean | undefined): boolean {
  return ![condition].flat().some((value) => typeof value === 'string' && /^[*.-]+$/.test(value));
}

/** The whole filter, for tools that check or complete it: `z.toJSONSchema` makes a JSON Schema of it. */
export const recordFilterSchema = z
  .array(z.union([keepRule, dropRule]))
  .max(MAXIMUM_RULES)
  .describe('Which CloudTrail records Trailbridge does not forward. The first rule that matches decides.');

export interface FilterRule {
  readonly action: 'keep' | 'drop';
  /** Given by the user, or `rule 2`, counting from 1. No two rules share one. */
  readonly name: string;
  readonly texts: ReadonlyMap<TextField, readonly string[]>;
  readonly flags: ReadonlyMap<FlagField, boolean>;
}

export interface FilterRules {
  readonly rules: readonly FilterRule[];
  /** The same filter on one line, without white space between tokens. */
  readonly text: string;
}

/** A filter cannot be used. The message names every fault with its rule, the field, what was given and what is allowed. */
export class RecordFilterError extends Error {
  override readonly name = 'RecordFilterError';

  constructor(faults: readonly string[]) {
    super(
      `The filter (ForwardingFilter) cannot be used. ${faults.join(' ')} docs/filters.md says how to write one.`,
    );
  }
}

/**
 * Reads a filter.
 *
 * @returns `undefined` where the text is empty or without rules: nothing is filtered then.
 * @throws RecordFilterError
 */
export function parseRecordFilter(text: string): FilterRules | undefined {
  if (text.trim() === '') {
    return undefined;
  }
  const given = parseJson(text);
  if (!Array.isArray(given)) {
    throw new RecordFilterError([`It is ${shown(given)}, but must be a list of rules: [{"drop": {…}}].`]);
  }
  if (given.length > MAXIMUM_RULES) {
    throw new RecordFilterError([`It has ${given.length} rules, and may have ${MAXIMUM_RULES}.`]);
  }
  const compact = JSON.stringify(given);
  const bytes = new TextEncoder().encode(compact).length;
  const faults = [...given.flatMap(faultsOfRule), ...faultsOfNames(given)];
  if (countKeysIn(text) > countKeysOf(given)) {
    faults.push('A key stands twice in one rule, and only the last would count.');
  }
  if (bytes > MAXIMUM_FILTER_BYTES) {
    faults.push(`It has ${bytes} bytes without white space, and may have ${MAXIMUM_FILTER_BYTES}.`);
  }
  if (faults.length > 0) {
    throw new RecordFilterError(faults);
  }
  const rules = recordFilterSchema.parse(given).map(ruleOf);
  return rules.length === 0 ? undefined : { rules, text: compact };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RecordFilterError([`It is not JSON: ${(error as Error).message}.`]);
  }
}

/** A string before a colon is a key; JSON has no other. */
function countKeysIn(json: string): number {
  return [...json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined).length;
}

function countKeysOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) {
    return 0;
  }
  const keys = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, member) => sum + countKeysOf(member), keys);
}

type GivenRule = z.infer<typeof recordFilterSchema>[number];

function ruleOf(rule: GivenRule, index: number): FilterRule {
  const [action, given] = 'keep' in rule ? (['keep', rule.keep] as const) : (['drop', rule.drop] as const);
  const texts = new Map<TextField, readonly string[]>();
  const flags = new Map<FlagField, boolean>();
  for (const [field, condition] of Object.entries(given)) {
    if (typeof condition === 'boolean') {
      flags.set(field as FlagField, condition);
    } else if (condition !== undefined) {
      texts.set(field as TextField, [condition].flat());
    }
  }
  return { action, name: nameOf(rule, index), texts, flags };
}

function nameOf({ name }: { readonly name?: unknown }, index: number): string {
  return typeof name === 'string' ? name : `rule ${index + 1}`;
}

function faultsOfRule(rule: unknown, index: number): string[] {
  const at = `Rule ${index + 1}`;
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) {
    return [`${at} is ${shown(rule)}, but must be {"keep": {…}} or {"drop": {…}}.`];
  }
  if ('keep' in rule === 'drop' in rule) {
    return [`${at} is ${shown(rule)}, but must have either "keep" or "drop".`];
  }
  const { error } = ('keep' in rule ? keepRule : dropRule).safeParse(rule);
  const issues = error?.issues ?? [];
  // What is said of the conditions together holds only where each of them is right.
  const single = issues.filter(({ code }) => code !== 'custom');
  return [...new Set((single.length > 0 ? single : issues).map((issue) => `${at}${faultOf(issue, rule)}`))];
}

function faultOf(issue: z.core.$ZodIssue, rule: object): string {
  const [action, field] = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => `"${key}"`).join(', ');
    const allowed = action === undefined ? ['name', 'keep', 'drop'] : FILTER_FIELDS;
    return ` has ${keys}, which is not known; allowed: ${allowed.join(', ')}.`;
  }
  const given = shown(issue.path.slice(0, 2).reduce(memberOf, rule));
  if (field !== undefined) {
    const several = field in TEXT_FIELDS ? OR_SEVERAL : '';
    return `, field ${field}: given ${given}; allowed: ${FIELDS[field]?.allowed}${several}.`;
  }
  if (action === 'name') {
    return `, name: given ${given}; allowed: 1 to ${LONGEST_NAME} characters.`;
  }
  if (issue.code === 'custom') {
    return issue.params?.empty === true
      ? ` has no condition: name a field, such as {"${action}": {"eventSource": "kms.amazonaws.com"}}.`
      : ' would drop whatever has these fields: give one condition that leaves something out, not only "*".';
  }
  return `, ${action}: given ${given}; allowed: conditions, such as {"readOnly": true}.`;
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return (value as Record<PropertyKey, unknown>)[key];
}

/** Records are counted by the rule's name. */
function faultsOfNames(rules: readonly unknown[]): string[] {
  const names = rules.map((rule, index) => nameOf((rule ?? {}) as object, index));
  return names.flatMap((name, index) =>
    names.indexOf(name) < index
      ? [`Rule ${index + 1} is called ${shown(name)}, like rule ${names.indexOf(name) + 1}.`]
      : [],
  );
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
