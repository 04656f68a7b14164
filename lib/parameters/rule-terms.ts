/** What the rules of a template are made of. CloudFormation checks them before it creates anything. */
import { CfnRule, Fn, type ICfnRuleConditionExpression, type Stack } from 'aws-cdk-lib';

export interface Assertion {
  readonly that: ICfnRuleConditionExpression;
  /** What the user reads where it does not hold, for the user to put right. */
  readonly otherwise: string;
}

export function addRule(
  stack: Stack,
  name: string,
  assertions: readonly Assertion[],
  when?: ICfnRuleConditionExpression,
): void {
  new CfnRule(stack, name, {
    ruleCondition: when,
    assertions: assertions.map(({ that, otherwise }) => ({ assert: that, assertDescription: otherwise })),
  });
}

export function is(parameter: string, value: string): ICfnRuleConditionExpression {
  return Fn.conditionEquals(Fn.ref(parameter), value);
}

export function isGiven(parameter: string): ICfnRuleConditionExpression {
  return Fn.conditionNot(is(parameter, ''));
}

export function isAnyGiven(parameters: readonly string[]): ICfnRuleConditionExpression {
  return Fn.conditionOr(...parameters.map(isGiven));
}

/** A secret is given by its value, or by the ARN of a secret that exists already. */
export function onlyOneForm([value, arn]: readonly [string, string]): Assertion {
  return {
    that: Fn.conditionOr(is(value, ''), is(arn, '')),
    otherwise: `Give either ${value} or ${arn}, not both.`,
  };
}

/** One secret holds one credential, so the same ARN twice is a slip. */
export function allDifferent(secretArns: readonly string[]): Assertion[] {
  return pairsOf(secretArns).map(([one, other]) => ({
    that: Fn.conditionOr(is(one, ''), Fn.conditionNot(Fn.conditionEquals(Fn.ref(one), Fn.ref(other)))),
    otherwise: `${one} and ${other} name the same secret. Each credential has a secret of its own.`,
  }));
}

function pairsOf(names: readonly string[]): (readonly [string, string])[] {
  return names.flatMap((one, index) => names.slice(index + 1).map((other) => [one, other] as const));
}
