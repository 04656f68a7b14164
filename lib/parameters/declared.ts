/** Declares a stack's parameters, and the form that the CloudFormation console shows of them. */
import { CfnParameter, type CfnParameterProps, type Stack } from 'aws-cdk-lib';

export interface DeclaredParameter<Group extends string = string> extends CfnParameterProps {
  readonly group: Group;
  /** What the console shows in place of the name. */
  readonly label: string;
  readonly description: string;
}

/**
 * @param names of the parameters, by what the code calls them.
 * @param groups the labels of the form's groups, in its order.
 */
export function declareParameters<Key extends string, Group extends string>(
  stack: Stack,
  names: Readonly<Record<Key, string>>,
  declarations: Readonly<Record<Key, DeclaredParameter<Group>>>,
  groups: Readonly<Record<Group, string>>,
): Record<Key, CfnParameter> {
  const keys = Object.keys(declarations) as Key[];
  stack.templateOptions.metadata = {
    'AWS::CloudFormation::Interface': {
      ParameterGroups: Object.entries(groups).map(([group, label]) => ({
        Label: { default: label },
        Parameters: keys.filter((key) => declarations[key].group === group).map((key) => names[key]),
      })),
      ParameterLabels: Object.fromEntries(
        keys.map((key) => [names[key], { default: declarations[key].label }]),
      ),
    },
  };
  return Object.fromEntries(
    keys.map((key) => {
      const { group: _, label: __, ...props } = declarations[key];
      return [key, new CfnParameter(stack, names[key], props)];
    }),
  ) as Record<Key, CfnParameter>;
}
