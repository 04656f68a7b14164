/**
 * What CloudFormation calls in the deployer's name, by AWS's own account: the permissions that the handlers of each
 * resource type declare. They are declared for all properties; what only some of them need is told apart here.
 */
import facts from './resource-handlers.json' with { type: 'json' };

type Handlers = Readonly<Partial<Record<'create' | 'read' | 'update' | 'delete', readonly string[]>>>;

const handlers: Readonly<Record<string, Handlers>> = facts.handlers;

/** Types whose handlers are known. A custom resource has none: CloudFormation calls the function behind it. */
export const KNOWN_TYPES: readonly string[] = Object.keys(handlers);

/**
 * Actions that are called only where a resource has a property, at its top or within, by type. Judged by what the
 * services' own documentation says of the property.
 */
export const ONLY_WITH: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  // Of notebooks, which run with a role: where queries' results go is no business of a workgroup's creation.
  'AWS::Athena::WorkGroup': { ExecutionRole: /^(iam:PassRole$|kms:|s3:)/ },
  'AWS::CloudFormation::Stack': {
    RoleARN: /^iam:PassRole$/,
    StackPolicyBody: /:SetStackPolicy$/,
    EnableTerminationProtection: /:UpdateTerminationProtection$/,
  },
  'AWS::CloudTrail::Trail': {
    AggregationConfigurations: /:PutEventConfiguration$/,
    CloudWatchLogsRoleArn: /^iam:(GetRole|PassRole)$/,
    EventSelectors: /:PutEventSelectors$/,
    InsightSelectors: /:PutInsightSelectors$/,
    IsOrganizationTrail: /^(organizations:|iam:CreateServiceLinkedRole$)/,
  },
  'AWS::DynamoDB::Table': {
    ContributorInsightsSpecification: /:UpdateContributorInsights$/,
    ImportSourceSpecification: /^(logs:|s3:|dynamodb:(ImportTable|DescribeImport)$)/,
    KinesisStreamSpecification: /^(kinesis:|dynamodb:(Enable|Disable|Update)KinesisStreamingDestination$)/,
    // Of a global table, which is another type of resource.
    Replicas:
      /^(iam:|dynamodb:(AssociateTableReplica|CreateTableReplica|BatchWriteItem|DeleteItem|GetItem|PutItem|Query|Scan|UpdateItem)$)/,
    ResourcePolicy: /:(Put|Delete)ResourcePolicy$/,
    SSESpecification: /^kms:/,
    TimeToLiveSpecification: /:UpdateTimeToLive$/,
  },
  'AWS::Events::Rule': { RoleArn: /^iam:PassRole$/ },
  'AWS::KMS::Key': { Enabled: /:(DisableKey|EnableKey)$/ },
  'AWS::Lambda::EventSourceMapping': { KmsKeyArn: /^kms:/, Tags: /:(TagResource|UntagResource)$/ },
  'AWS::Lambda::Function': {
    CapacityProviderConfig: /:(PassCapacityProvider|PutFunctionScalingConfig)$/,
    CodeSigningConfigArn:
      /:(GetCodeSigningConfig|PutFunctionCodeSigningConfig|DeleteFunctionCodeSigningConfig)$/,
    FileSystemConfigs: /^(elasticfilesystem|s3files):/,
    KmsKeyArn: /^kms:/,
    Layers: /:GetLayerVersion$/,
    PublishToLatestPublished: /:PublishVersion$/,
    RecursiveLoop: /:PutFunctionRecursionConfig$/,
    ReservedConcurrentExecutions: /:(Put|Delete)FunctionConcurrency$/,
    RuntimeManagementConfig: /:PutRuntimeManagementConfig$/,
    S3ObjectVersion: /^s3:GetObjectVersion$/,
    VpcConfig: /^ec2:/,
  },
  'AWS::Logs::LogGroup': {
    BearerTokenAuthenticationEnabled: /:PutBearerTokenAuthentication$/,
    // Findings can go to a delivery stream or a bucket.
    DataProtectionPolicy: /:(PutDataProtectionPolicy|CreateLogDelivery|TagDeliveryStream)$/,
    DeletionProtectionEnabled: /:PutLogGroupDeletionProtection$/,
    FieldIndexPolicies: /:(Put|Delete)IndexPolicy$/,
    KmsKeyId: /:(Associate|Disassociate)KmsKey$/,
    ResourcePolicyDocument: /:(Put|Delete)ResourcePolicy$/,
  },
  'AWS::S3::Bucket': {
    AbacStatus: /:PutBucketAbac$/,
    AccelerateConfiguration: /:PutAccelerateConfiguration$/,
    AccessControl: /:(PutObjectAcl|PutBucketAcl)$/,
    AnalyticsConfigurations: /:PutAnalyticsConfiguration$/,
    CorsConfiguration: /:PutBucketCORS$/,
    IntelligentTieringConfigurations: /:PutIntelligentTieringConfiguration$/,
    InventoryConfigurations: /:PutInventoryConfiguration$/,
    MetadataTableConfiguration: /^(s3tables:|s3:(Create|Update|Delete)BucketMetadata|s3:DeleteObject$)/,
    MetricsConfigurations: /:PutMetricsConfiguration$/,
    NotificationConfiguration: /:PutBucketNotification$/,
    ObjectLockConfiguration: /:PutBucketObjectLockConfiguration$/,
    ReplicationConfiguration: /^(iam:PassRole$|s3:PutReplicationConfiguration$)/,
    WebsiteConfiguration: /:(Put|Delete)BucketWebsite$/,
  },
  'AWS::SNS::Subscription': { SubscriptionRoleArn: /^iam:/ },
  'AWS::SNS::Topic': {
    DataProtectionPolicy: /:PutDataProtectionPolicy$/,
    DeliveryStatusLogging: /^iam:/,
    Subscription: /:(Subscribe|Unsubscribe)$/,
  },
  'AWS::SecretsManager::RotationSchedule': { HostedRotationLambda: /^iam:PassRole$/ },
  'AWS::SecretsManager::Secret': {
    GenerateSecretString: /:GetRandomPassword$/,
    ReplicaRegions: /:(ReplicateSecretToRegions|RemoveRegionsFromReplication)$/,
  },
  'AWS::IAM::Role': {
    ManagedPolicyArns: /:(Attach|Detach)RolePolicy$/,
    PermissionsBoundary: /:(Put|Delete)RolePermissionsBoundary$/,
  },
};

