/**
 * What Trend Micro says that a deployer needs.
 *
 * Source: Trend Micro's AWS onboarding guide, "Required AWS permissions and resources", the lists for deploying the
 * stack, in its order. The first of the guide's lists is of functions, and our templates give those less.
 */
export const VENDOR_LISTS: Readonly<Record<string, readonly string[]>> = {
  'create, update, delete and describe CloudFormation stacks': [
    'cloudformation:CreateStack',
    'cloudformation:UpdateStack',
    'cloudformation:DeleteStack',
    'cloudformation:DescribeStacks',
  ],
  'create and update Lambda functions, and read their configuration': [
    'lambda:CreateFunction',
    'lambda:UpdateFunctionCode',
    'lambda:GetFunctionConfiguration',
  ],
  'create the roles of Lambda functions, attach policies to them and detach them': [
    'iam:ListAccountAliases',
    'iam:CreateRole',
    'iam:DeleteRole',
    'iam:CreatePolicy',
    'iam:PassRole',
    'iam:AttachRolePolicy',
    'iam:DetachRolePolicy',
    'iam:DeleteRolePolicy',
    'iam:PutRolePolicy',
    'iam:GetRole',
    'iam:GetRolePolicy',
  ],
  'create log groups and streams, and write the logs of Lambda functions': [
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ],
  'download code from a bucket': ['s3:GetObject', 's3:GetBucketLocation'],
  'create and trigger custom resources': [
    'lambda:InvokeFunction',
    'lambda:CreateFunction',
    'lambda:DeleteFunction',
    'lambda:GetFunction',
    'lambda:GetFunctionConfiguration',
    'lambda:AddPermission',
    'lambda:RemovePermission',
    'lambda:UpdateFunctionCode',
    'lambda:UpdateFunctionConfiguration',
    'lambda:InvokeFunction',
  ],
};
