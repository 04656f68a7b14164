import { CfnResource, Lazy, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Rules of the linter for CloudFormation that look at a parameter's default and not at the condition around it. */
export type LintRule = 'W1030' | 'W1032';

interface LintConfiguration {
  readonly config: { readonly ignore_checks: readonly LintRule[] };
}

/**
 * Tells both who check templates, the CDK and cfn-lint, that a finding at a resource is none.
 *
 * cfn-lint reads it in the resource's metadata, so that a published template is as clean as one in this repository.
 */
export function acknowledgeLint(construct: IConstruct, rule: LintRule, reason: string): void {
  const resource = (
    CfnResource.isCfnResource(construct) ? construct : construct.node.defaultChild
  ) as CfnResource;
  const { config } = (resource.getMetadata('cfn-lint') as LintConfiguration | undefined) ?? {
    config: { ignore_checks: [] },
  };
  const rules = new Set([...config.ignore_checks, rule]);
  resource.addMetadata('cfn-lint', { config: { ignore_checks: [...rules] } } satisfies LintConfiguration);
  Validations.of(resource).acknowledge({ id: `CloudFormation-Validate::${rule}`, reason });
}

/**
 * Leaves out of a resource's `DependsOn` what its properties name already: the CDK says it twice, and linters
 * complain of it.
 *
 * @param named what a property refers to.
 */
export function namedAlready(resource: CfnResource, named: CfnResource): void {
  const others = () =>
    resource
      .obtainDependencies()
      .flatMap((other) => (other instanceof CfnResource && other !== named ? [other.logicalId] : []))
      .toSorted();
  // An absent value takes the attribute away.
  resource.addOverride('DependsOn', Lazy.any({ produce: others }, { omitEmptyArray: true }));
}