/** What the schemas name and IAM does not know. Source: Service Authorization Reference. */
const NO_ACTIONS = new Set([
  's3:DeleteBucketAnalyticsConfiguration',
  's3:DeleteBucketCors',
  's3:DeleteBucketEncryption',
  's3:DeleteBucketLifecycle',
  's3:DeleteBucketMetricsConfiguration',
  's3:DeleteBucketReplication',
  's3:GetObjectMetadata',
  's3:PutBucketReplication',
  's3:PutObjectLockConfiguration',
  's3:REST.PUT.OBJECT',
]);

/**
 * The actions that the handlers of a resource may call, given its properties.
 *
 * @returns undefined for a type that is not known.
 */
export function handlerActions(type: string, properties: unknown): readonly string[] | undefined {
  const declared = handlers[type];
  if (declared === undefined) {
    return undefined;
  }
  const conditional = Object.entries(ONLY_WITH[type] ?? {});
  const present = propertiesWithin(properties);
  return [...new Set(Object.values(declared).flat())].filter((action) => {
    const reasons = conditional.filter(([, actions]) => actions.test(action));
    const isNeeded = reasons.length === 0 || reasons.some(([property]) => present.has(property));
    return isNeeded && !NO_ACTIONS.has(action);
  });
}

function propertiesWithin(value: unknown): ReadonlySet<string> {
  if (typeof value !== 'object' || value === null) {
    return new Set();
  }
  const names = Array.isArray(value) ? [] : Object.keys(value);
  return new Set([...names, ...Object.values(value).flatMap((item) => [...propertiesWithin(item)])]);
}
