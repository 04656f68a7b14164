/**
 * Compiles the facts of the Open Cybersecurity Schema Framework that the tests check events against: names, types,
 * requirements, enumerations and constraints of the classes that the archive uses, and of every object that they reach.
 *
 *     node tools/ocsf-schema-facts.ts <checkout of github.com/ocsf/ocsf-schema> > test/lambda/archive/ocsf/schema/ocsf-<version>.jsonl
 *
 * Source of how a schema is put together: that repository's README.md and CONTRIBUTING.md: what extends inherits, what
 * includes a profile has its attributes while the profile is used, an attribute is what the dictionary says and then
 * what the class or object says, and with the profile `datetime` every timestamp `x` may be told as `x_dt`, too.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const CLASSES = [
  'account_change',
  'authentication',
  'entity_management',
  'user_access',
  'group_management',
  'api_activity',
];
const PROFILES = new Set(['cloud', 'datetime']);

interface Attribute {
  readonly type?: string;
  readonly requirement?: string;
  readonly is_array?: boolean;
  readonly enum?: Readonly<Record<string, { readonly caption: string }>>;
  readonly sibling?: string;
  readonly '@deprecated'?: { readonly message: string; readonly since: string };
  /** `null` takes an attribute out of the profile that it was inherited with. */
  readonly profile?: string | null;
}

interface Definition {
  readonly name: string;
  readonly uid?: number;
  readonly caption?: string;
  readonly category?: string;
  readonly extends?: string;
  readonly attributes: Readonly<Record<string, Attribute>> & { readonly $include?: readonly string[] };
  readonly constraints?: Readonly<Record<string, readonly string[]>>;
}

interface Type {
  readonly type?: string;
  readonly regex?: string;
  readonly max_len?: number;
  readonly range?: readonly number[];
  readonly values?: readonly unknown[];
}

/** Of an attribute, as it is written out. */
interface Fact {
  readonly type: string;
  readonly requirement?: string | undefined;
  readonly is_array?: boolean | undefined;
  readonly sibling?: string | undefined;
  readonly enum?: Readonly<Record<string, string>> | undefined;
  /** The version since which it should not be used any more. */
  readonly deprecated?: string | undefined;
}

const [checkout] = process.argv.slice(2);
if (checkout === undefined) {
  throw new Error('Give the folder with a checkout of github.com/ocsf/ocsf-schema.');
}
const root = checkout;

const { version } = read<{ version: string }>('version.json');
const categories = read<{ attributes: Record<string, { uid: number; caption: string }> }>('categories.json');
const dictionary = read<{
  attributes: Record<string, Attribute>;
  types: { attributes: Record<string, Type> };
}>('dictionary.json');
const events = definitions('events/**/*.json');
const objects = definitions('objects/*.json');

const lines: unknown[] = [{ version }];
for (const [name, { type, regex, max_len, range, values }] of Object.entries(dictionary.types.attributes)) {
  lines.push({ kind: 'type', name, type, regex, max_len, range, values });
}
const reached = new Set<string>();
for (const name of CLASSES) {
  lines.push(classFacts(name));
}
// A set hands out what is added to it while it is gone through.
for (const name of reached) {
  const { attributes, constraints } = inherited(objects, name);
  lines.push({ kind: 'object', name, attributes: attributeFacts(attributes), constraints });
}
process.stdout.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));

function classFacts(name: string): unknown {
  const { attributes, constraints, caption = '', uid = 0, category = '' } = inherited(events, name);
  const { uid: categoryUid = 0, caption: categoryCaption = '' } = categories.attributes[category] ?? {};
  const classUid = categoryUid * 1000 + uid;
  const facts = attributeFacts(attributes);
  const activities = Object.entries(facts.activity_id?.enum ?? {});
  const cases: Record<string, Record<string, string>> = {
    category_uid: { [categoryUid]: categoryCaption },
    class_uid: { [classUid]: caption },
    type_uid: Object.fromEntries(
      activities.map(([id, activity]) => [classUid * 100 + Number(id), `${caption}: ${activity}`]),
    ),
  };
  for (const [attribute, captions] of Object.entries(cases)) {
    facts[attribute] = { ...facts[attribute], type: facts[attribute]?.type ?? '', enum: captions };
  }
  return { kind: 'class', name, uid: classUid, attributes: facts, constraints };
}

/** A definition with all that it inherits. */
function inherited(all: ReadonlyMap<string, Definition>, name: string): Definition {
  const own = all.get(name);
  if (own === undefined) {
    throw new Error(`The schema has no ${name}.`);
  }
  const base = own.extends === undefined ? undefined : inherited(all, own.extends);
  const attributes: Record<string, Attribute> = { ...base?.attributes };
  for (const [attribute, said] of Object.entries(withProfiles(own))) {
    attributes[attribute] = merged(attributes[attribute], said);
  }
  const constraints = own.constraints ?? base?.constraints;
  return { ...base, ...own, attributes, ...(constraints === undefined ? {} : { constraints }) };
}

function withProfiles({ attributes: { $include = [], ...own } }: Definition): Record<string, Attribute> {
  const attributes: Record<string, Attribute> = {};
  for (const path of $include) {
    const profile = read<Definition>(path);
    for (const [name, said] of Object.entries(profile.attributes)) {
      attributes[name] = { ...said, profile: profile.name };
    }
  }
  for (const [name, said] of Object.entries(own)) {
    attributes[name] = merged(attributes[name], said);
  }
  return attributes;
}

function merged(before: Attribute | undefined, said: Attribute): Attribute {
  const cases = { ...before?.enum, ...said.enum };
  return { ...before, ...said, ...(Object.keys(cases).length > 0 ? { enum: cases } : {}) };
}

function attributeFacts(attributes: Readonly<Record<string, Attribute>>): Record<string, Fact> {
  const facts: Record<string, Fact> = {};
  for (const [name, said] of Object.entries(attributes)) {
    if (typeof said.profile === 'string' && !PROFILES.has(said.profile)) {
      continue;
    }
    const known = dictionary.attributes[name];
    if (known === undefined) {
      throw new Error(`The dictionary has no attribute ${name}.`);
    }
    const whole = merged(known, said);
    const { type = '', requirement, is_array, sibling } = whole;
    if (dictionary.types.attributes[type] === undefined) {
      reached.add(type);
    }
    const cases = Object.entries(whole.enum ?? {}).map(([id, { caption }]) => [id, caption]);
    facts[name] = {
      type,
      requirement,
      is_array,
      sibling,
      enum: cases.length > 0 ? Object.fromEntries(cases) : undefined,
      deprecated: whole['@deprecated']?.since,
    };
    if (type === 'timestamp_t') {
      facts[`${name}_dt`] = { type: 'datetime_t', requirement: 'optional', is_array };
    }
  }
  return facts;
}

function definitions(pattern: string): Map<string, Definition> {
  return new Map(
    globSync(pattern, { cwd: root })
      .sort()
      .map((path) => read<Definition>(path))
      .map((definition) => [definition.name, definition]),
  );
}

function read<T>(path: string): T {
  return JSON.parse(readFileSync(join(root, path), 'utf8')) as T;
}
