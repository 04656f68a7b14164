/**
 * Where a policy allows more than named things, and why it must. Whatever is not listed here has no wildcard, neither
 * in an action nor in a resource.
 */
export interface Wildcard {
  /** The stack, and where the policy stands in it. */
  readonly path: string;
  readonly actions: readonly string[];
  /** `forced`: the service knows no resource for the action; the Service Authorization Reference says so. */
  readonly kind: 'forced' | 'chosen';
  readonly reason: string;
  readonly source: string;
}

const KEY_POLICY =
  'AWS KMS Developer Guide, "Default key policy": the resource of a key policy is the key itself';
const S3_ACTIONS = 'Service Authorization Reference, "Amazon S3": objects are resources below the bucket';

export const WILDCARDS: readonly Wildcard[] = [
  {
    path: 'CloudOne/Key',
    actions: ['kms:*'],
    kind: 'chosen',
    reason: 'for the account itself, so that IAM policies can manage the key',
    source: KEY_POLICY,
  },
  {
    path: 'CloudOne/Key',
    actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    kind: 'chosen',
    reason: 'for CloudWatch, with alarms of this stack only: it asks for a data key in one way or another',
    source: 'Amazon SNS Developer Guide, "Enable compatibility between event sources and encrypted topics"',
  },
  {
    path: 'CloudOne/NewTrail/Key',
    actions: ['kms:*'],
    kind: 'chosen',
    reason: 'for the account itself, so that IAM policies can manage the key',
    source: KEY_POLICY,
  },
  {
    path: 'CloudOne/NewTrail/Key',
    actions: ['kms:GenerateDataKey*'],
    kind: 'chosen',
    reason: 'for CloudTrail, with our trail only: it asks for a data key in one way or another',
    source: 'AWS CloudTrail User Guide, "Configure AWS KMS key policies for CloudTrail"',
  },
  {
    path: 'CloudOne/NewTrail/Key',
    actions: ['kms:DescribeKey'],
    kind: 'chosen',
    reason: 'for CloudTrail, with our trail only',
    source: KEY_POLICY,
  },
  {
    path: 'CloudOne/NewTrail/Key',
    actions: ['kms:Decrypt'],
    kind: 'chosen',
    reason: 'through S3, for roles with the name of the vendor’s client stack in this account',
    source: KEY_POLICY,
  },
  {
    path: 'CloudOne/NewTrail/AccessLogs/Policy',
    actions: ['s3:PutObject'],
    kind: 'chosen',
    reason: 'S3 names the access logs',
    source: 'Amazon S3 User Guide, "Enabling Amazon S3 server access logging"',
  },
  {
    path: 'CloudOne/NewTrail/Bucket/Policy',
    actions: ['s3:PutObject'],
    kind: 'chosen',
    reason: 'CloudTrail names the files, below this account’s folder',
    source: 'AWS CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail"',
  },
  {
    path: 'CloudOne/NewTrail/TrailBucketTeardown/Handler/Role',
    actions: ['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:DeleteObjectVersion'],
    kind: 'chosen',
    reason: 'all objects of the trail’s own buckets are deleted',
    source: S3_ACTIONS,
  },
  {
    path: 'CloudOne/Completeness/Check/Role',
    actions: ['s3:GetObject', 's3:GetObjectVersion'],
    kind: 'chosen',
    reason: 'CloudTrail names the digests and the files, in one bucket',
    source: S3_ACTIONS,
  },
  {
    path: 'CloudOne/Completeness/Check/Role',
    actions: ['cloudtrail:ListPublicKeys'],
    kind: 'forced',
    reason: 'the keys are of CloudTrail, the same for every account',
    source: 'Service Authorization Reference, "AWS CloudTrail": no resource types',
  },
  {
    path: 'CloudOne/Forwarding/ForwarderGrant/Policy',
    actions: ['s3:GetObject', 's3:GetObjectVersion'],
    kind: 'chosen',
    reason: 'CloudTrail names the files, in one bucket',
    source: S3_ACTIONS,
  },
  {
    path: 'CloudOne/BucketLookUp/CloudTrailBucket/Handler/Role',
    actions: ['s3:GetObject'],
    kind: 'chosen',
    reason: 'CloudTrail names the newest file, in one bucket',
    source: S3_ACTIONS,
  },
  {
    path: 'CloudOne/BucketLookUp/CloudTrailSample/Handler/Role',
    actions: ['s3:GetObject'],
    kind: 'chosen',
    reason: 'CloudTrail names the newest file, in one bucket',
    source: S3_ACTIONS,
  },
  {
    path: 'CloudOne/BucketLookUp/CloudTrailBucket/Handler/Role',
    actions: [
      'cloudtrail:DescribeTrails',
      'kms:ListAliases',
      's3:ListAllMyBuckets',
      'events:ListRules',
      'events:ListRuleNamesByTarget',
    ],
    kind: 'forced',
    reason: 'which trails, aliases and rules concern the bucket is what it looks for',
    source:
      'Service Authorization Reference, "AWS CloudTrail", "AWS KMS", "Amazon S3", "Amazon EventBridge": no resource types',
  },
  {
    path: 'CloudOne/BucketLookUp/CloudTrailBucket/Handler/Role',
    actions: ['cloudformation:DescribeStacks'],
    kind: 'chosen',
    reason: 'which stacks concern the bucket is what it looks for, so it names none of them',
    source: 'AWS CloudFormation API Reference, DescribeStacks: all stacks where none is named',
  },
  {
    path: 'Relay/Key',
    actions: ['kms:*'],
    kind: 'chosen',
    reason: 'for the account itself, so that IAM policies can manage the key',
    source: KEY_POLICY,
  },
  {
    path: 'Relay/Key',
    actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    kind: 'chosen',
    reason: 'for CloudWatch, with alarms of this stack only: it asks for a data key in one way or another',
    source: 'Amazon SNS Developer Guide, "Enable compatibility between event sources and encrypted topics"',
  },
  {
    path: 'CloudOne/Health/Check/Role',
    actions: ['cloudwatch:GetMetricStatistics'],
    kind: 'forced',
    reason: 'when a file was last forwarded, and how long the oldest waits, only CloudWatch remembers',
    source: 'Service Authorization Reference, "Amazon CloudWatch": no resource types',
  },
  {
    path: 'CloudOne/ExistingBucket/NotificationWatch/Watch/Role',
    actions: ['events:ListRules', 'events:ListRuleNamesByTarget'],
    kind: 'forced',
    reason: 'whether a rule relays the bucket’s events is what it looks for',
    source: 'Service Authorization Reference, "Amazon EventBridge": no resource types',
  },
  {
    path: 'CloudOne/ExistingBucket/BucketNotification/Handler/Role',
    actions: ['events:ListRules'],
    kind: 'forced',
    reason: 'which rules of others name the bucket is what it looks for',
    source: 'Service Authorization Reference, "Amazon EventBridge": rules, all of the bus',
  },
  {
    path: 'CloudOne/Onboarding/WorkloadSecurityRole/Role',
    actions: [
      'ec2:DescribeAvailabilityZones',
      'ec2:DescribeImages',
      'ec2:DescribeInstances',
      'ec2:DescribeRegions',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSubnets',
      'ec2:DescribeTags',
      'ec2:DescribeVpcs',
      'iam:ListAccountAliases',
      'workspaces:DescribeTags',
      'workspaces:DescribeWorkspaceBundles',
      'workspaces:DescribeWorkspaceDirectories',
      'workspaces:DescribeWorkspaces',
    ],
    kind: 'forced',
    reason: 'the vendor’s inventory of instances, networks and workspaces',
    source:
      'Service Authorization Reference, "Amazon EC2", "Amazon WorkSpaces", "AWS IAM": no resource types',
  },
  {
    path: 'CloudOne/Onboarding/WorkloadSecurityRole/Role',
    actions: ['iam:GetRole', 'iam:GetRolePolicy'],
    kind: 'chosen',
    reason: 'meant for the role itself, whose name CloudFormation makes, so its own policy cannot name it',
    source: 'the vendor’s published onboarding template for Workload Security',
  },
  {
    path: 'published CloudOne/CodeFunctionCodeHandlerRoleCFEF0CF9',
    actions: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
    kind: 'chosen',
    reason: 'copies the functions’ code into the stack’s own staging bucket, and empties it',
    source: S3_ACTIONS,
  },
  {
    path: 'AuditArchive/Key',
    actions: ['kms:*'],
    kind: 'chosen',
    reason: 'for the account itself, so that IAM policies can manage the key',
    source: KEY_POLICY,
  },
  {
    path: 'AuditArchive/Key',
    actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    kind: 'chosen',
    reason: 'for CloudWatch, with alarms of this stack only: it asks for a data key in one way or another',
    source: 'Amazon SNS Developer Guide, "Enable compatibility between event sources and encrypted topics"',
  },
  {
    path: 'AuditArchive/Raw/Key',
    actions: ['kms:*'],
    kind: 'chosen',
    reason: 'for the account itself, so that IAM policies can manage the key',
    source: KEY_POLICY,
  },
  {
    path: 'AuditArchive/Raw/AccessLogs/Policy',
    actions: ['s3:PutObject'],
    kind: 'chosen',
    reason: 'S3 names the access logs',
    source: 'Amazon S3 User Guide, "Enabling Amazon S3 server access logging"',
  },
  {
    path: 'AuditArchive/Derived/DerivedBucketTeardown/Handler/Role',
    actions: ['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:DeleteObjectVersion'],
    kind: 'chosen',
    reason: 'all objects of the derived bucket are deleted with the stack',
    source: S3_ACTIONS,
  },
  {
    path: 'AuditArchive/Derivation/Function/Role',
    actions: ['s3:GetObject'],
    kind: 'chosen',
    reason: 'objects are named after the hours of their records',
    source: S3_ACTIONS,
  },
  {
    path: 'AuditArchive/Derivation/Function/Role',
    actions: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
    kind: 'chosen',
    reason: 'files are named after the hours of their events',
    source: S3_ACTIONS,
  },
  {
    path: 'AuditArchive/Reports/Function/Role',
    actions: ['s3:GetObject'],
    kind: 'chosen',
    reason: 'objects are named after the hours of their records, and reports after their definitions',
    source: S3_ACTIONS,
  },
  {
    path: 'AuditArchive/Reports/Function/Role',
    actions: ['s3:PutObject'],
    kind: 'chosen',
    reason: 'reports are named after their definitions',
    source: S3_ACTIONS,
  },
  {
    path: 'AuditArchive/CloudOne/Function/Role',
    actions: ['s3:GetObject', 's3:PutObject'],
    kind: 'chosen',
    reason: 'objects are named after the hours of their records, below this source’s folders',
    source: S3_ACTIONS,
  },
  {
    path: 'AuditArchive/AppDynamics/Function/Role',
    actions: ['s3:GetObject', 's3:PutObject'],
    kind: 'chosen',
    reason: 'objects are named after the hours of their records, below this source’s folders',
    source: S3_ACTIONS,
  },
  {
    path: 'AuditArchive/IbmCloud/Function/Role',
    actions: ['s3:GetObject', 's3:PutObject'],
    kind: 'chosen',
    reason: 'objects are named after the hours of their records, below this source’s folders',
    source: S3_ACTIONS,
  },
  {
    path: 'published AuditArchive/CodeFunctionCodeHandlerRoleCFEF0CF9',
    actions: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
    kind: 'chosen',
    reason: 'copies the functions’ code into the stack’s own staging bucket, and empties it',
    source: S3_ACTIONS,
  },
];
