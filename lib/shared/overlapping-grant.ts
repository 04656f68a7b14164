import { CfnRolePolicy, type IRole, PolicyDocument, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

export interface OverlappingGrantProps {
  readonly role: IRole;

  /**
   * Tells what the grant is for, such as a bucket's name, so that it changes with that. Letters, digits, `-`
   * and what else an inline policy's name may have; at most 128 characters.
   */
  readonly policyName: string;

  readonly statements: PolicyStatement[];
}

/**
 * Permissions that follow a parameter, such as reading the bucket that the user names.
 *
 * In the role itself they would change in place, while there is still work that was begun under the former
 * ones. A policy of another name is a replacement: CloudFormation makes the new one first, and takes the
 * former away in the clean-up, when everything that depends on it has been changed
 * (CloudFormation Template Reference, `AWS::IAM::RolePolicy`, "PolicyName").
 *
 * Whatever has the function run must depend on this construct, so that it is there before and outlives it.
 */
export class OverlappingGrant extends Construct {
  readonly policy: CfnRolePolicy;

  constructor(scope: Construct, id: string, { role, policyName, statements }: OverlappingGrantProps) {
    super(scope, id);
    this.policy = new CfnRolePolicy(this, 'Policy', {
      roleName: role.roleName,
      policyName,
      policyDocument: new PolicyDocument({ statements }),
    });
  }
}
