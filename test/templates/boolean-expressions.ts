/** CloudFormation's boolean intrinsic functions, as conditions and rules use them. */
import type { Template } from './template.ts';

export type ParameterValues = Readonly<Record<string, string>>;

export interface BooleanExpressions {
  /** Whether an expression holds: `{"Fn::Equals": […]}` and what is built of it. */
  holds(expression: unknown): boolean;
  /** Whether the template's condition of that name holds. */
  condition(name: string): boolean;
}

/** Evaluates under parameters; every parameter not given has its default. */
export function booleanExpressions(template: Template, given: ParameterValues): BooleanExpressions {
  const operand = (value: unknown): string => {
    const text =
      typeof value === 'string' ? value : parameterValue(template, given, (value as { Ref: string }).Ref);
    if (text === undefined) {
      throw new Error(`Neither a text nor a parameter with a value: ${JSON.stringify(value)}`);
    }
    return text;
  };
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
        return condition(String(argument));
      default:
        throw new Error(`Not an operator of a boolean expression: ${operator}`);
    }
  };
  const condition = (name: string): boolean => {
    if (!Object.hasOwn(template.Conditions, name)) {
      throw new Error(`There is no condition ${name}.`);
    }
    return holds(template.Conditions[name]);
  };
  return { holds, condition };
}

/**
 * What the template's `Rules` say against parameters: the descriptions of the assertions that do not hold,
 * as CloudFormation shows them before it creates anything.
 */
export function violations(template: Template, given: ParameterValues): string[] {
  const { holds } = booleanExpressions(template, given);
  return Object.entries(template.Rules)
    .filter(([name]) => name !== 'CheckBootstrapVersion')
    .filter(([, { RuleCondition }]) => RuleCondition === undefined || holds(RuleCondition))
    .flatMap(([, { Assertions }]) => Assertions)
    .filter(({ Assert }) => !holds(Assert))
    .map(({ AssertDescription }) => AssertDescription);
}

function parameterValue(template: Template, given: ParameterValues, name: string): string | undefined {
  return given[name] ?? template.Parameters[name]?.Default;
}
