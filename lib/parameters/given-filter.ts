import { type CfnParameter, CfnRule, Fn, type Stack } from 'aws-cdk-lib';
import { parseRecordFilter } from '../../contract/record-filter.ts';

/**
 * The filter that the stack is deployed with: the parameter's value, or, where the filter is known at synthesis, that
 * one. It is then checked at once, and the parameter must be empty: neither may be ignored in silence.
 *
 * @throws RecordFilterError
 */
export function givenFilter(stack: Stack, parameter: CfnParameter, atSynthesis: string | undefined): string {
  const rules = parseRecordFilter(atSynthesis ?? '');
  if (rules === undefined) {
    return parameter.valueAsString;
  }
  const { logicalId } = parameter;
  new CfnRule(stack, 'FilterIsGivenOnce', {
    assertions: [
      {
        assert: Fn.conditionEquals(Fn.ref(logicalId), ''),
        assertDescription:
          `This template was synthesized with a filter of its own (CDK context forwardingFilter). Leave ${logicalId} ` +
          `empty: ${logicalId}= where a deployment before has set it.`,
      },
    ],
  });
  return rules.text;
}
