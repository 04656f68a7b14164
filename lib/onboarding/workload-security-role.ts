import { Aws, Validations } from 'aws-cdk-lib';
import { ArnPrincipal, PolicyDocument, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

export interface WorkloadSecurityRoleProps {
  /** Workload Security's own AWS account. */
  readonly trustedAccountId: string;

  /** The tenant's external id, without which Workload Security could be made to act for someone else. */
  readonly externalId: string;
}

/**
 * The cross-account role by which Workload Security takes inventory.
 *
 * Source of the actions: Trend Micro's published onboarding template for Workload Security.
 */
export class WorkloadSecurityRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: WorkloadSecurityRoleProps) {
    super(scope, id);
    this.role = new Role(this, 'Role', {
      description: 'Lets Trend Cloud One Workload Security take inventory of this account.',
      assumedBy: new ArnPrincipal(`arn:${Aws.PARTITION}:iam::${props.trustedAccountId}:root`),
      externalIds: [props.externalId],
      inlinePolicies: {
        Inventory: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: [
                'ec2:DescribeImages',
                'ec2:DescribeInstances',
                'ec2:DescribeRegions',
                'ec2:DescribeSubnets',
                'ec2:DescribeTags',
                'ec2:DescribeVpcs',
                'ec2:DescribeAvailabilityZones',
                'ec2:DescribeSecurityGroups',
                'workspaces:DescribeWorkspaces',
                'workspaces:DescribeWorkspaceDirectories',
                'workspaces:DescribeWorkspaceBundles',
                'workspaces:DescribeTags',
                'iam:ListAccountAliases',
              ],
              resources: ['*'],
            }),
            new PolicyStatement({
              actions: ['iam:GetRole', 'iam:GetRolePolicy'],
              resources: [`arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/*`],
            }),
          ],
        }),
      },
    });
    Validations.of(this.role).acknowledge(
      {
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'The Describe and ListAccountAliases actions take no resource.',
      },
      {
        id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iam::<AWS::AccountId>:role/*]',
        reason:
          'Meant for this role itself, whose name CloudFormation makes, so its own policy cannot name it.',
      },
    );
  }
}
