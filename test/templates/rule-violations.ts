import { conditionsUnder, type Values } from '../../rehearsal/template.ts';
import type { Template } from './template.ts';

/**
 * What the template's `Rules` say against parameters: the descriptions of the assertions that do not hold,
 * as CloudFormation shows them before it creates anything.
 */
export function violations(template: Template, given: Values): string[] {
  const { holds } = conditionsUnder(template, given);
  return Object.entries(template.Rules)
    .filter(([name]) => name !== 'CheckBootstrapVersion')
    .filter(([, { RuleCondition }]) => RuleCondition === undefined || holds(RuleCondition))
    .flatMap(([, { Assertions }]) => Assertions)
    .filter(({ Assert }) => !holds(Assert))
    .map(({ AssertDescription }) => AssertDescription);
}
