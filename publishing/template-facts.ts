/** What the launch page tells of a template, read from the template itself. */

export interface Template {
  readonly Description?: string;
  readonly Metadata?: {
    readonly 'AWS::CloudFormation::Interface'?: { readonly ParameterGroups?: readonly ParameterGroup[] };
  };
  readonly Parameters: Readonly<Record<string, Parameter>>;
  readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
}

interface ParameterGroup {
  readonly Label: { readonly default: string };
  readonly Parameters: readonly string[];
}

interface Parameter {
  readonly Default?: string;
  readonly Description?: string;
  readonly AllowedValues?: readonly string[];
  readonly NoEcho?: boolean;
}

export interface ParameterFacts {
  readonly name: string;
  readonly description: string;
  /** `undefined` where a value must be given. */
  readonly default: string | undefined;
  readonly allowedValues: readonly string[];
  /** CloudFormation never shows it again. */
  readonly isSecret: boolean;
}

export interface GroupFacts {
  readonly label: string;
  readonly parameters: readonly ParameterFacts[];
}

/** The parameters as the console groups them, in its order. */
export function parameterGroups({ Metadata, Parameters }: Template): GroupFacts[] {
  const groups = Metadata?.['AWS::CloudFormation::Interface']?.ParameterGroups ?? [];
  return groups.map(({ Label, Parameters: names }) => ({
    label: Label.default,
    parameters: names.map((name) => ({
      name,
      description: Parameters[name]?.Description ?? '',
      default: Parameters[name]?.Default,
      allowedValues: Parameters[name]?.AllowedValues ?? [],
      isSecret: Parameters[name]?.NoEcho ?? false,
    })),
  }));
}

/** What people count, in their words. Policies, settings and our custom resources belong to one of these. */
const COUNTED: Readonly<Record<string, readonly [one: string, many: string]>> = {
  'AWS::Lambda::Function': ['function', 'functions'],
  'AWS::IAM::Role': ['IAM role', 'IAM roles'],
  'AWS::Logs::LogGroup': ['log group', 'log groups'],
  'AWS::SQS::Queue': ['queue', 'queues'],
  'AWS::DynamoDB::Table': ['table', 'tables'],
  'AWS::SecretsManager::Secret': ['secret', 'secrets'],
  'AWS::KMS::Key': ['encryption key', 'encryption keys'],
  'AWS::S3::Bucket': ['bucket', 'buckets'],
  'AWS::CloudTrail::Trail': ['trail', 'trails'],
  'AWS::Events::Rule': ['event rule', 'event rules'],
  'AWS::CloudWatch::Alarm': ['alarm', 'alarms'],
  'AWS::CloudFormation::Stack': ['nested stack', 'nested stacks'],
};

/** Such as `16 functions`. What a parameter leaves out is counted too. */
export function resourceCounts({ Resources }: Template): string[] {
  const types = Object.values(Resources).map(({ Type }) => Type);
  return Object.entries(COUNTED).flatMap(([type, [one, many]]) => {
    const count = types.filter((candidate) => candidate === type).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  });
}
