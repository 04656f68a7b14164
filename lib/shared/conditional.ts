import { type CfnCondition, CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Makes every resource of a construct depend on a condition.
 *
 * A published template decides by parameters, so whether a construct exists is known at deployment only.
 */
export function onlyIf(condition: CfnCondition, construct: IConstruct): void {
  for (const child of construct.node.findAll()) {
    if (child instanceof CfnResource) {
      child.cfnOptions.condition = condition;
    }
  }
}
