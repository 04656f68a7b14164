/** What a person or a test sent to the simulator's own controls is not usable. Answered with 400. */
export class InvalidInput extends Error {
  constructor(field: string, problem: string) {
    super(`${field}: ${problem}.`);
    this.name = 'InvalidInput';
  }
}

export type JsonObject = Record<string, unknown>;

/** True for a JSON object: neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as an object that has none but the allowed keys, so that a misspelt key cannot pass unnoticed. */
export function objectOf(value: unknown, field: string, allowed: readonly string[]): JsonObject {
  if (!isJsonObject(value)) throw new InvalidInput(field, 'expected a JSON object');
  for (const key of Object.keys(value)) {
    if (!allowed.includes(key)) {
      throw new InvalidInput(`${field}.${key}`, `unknown field, expected one of ${allowed.join(', ')}`);
    }
  }
  return value;
}

export function listOf(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new InvalidInput(field, 'expected a JSON array');
  return value;
}

export function text(object: JsonObject, key: string, field: string): string {
  const value = object[key];
  if (typeof value !== 'string' || value === '')
    throw new InvalidInput(`${field}.${key}`, 'expected a non-empty string');
  return value;
}

export function optionalText(object: JsonObject, key: string, field: string): string | undefined {
  return object[key] === undefined ? undefined : text(object, key, field);
}

export function optionalInteger(
  object: JsonObject,
  key: string,
  field: string,
  range: { min: number; max: number },
): number | undefined {
  const value = object[key];
  if (value === undefined) return undefined;
  if (!Number.isInteger(value) || (value as number) < range.min || (value as number) > range.max) {
    throw new InvalidInput(`${field}.${key}`, `expected a whole number from ${range.min} to ${range.max}`);
  }
  return value as number;
}

export function optionalFlag(object: JsonObject, key: string, field: string): boolean | undefined {
  const value = object[key];
  if (value !== undefined && typeof value !== 'boolean') {
    throw new InvalidInput(`${field}.${key}`, 'expected true or false');
  }
  return value;
}

/** The value if it is one of the choices. */
export function choice<T extends string>(value: unknown, field: string, choices: readonly T[]): T {
  const found = choices.find((candidate) => candidate === value);
  if (found === undefined) throw new InvalidInput(field, `expected one of ${choices.join(', ')}`);
  return found;
}
