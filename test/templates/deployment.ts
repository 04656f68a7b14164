/** What CloudFormation would make of a template under given parameters: conditions and `Fn::If` resolved. */
import type { Resource, Template } from './template.ts';

export type ParameterValues = Readonly<Record<string, string>>;

/** The template with only what exists under the parameters; every parameter not given has its default. */
export function deploy(template: Template, given: ParameterValues): Template {
  const conditions = conditionsUnder(template, given);
  const resources = Object.entries(template.Resources)
    .filter(([, { Condition }]) => Condition === undefined || conditions(Condition))
    .map(([id, resource]) => [id, resolve(resource, conditions) as Resource] as const);
  const outputs = Object.entries(template.Outputs)
    .filter(([, { Condition }]) => Condition === undefined || conditions(Condition))
    .map(([name, output]) => [name, resolve(output, conditions) as Template['Outputs'][string]] as const);
  return { ...template, Resources: Object.fromEntries(resources), Outputs: Object.fromEntries(outputs) };
}

function conditionsUnder(template: Template, given: ParameterValues): (name: string) => boolean {
  const parameter = (name: string) => given[name] ?? template.Parameters[name]?.Default;
  const operand = (value: unknown): string | undefined =>
    typeof value === 'string' ? value : parameter((value as { Ref: string }).Ref);
  const holds = (expression: unknown): boolean => {
    const [[operator = '', argument] = []] = Object.entries(expression as object);
    const operands = argument as readonly unknown[];
    switch (operator) {
      case 'Fn::Equals':
        return operand(operands[0]) === operand(operands[1]);
      case 'Fn::Not':
        return !holds(operands[0]);
      case 'Fn::And':
        return operands.every(holds);
      case 'Fn::Or':
        return operands.some(holds);
      case 'Condition':
        return named(String(argument));
      default:
        throw new Error(`Not a condition's operator: ${operator}`);
    }
  };
  const named = (name: string): boolean => {
    if (!Object.hasOwn(template.Conditions, name)) {
      throw new Error(`There is no condition ${name}.`);
    }
    return holds(template.Conditions[name]);
  };
  return named;
}

const NO_VALUE = Symbol('AWS::NoValue');

function resolve(value: unknown, conditions: (name: string) => boolean): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => resolve(item, conditions)).filter((item) => item !== NO_VALUE);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if ('Fn::If' in value) {
    const [condition, whenTrue, whenFalse] = value['Fn::If'] as [string, unknown, unknown];
    return resolve(conditions(condition) ? whenTrue : whenFalse, conditions);
  }
  if ('Ref' in value && value.Ref === 'AWS::NoValue') {
    return NO_VALUE;
  }
  const entries = Object.entries(value).map(([key, item]) => [key, resolve(item, conditions)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== NO_VALUE));
}
