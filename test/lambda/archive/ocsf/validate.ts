/**
 * Checks events against the facts of the OCSF schema, and knows nothing of what makes them.
 *
 * Stricter than the schema in two things: a caption beside an enumerated id must be the schema's own, but for 99 (Other), where
 * the source says it in its own words; and what is deprecated is a fault.
 */
import { readFileSync } from 'node:fs';

interface Fact {
  readonly type: string;
  readonly requirement?: string;
  readonly is_array?: boolean;
  readonly sibling?: string;
  readonly enum?: Readonly<Record<string, string>>;
  /** The version since which it should not be used any more. */
  readonly deprecated?: string;
}

interface Shape {
  readonly name: string;
  readonly attributes: Readonly<Record<string, Fact>>;
  readonly constraints?: Readonly<Record<string, readonly string[]>>;
}

interface ScalarType {
  readonly name: string;
  readonly type?: string;
  readonly regex?: string;
  readonly max_len?: number;
  readonly range?: readonly [number, number];
}

type Line =
  | ({ kind: 'type' } & ScalarType)
  | ({ kind: 'class'; uid: number } & Shape)
  | ({ kind: 'object' } & Shape);

const [first, ...lines] = readFileSync(new URL('schema/ocsf-1.8.0.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Line & { version: string });

export const SCHEMA_VERSION = first?.version;
const types = new Map(lines.filter((line) => line.kind === 'type').map((line) => [line.name, line]));
const objects = new Map(lines.filter((line) => line.kind === 'object').map((line) => [line.name, line]));
const classes = new Map(lines.filter((line) => line.kind === 'class').map((line) => [line.uid, line]));

const OTHER = '99';
/** An object without attributes of its own takes any. */
const FREE_OBJECT = 'object';

/** The enumerated captions of a class's attribute, by id. */
export function captionsOf(classUid: number, attribute: string): Readonly<Record<string, string>> {
  return classes.get(classUid)?.attributes[attribute]?.enum ?? {};
}

/** @returns everything that is wrong with an event, each with where it stands; empty where it is valid. */
export function faultsOf(event: unknown): string[] {
  if (!isRecord(event)) {
    return ['the event is no object'];
  }
  const shape = typeof event.class_uid === 'number' ? classes.get(event.class_uid) : undefined;
  if (shape === undefined) {
    return [`class_uid: ${String(event.class_uid)} is no class of the archive`];
  }
  return [...faultsOfObject(shape, event, ''), ...faultsOfBase(event)];
}

/** What the schema says in words only. */
function* faultsOfBase(event: Readonly<Record<string, unknown>>): Generator<string> {
  if (event.type_uid !== Number(event.class_uid) * 100 + Number(event.activity_id)) {
    yield 'type_uid: is not class_uid * 100 + activity_id';
  }
  const { version, profiles } = isRecord(event.metadata) ? event.metadata : {};
  if (version !== SCHEMA_VERSION) {
    yield `metadata.version: is ${String(version)}, not the schema's`;
  }
  if (!Array.isArray(profiles) || !profiles.includes('cloud')) {
    yield 'metadata.profiles: cloud is used and not said';
  }
}

function* faultsOfObject(
  { attributes, constraints = {} }: Shape,
  value: Readonly<Record<string, unknown>>,
  path: string,
): Generator<string> {
  for (const [name, { requirement }] of Object.entries(attributes)) {
    if (requirement === 'required' && (value[name] === undefined || value[name] === null)) {
      yield `${path}${name}: is required`;
    }
  }
  for (const [name, content] of Object.entries(value)) {
    const fact = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (content === undefined) {
      continue;
    }
    if (fact === undefined) {
      yield `${path}${name}: is no attribute of it`;
    } else {
      if (fact.deprecated !== undefined) {
        yield `${path}${name}: is deprecated since ${fact.deprecated}`;
      }
      yield* faultsOfAttribute(fact, content, `${path}${name}`);
      yield* faultsOfSibling(fact, content, value, `${path}${name}`);
    }
  }
  yield* faultsOfConstraints(constraints, value, path);
}

function* faultsOfConstraints(
  constraints: Readonly<Record<string, readonly string[]>>,
  value: Readonly<Record<string, unknown>>,
  path: string,
): Generator<string> {
  for (const [constraint, names] of Object.entries(constraints)) {
    const present = names.filter((name) => value[name] !== undefined && value[name] !== null).length;
    if (constraint === 'just_one' ? present !== 1 : present === 0) {
      yield `${path.slice(0, -1) || 'event'}: ${constraint} of ${names.join(', ')}`;
    }
  }
}

function* faultsOfAttribute(fact: Fact, content: unknown, path: string): Generator<string> {
  if (fact.is_array !== true) {
    yield* faultsOfValue(fact, content, path);
  } else if (!Array.isArray(content)) {
    yield `${path}: is no array`;
  } else {
    for (const [index, element] of content.entries()) {
      yield* faultsOfValue(fact, element, `${path}[${index}]`);
    }
  }
}

function* faultsOfValue(fact: Fact, content: unknown, path: string): Generator<string> {
  if (types.has(fact.type)) {
    yield* faultsOfScalar(fact.type, content, path);
    if (fact.enum !== undefined && !Object.hasOwn(fact.enum, String(content))) {
      yield `${path}: ${String(content)} is not enumerated`;
    }
    return;
  }
  const shape = objects.get(fact.type);
  if (!isRecord(content)) {
    yield `${path}: is no object`;
  } else if (shape !== undefined && fact.type !== FREE_OBJECT) {
    yield* faultsOfObject(shape, content, `${path}.`);
  }
}

function* faultsOfSibling(
  { sibling, enum: captions }: Fact,
  id: unknown,
  holder: Readonly<Record<string, unknown>>,
  path: string,
): Generator<string> {
  const caption = sibling === undefined ? undefined : holder[sibling];
  if (captions === undefined || caption === undefined || String(id) === OTHER) {
    return;
  }
  if (caption !== captions[String(id)]) {
    yield `${path}: ${sibling} is ${String(caption)}, not ${String(captions[String(id)])}`;
  }
}

function* faultsOfScalar(name: string, content: unknown, path: string): Generator<string> {
  const { type: base = name, regex, max_len, range } = types.get(name) ?? {};
  if (!isOfBase(base, content)) {
    yield `${path}: is no ${name}`;
    return;
  }
  if (regex !== undefined && !new RegExp(regex, 'u').test(String(content))) {
    yield `${path}: does not look like ${name}`;
  }
  if (max_len !== undefined && String(content).length > max_len) {
    yield `${path}: is longer than ${name} may be`;
  }
  if (range !== undefined && (Number(content) < range[0] || Number(content) > range[1])) {
    yield `${path}: is out of the range of ${name}`;
  }
}

const MAXIMUM_INTEGER = 2 ** 31 - 1;

function isOfBase(type: string, content: unknown): boolean {
  switch (type) {
    case 'string_t':
      return typeof content === 'string';
    case 'boolean_t':
      return typeof content === 'boolean';
    case 'integer_t':
      return Number.isInteger(content) && Math.abs(Number(content)) <= MAXIMUM_INTEGER;
    case 'long_t':
      return Number.isSafeInteger(content);
    case 'float_t':
      return typeof content === 'number';
    case 'json_t':
      return content !== undefined;
    default:
      throw new Error(`The validator does not know the type ${type}.`);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
