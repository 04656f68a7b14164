/**
 * What CloudFormation calls, in the deployer's name, for each resource type of our templates.
 *
 * Source: the handlers' `permissions` in the resource types' schemas (AWS CloudFormation registry, `DescribeType`),
 * without what only other properties than ours need. Tags are kept: those of a stack are put on its resources.
 */
export interface TypePermissions {
  readonly create: readonly string[];
  readonly read?: readonly string[];
  readonly update?: readonly string[];
  readonly delete: readonly string[];
  /**
   * What is needed besides where the template gives the resource this property, at its top or within, on whatever
   * occasion.
   */
  readonly with?: Readonly<Record<string, readonly string[]>>;
}

export const RESOURCE_TYPES: Readonly<Record<string, TypePermissions>> = {
  'AWS::Athena::NamedQuery': {
    create: ['athena:CreateNamedQuery'],
    read: ['athena:GetNamedQuery'],
    delete: ['athena:DeleteNamedQuery'],
  },
  'AWS::Athena::WorkGroup': {
    create: ['athena:CreateWorkGroup', 'athena:TagResource'],
    read: ['athena:GetWorkGroup', 'athena:ListTagsForResource'],
    update: ['athena:TagResource', 'athena:UntagResource', 'athena:UpdateWorkGroup'],
    delete: ['athena:DeleteWorkGroup', 'athena:GetWorkGroup', 'athena:UntagResource'],
  },
  'AWS::CloudFormation::Stack': {
    create: ['cloudformation:CreateStack', 'cloudformation:DescribeStacks'],
    read: ['cloudformation:DescribeStacks', 'cloudformation:GetStackPolicy', 'cloudformation:GetTemplate'],
    update: ['cloudformation:DescribeStacks', 'cloudformation:UpdateStack'],
    delete: ['cloudformation:DeleteStack', 'cloudformation:DescribeStacks'],
    with: { TemplateURL: ['s3:GetObject'] },
  },
  'AWS::CloudTrail::Trail': {
    create: ['cloudtrail:AddTags', 'cloudtrail:CreateTrail', 'cloudtrail:StartLogging'],
    read: [
      'cloudtrail:DescribeTrails',
      'cloudtrail:GetEventConfiguration',
      'cloudtrail:GetEventSelectors',
      'cloudtrail:GetInsightSelectors',
      'cloudtrail:GetTrail',
      'cloudtrail:GetTrailStatus',
      'cloudtrail:ListTags',
    ],
    update: [
      'cloudtrail:AddTags',
      'cloudtrail:DescribeTrails',
      'cloudtrail:GetTrail',
      'cloudtrail:RemoveTags',
      'cloudtrail:StartLogging',
      'cloudtrail:StopLogging',
      'cloudtrail:UpdateTrail',
    ],
    delete: ['cloudtrail:DeleteTrail'],
  },
  'AWS::CloudWatch::Alarm': {
    create: ['cloudwatch:DescribeAlarms', 'cloudwatch:PutMetricAlarm', 'cloudwatch:TagResource'],
    read: ['cloudwatch:DescribeAlarms', 'cloudwatch:ListTagsForResource'],
    update: [
      'cloudwatch:DescribeAlarms',
      'cloudwatch:PutMetricAlarm',
      'cloudwatch:TagResource',
      'cloudwatch:UntagResource',
    ],
    delete: ['cloudwatch:DeleteAlarms', 'cloudwatch:DescribeAlarms'],
  },
  // Its schema names none: from what the service's API has for it.
  'AWS::CloudWatch::Dashboard': {
    create: ['cloudwatch:GetDashboard', 'cloudwatch:PutDashboard'],
    read: ['cloudwatch:GetDashboard'],
    update: ['cloudwatch:GetDashboard', 'cloudwatch:PutDashboard'],
    delete: ['cloudwatch:DeleteDashboards', 'cloudwatch:GetDashboard'],
  },
  'AWS::DynamoDB::Table': {
    create: [
      'dynamodb:CreateTable',
      'dynamodb:DescribeTable',
      'dynamodb:TagResource',
      'dynamodb:UpdateTable',
    ],
    read: [
      'dynamodb:DescribeContinuousBackups',
      'dynamodb:DescribeContributorInsights',
      'dynamodb:DescribeKinesisStreamingDestination',
      'dynamodb:DescribeTable',
      'dynamodb:DescribeTimeToLive',
      'dynamodb:GetResourcePolicy',
      'dynamodb:ListTagsOfResource',
    ],
    update: [
      'dynamodb:DescribeTable',
      'dynamodb:TagResource',
      'dynamodb:UntagResource',
      'dynamodb:UpdateTable',
    ],
    delete: ['dynamodb:DeleteTable', 'dynamodb:DescribeTable'],
    with: {
      PointInTimeRecoverySpecification: ['dynamodb:UpdateContinuousBackups'],
      TimeToLiveSpecification: ['dynamodb:UpdateTimeToLive'],
    },
  },
  'AWS::Events::EventBusPolicy': {
    create: ['events:DescribeEventBus', 'events:PutPermission'],
    read: ['events:DescribeEventBus'],
    update: ['events:DescribeEventBus', 'events:PutPermission'],
    delete: ['events:DescribeEventBus', 'events:RemovePermission'],
  },
  'AWS::Events::Rule': {
    create: ['events:DescribeRule', 'events:PutRule', 'events:PutTargets', 'events:TagResource'],
    read: ['events:DescribeRule', 'events:ListTagsForResource', 'events:ListTargetsByRule'],
    update: [
      'events:DescribeRule',
      'events:PutRule',
      'events:PutTargets',
      'events:RemoveTargets',
      'events:TagResource',
      'events:UntagResource',
    ],
    delete: ['events:DeleteRule', 'events:DescribeRule', 'events:ListTargetsByRule', 'events:RemoveTargets'],
    with: { RoleArn: ['iam:PassRole'] },
  },
  'AWS::Glue::Database': {
    create: ['glue:CreateDatabase'],
    read: ['glue:GetDatabase'],
    update: ['glue:UpdateDatabase'],
    delete: ['glue:DeleteDatabase'],
  },
  'AWS::Glue::Table': {
    create: ['glue:CreateTable'],
    read: ['glue:GetTable'],
    update: ['glue:UpdateTable'],
    delete: ['glue:DeleteTable'],
  },
  'AWS::IAM::OIDCProvider': {
    create: [
      'iam:CreateOpenIDConnectProvider',
      'iam:GetOpenIDConnectProvider',
      'iam:TagOpenIDConnectProvider',
    ],
    read: ['iam:GetOpenIDConnectProvider'],
    update: [
      'iam:AddClientIDToOpenIDConnectProvider',
      'iam:GetOpenIDConnectProvider',
      'iam:ListOpenIDConnectProviderTags',
      'iam:RemoveClientIDFromOpenIDConnectProvider',
      'iam:TagOpenIDConnectProvider',
      'iam:UntagOpenIDConnectProvider',
      'iam:UpdateOpenIDConnectProviderThumbprint',
    ],
    delete: ['iam:DeleteOpenIDConnectProvider'],
  },
  'AWS::IAM::RolePolicy': {
    create: ['iam:GetRolePolicy', 'iam:PutRolePolicy'],
    read: ['iam:GetRolePolicy'],
    update: ['iam:GetRolePolicy', 'iam:PutRolePolicy'],
    delete: ['iam:DeleteRolePolicy', 'iam:GetRolePolicy'],
  },
  'AWS::IAM::Role': {
    create: ['iam:CreateRole', 'iam:GetRole', 'iam:GetRolePolicy', 'iam:PutRolePolicy', 'iam:TagRole'],
    read: ['iam:GetRole', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies'],
    update: [
      'iam:DeleteRolePolicy',
      'iam:PutRolePolicy',
      'iam:TagRole',
      'iam:UntagRole',
      'iam:UpdateAssumeRolePolicy',
      'iam:UpdateRole',
      'iam:UpdateRoleDescription',
    ],
    delete: [
      'iam:DeleteRole',
      'iam:DeleteRolePolicy',
      'iam:GetRole',
      'iam:ListAttachedRolePolicies',
      'iam:ListRolePolicies',
    ],
    with: {
      ManagedPolicyArns: ['iam:AttachRolePolicy', 'iam:DetachRolePolicy'],
      PermissionsBoundary: ['iam:DeleteRolePermissionsBoundary', 'iam:PutRolePermissionsBoundary'],
    },
  },
  'AWS::KMS::Key': {
    create: ['kms:CreateKey', 'kms:PutKeyPolicy', 'kms:TagResource'],
    read: ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus', 'kms:ListResourceTags'],
    update: [
      'kms:DescribeKey',
      'kms:ListResourceTags',
      'kms:PutKeyPolicy',
      'kms:TagResource',
      'kms:UntagResource',
      'kms:UpdateKeyDescription',
    ],
    delete: ['kms:DescribeKey', 'kms:ScheduleKeyDeletion'],
    with: { EnableKeyRotation: ['kms:DisableKeyRotation', 'kms:EnableKeyRotation'] },
  },
  'AWS::Lambda::EventInvokeConfig': {
    create: ['lambda:PutFunctionEventInvokeConfig'],
    read: ['lambda:GetFunctionEventInvokeConfig'],
    update: ['lambda:UpdateFunctionEventInvokeConfig'],
    delete: ['lambda:DeleteFunctionEventInvokeConfig'],
  },
  'AWS::Lambda::EventSourceMapping': {
    create: ['lambda:CreateEventSourceMapping', 'lambda:GetEventSourceMapping'],
    read: ['lambda:GetEventSourceMapping', 'lambda:ListTags'],
    update: ['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
    delete: ['lambda:DeleteEventSourceMapping', 'lambda:GetEventSourceMapping'],
  },
  'AWS::Lambda::Function': {
    create: [
      'iam:PassRole',
      'lambda:CreateFunction',
      'lambda:GetFunction',
      'lambda:TagResource',
      's3:GetObject',
    ],
    read: [
      'lambda:GetFunction',
      'lambda:GetFunctionCodeSigningConfig',
      'lambda:GetFunctionRecursionConfig',
      'lambda:GetFunctionScalingConfig',
      'lambda:GetRuntimeManagementConfig',
    ],
    update: [
      'iam:PassRole',
      'lambda:GetFunction',
      'lambda:TagResource',
      'lambda:UntagResource',
      'lambda:UpdateFunctionCode',
      'lambda:UpdateFunctionConfiguration',
      's3:GetObject',
    ],
    delete: ['lambda:DeleteFunction', 'lambda:GetFunction'],
    with: { RecursiveLoop: ['lambda:PutFunctionRecursionConfig'] },
  },
  'AWS::Lambda::Permission': {
    create: ['lambda:AddPermission'],
    read: ['lambda:GetPolicy'],
    delete: ['lambda:RemovePermission'],
  },
  'AWS::Logs::LogGroup': {
    create: ['logs:CreateLogGroup', 'logs:DescribeLogGroups', 'logs:TagResource'],
    read: [
      'logs:DescribeIndexPolicies',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetDataProtectionPolicy',
      'logs:ListTagsForResource',
    ],
    update: ['logs:DescribeLogGroups', 'logs:ListTagsForResource', 'logs:TagResource', 'logs:UntagResource'],
    delete: ['logs:DeleteDataProtectionPolicy', 'logs:DeleteLogGroup', 'logs:DescribeLogGroups'],
    with: { RetentionInDays: ['logs:DeleteRetentionPolicy', 'logs:PutRetentionPolicy'] },
  },
  'AWS::S3::Bucket': {
    create: ['s3:CreateBucket', 's3:GetBucketAcl', 's3:ListBucket', 's3:PutBucketTagging', 's3:TagResource'],
    read: [
      's3:GetAccelerateConfiguration',
      's3:GetAnalyticsConfiguration',
      's3:GetBucketAbac',
      's3:GetBucketCORS',
      's3:GetBucketLogging',
      's3:GetBucketMetadataTableConfiguration',
      's3:GetBucketNotification',
      's3:GetBucketObjectLockConfiguration',
      's3:GetBucketOwnershipControls',
      's3:GetBucketPublicAccessBlock',
      's3:GetBucketTagging',
      's3:GetBucketVersioning',
      's3:GetBucketWebsite',
      's3:GetEncryptionConfiguration',
      's3:GetIntelligentTieringConfiguration',
      's3:GetInventoryConfiguration',
      's3:GetLifecycleConfiguration',
      's3:GetMetricsConfiguration',
      's3:GetReplicationConfiguration',
      's3:ListBucket',
      's3:ListTagsForResource',
    ],
    update: ['s3:ListBucket', 's3:PutBucketTagging', 's3:TagResource', 's3:UntagResource'],
    delete: ['s3:DeleteBucket', 's3:ListBucket'],
    with: {
      BucketEncryption: ['s3:PutEncryptionConfiguration'],
      LifecycleConfiguration: ['s3:PutLifecycleConfiguration'],
      LoggingConfiguration: ['s3:PutBucketLogging'],
      NotificationConfiguration: ['s3:PutBucketNotification'],
      ObjectLockConfiguration: ['s3:PutBucketObjectLockConfiguration'],
      OwnershipControls: ['s3:PutBucketOwnershipControls'],
      PublicAccessBlockConfiguration: ['s3:PutBucketPublicAccessBlock'],
      VersioningConfiguration: ['s3:PutBucketVersioning'],
    },
  },
  'AWS::S3::BucketPolicy': {
    create: ['s3:GetBucketPolicy', 's3:PutBucketPolicy'],
    read: ['s3:GetBucketPolicy'],
    update: ['s3:GetBucketPolicy', 's3:PutBucketPolicy'],
    delete: ['s3:DeleteBucketPolicy', 's3:GetBucketPolicy'],
  },
  'AWS::SNS::Subscription': {
    create: ['sns:Subscribe'],
    read: ['sns:GetSubscriptionAttributes'],
    update: ['sns:SetSubscriptionAttributes'],
    delete: ['sns:GetSubscriptionAttributes', 'sns:Unsubscribe'],
  },
  'AWS::SNS::Topic': {
    create: ['sns:CreateTopic', 'sns:GetTopicAttributes', 'sns:TagResource'],
    read: [
      'sns:GetDataProtectionPolicy',
      'sns:GetTopicAttributes',
      'sns:ListSubscriptionsByTopic',
      'sns:ListTagsForResource',
    ],
    update: [
      'sns:GetTopicAttributes',
      'sns:ListSubscriptionsByTopic',
      'sns:ListTagsForResource',
      'sns:SetTopicAttributes',
      'sns:TagResource',
      'sns:UntagResource',
    ],
    delete: ['sns:DeleteTopic', 'sns:GetTopicAttributes'],
  },
  'AWS::SNS::TopicPolicy': {
    create: ['sns:SetTopicAttributes'],
    update: ['sns:SetTopicAttributes'],
    delete: ['sns:SetTopicAttributes'],
  },
  'AWS::SQS::Queue': {
    create: [
      'sqs:CreateQueue',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:ListQueueTags',
      'sqs:TagQueue',
    ],
    read: ['sqs:GetQueueAttributes', 'sqs:ListQueueTags'],
    update: [
      'sqs:GetQueueAttributes',
      'sqs:ListQueueTags',
      'sqs:SetQueueAttributes',
      'sqs:TagQueue',
      'sqs:UntagQueue',
    ],
    delete: ['sqs:DeleteQueue', 'sqs:GetQueueAttributes'],
  },
  'AWS::SQS::QueuePolicy': {
    create: ['sqs:SetQueueAttributes'],
    update: ['sqs:SetQueueAttributes'],
    delete: ['sqs:SetQueueAttributes'],
  },
  'AWS::SSM::Parameter': {
    create: ['ssm:AddTagsToResource', 'ssm:GetParameters', 'ssm:PutParameter'],
    read: ['ssm:GetParameters', 'ssm:ListTagsForResource'],
    update: ['ssm:AddTagsToResource', 'ssm:GetParameters', 'ssm:PutParameter', 'ssm:RemoveTagsFromResource'],
    delete: ['ssm:DeleteParameter'],
  },
  'AWS::SecretsManager::RotationSchedule': {
    create: ['lambda:InvokeFunction', 'secretsmanager:DescribeSecret', 'secretsmanager:RotateSecret'],
    read: ['secretsmanager:DescribeSecret'],
    update: ['lambda:InvokeFunction', 'secretsmanager:DescribeSecret', 'secretsmanager:RotateSecret'],
    delete: ['secretsmanager:CancelRotateSecret', 'secretsmanager:DescribeSecret'],
  },
  'AWS::SecretsManager::Secret': {
    create: ['secretsmanager:CreateSecret', 'secretsmanager:DescribeSecret', 'secretsmanager:TagResource'],
    read: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
    update: [
      'secretsmanager:GetSecretValue',
      'secretsmanager:TagResource',
      'secretsmanager:UntagResource',
      'secretsmanager:UpdateSecret',
    ],
    delete: ['secretsmanager:DeleteSecret', 'secretsmanager:DescribeSecret'],
    // Secrets Manager uses the key in the caller's name: AWS Secrets Manager User Guide, "Secret encryption and
    // decryption".
    with: { KmsKeyId: ['kms:Decrypt', 'kms:GenerateDataKey'] },
  },
};

/** CloudFormation calls the function behind a custom resource. */
export const CUSTOM_RESOURCE: TypePermissions = {
  create: ['lambda:InvokeFunction'],
  update: ['lambda:InvokeFunction'],
  delete: ['lambda:InvokeFunction'],
};

/** Made by CloudFormation itself: nothing is called. */
export const WITHOUT_PERMISSIONS: ReadonlySet<string> = new Set(['AWS::CDK::Metadata']);
