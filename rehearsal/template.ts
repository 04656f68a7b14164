/** The synthesized template on disk, and what CloudFormation makes of it under given parameters. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const synthesized = z.object({
  Parameters: z.record(z.string(), z.object({ Default: z.unknown().optional() }).loose()).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Condition: z.string().optional(), Properties: z.unknown() }).loose(),
  ),
});

export type SynthesizedTemplate = z.infer<typeof synthesized>;

/** Parameters by name, pseudo parameters (`AWS::Region`) among them. */
export type Values = Readonly<Record<string, string>>;

/** The template has something that is not understood here: what exists under its conditions cannot be told. */
export class TemplateNotUnderstoodError extends Error {
  override readonly name = 'TemplateNotUnderstoodError';
}

/** Reads a stack's template from the folder that it was synthesized into. */
export async function readTemplate(assembly: string, stackName: string): Promise<SynthesizedTemplate> {
  return synthesized.parse(JSON.parse(await readFile(join(assembly, `${stackName}.template.json`), 'utf8')));
}

export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
}

/**
 * The resources that exist under the given parameters; one that is not given has its default.
 *
 * @throws TemplateNotUnderstoodError
 */
export function resourcesUnder(template: SynthesizedTemplate, given: Values): TemplateResource[] {
  const { named } = conditionsUnder(template, given);
  return Object.entries(template.Resources)
    .filter(([, { Condition }]) => Condition === undefined || named(Condition))
    .map(([logicalId, { Type }]) => ({ logicalId, type: Type }));
}

/** What conditions are made of in a template. */
export interface Conditional {
  readonly Parameters: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Mappings?: SynthesizedTemplate['Mappings'];
  readonly Conditions: Readonly<Record<string, unknown>>;
}

/** What may be asked of a template under given parameters. */
export interface Conditions {
  /** Whether the condition of that name holds. */
  named(name: string): boolean;
  /** Whether an expression does: `{"Fn::Equals": […]}` and what is built of it, as in rules. */
  holds(expression: unknown): boolean;
}

/**
 * The template's conditions, and expressions like them.
 *
 * @throws TemplateNotUnderstoodError from what is returned: for a name or a function that it does not know, and for a
 * parameter that has neither a value nor a default.
 */
export function conditionsUnder(template: Conditional, given: Values): Conditions {
  const named = (name: string): boolean => holds(known(template.Conditions, name, 'condition'));
  const holds = (expression: unknown): boolean => {
    const [operator, argument] = functionIn(expression);
    const operands = argument as readonly unknown[];
    switch (operator) {
      case 'Fn::Equals':
        return resolved(operands[0]) === resolved(operands[1]);
      case 'Fn::Not':
        return !holds(operands[0]);
      case 'Fn::And':
        return operands.every(holds);
      case 'Fn::Or':
        return operands.some(holds);
      case 'Condition':
        return named(String(argument));
      default:
        throw new TemplateNotUnderstoodError(`${operator} stands where a condition is expected.`);
    }
  };
  const parameter = (name: string): unknown => {
    const value = given[name] ?? known(template.Parameters, name, 'parameter').Default;
    if (value === undefined) {
      throw new TemplateNotUnderstoodError(`The parameter ${name} is not given, and has no default.`);
    }
    return value;
  };
  const text = (expression: unknown): string => String(resolved(expression));
  const list = (expression: unknown): unknown[] => {
    const value = resolved(expression);
    return Array.isArray(value) ? value.map(resolved) : String(value).split(',');
  };
  const resolved = (expression: unknown): unknown => {
    if (typeof expression !== 'object' || expression === null || Array.isArray(expression)) {
      return expression;
    }
    const [name, argument] = functionIn(expression);
    const operands = argument as readonly unknown[];
    switch (name) {
      case 'Ref':
        return parameter(String(argument));
      case 'Fn::Join':
        return list(operands[1]).join(text(operands[0]));
      case 'Fn::Split':
        return text(operands[1]).split(text(operands[0]));
      case 'Fn::Select':
        return list(operands[1])[Number(text(operands[0]))];
      case 'Fn::FindInMap': {
        const [map = '', top = '', second = ''] = operands.map(text);
        return known(known(known(template.Mappings ?? {}, map, 'mapping'), top, 'key'), second, 'key');
      }
      default:
        throw new TemplateNotUnderstoodError(`${name} stands in a condition, and is not understood here.`);
    }
  };
  return { named, holds };
}

function functionIn(expression: unknown): readonly [name: string, argument: unknown] {
  const [entry] = Object.entries(Object(expression));
  return entry ?? ['nothing', undefined];
}

function known<T>(all: Readonly<Record<string, T>>, name: string, kind: string): T {
  const found = Object.hasOwn(all, name) ? all[name] : undefined;
  if (found === undefined) {
    throw new TemplateNotUnderstoodError(
      `The template's conditions name the ${kind} ${name}, which there is not.`,
    );
  }
  return found;
}
