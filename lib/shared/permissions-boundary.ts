import { Aspects, Aws, type CfnCondition, type CfnParameter, Fn, type Stack } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { acknowledgeLint } from './template-checks.ts';

/**
 * Puts the user's permissions boundary on every role of a stack, where one is given.
 *
 * Whoever may create roles only with a boundary on them can deploy then. It does not reach into a nested stack
 * whose template is somebody else's.
 *
 * @param given the condition that the parameter is not empty.
 */
export function boundEveryRole(stack: Stack, policyArn: CfnParameter, given: CfnCondition): void {
  const boundary = Fn.conditionIf(given.logicalId, policyArn.valueAsString, Aws.NO_VALUE).toString();
  Aspects.of(stack).add({
    visit(node: IConstruct) {
      if (node instanceof CfnRole) {
        node.permissionsBoundary = boundary;
        acknowledgeLint(
          node,
          'W1030',
          'The parameter may be empty; then the condition leaves the boundary out.',
        );
      }
    },
  });
}
