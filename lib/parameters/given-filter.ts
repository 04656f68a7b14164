import { CfnRule, Fn, type Stack } from 'aws-cdk-lib';
import { parseRecordFilter } from '../../contract/record-filter.ts';
import type { CloudOneParameters } from './cloud-one-parameters.ts';

/**
 * The filter that the stack is deployed with: the parameter's value, or, where the filter is known at synthesis, that
 * one. It is then checked at once, and the parameter must be empty: neither may be ignored in silence.
 *
 * @throws RecordFilterError
 */
export function givenFilter(
  stack: Stack,
  { forwardingFilter, forwardingDestination }: CloudOneParameters,
  atSynthesis: string | undefined,
): string {
  const rules = parseRecordFilter(atSynthesis ?? '');
  if (rules === undefined) {
    return forwardingFilter.valueAsString;
  }
  const given = 'This template was synthesized with a filter of its own (CDK context forwardingFilter).';
  new CfnRule(stack, 'FilterIsGivenOnce', {
    assertions: [
      {
        assert: Fn.conditionEquals(forwardingFilter.valueAsString, ''),
        assertDescription: `${given} Leave ForwardingFilter empty, and set it to nothing where it was set before.`,
      },
      {
        assert: Fn.conditionNot(Fn.conditionEquals(forwardingDestination.valueAsString, 'VendorClient')),
        assertDescription: `${given} The vendor's client has none: synthesize without it, or choose another destination.`,
      },
    ],
  });
  return rules.text;
}
