/** What CloudFormation would make of a template under given parameters: conditions and `Fn::If` resolved. */
import { conditionsUnder, type Values } from '../../rehearsal/template.ts';
import type { Resource, Template } from './template.ts';

/** The template with only what exists under the parameters; every parameter not given has its default. */
export function deploy(template: Template, given: Values): Template {
  const conditions = conditionsUnder(template, given).named;
  const resources = Object.entries(template.Resources)
    .filter(([, { Condition }]) => Condition === undefined || conditions(Condition))
    .map(([id, resource]) => [id, resolve(resource, conditions) as Resource] as const);
  const outputs = Object.entries(template.Outputs)
    .filter(([, { Condition }]) => Condition === undefined || conditions(Condition))
    .map(([name, output]) => [name, resolve(output, conditions) as Template['Outputs'][string]] as const);
  return { ...template, Resources: Object.fromEntries(resources), Outputs: Object.fromEntries(outputs) };
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
