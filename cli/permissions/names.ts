import { type Known, type Place, type Template, textsOf } from './template.ts';

/** The names of what a deployment makes or reads, as far as they are known before it: patterns with `*`. */
export interface Names {
  /** Beginning of the names that CloudFormation makes. */
  readonly made: string;
  readonly secrets: readonly string[];
  readonly trails: readonly string[];
  /** Of Systems Manager. */
  readonly parameters: readonly string[];
  /** Where code and nested templates are read. */
  readonly sourceBuckets: readonly string[];
  readonly oidcProviders: readonly string[];
  /** Of Athena. */
  readonly workGroups: readonly string[];
  /** Of the Glue Data Catalog. */
  readonly databases: readonly string[];
}

/**
 * CloudFormation names a resource after its stack, its logical id and chance; a name that would get too long has the
 * first two shortened (AWS CloudFormation User Guide, "Name type"). Names of 24 characters are kept: the tightest limit, of
 * 63 and 64 characters, leaves that much. Secrets were seen named after their
 * logical id alone, which is not documented: both are allowed.
 */
const KEPT_OF_STACK_NAME = 24;

export function namesIn(template: Template, { stack }: Place, known: Known): Names {
  const valuesOf = (type: string, property: string) =>
    Object.values(template.Resources).flatMap(({ Type, Properties }) =>
      Type === type && property in Properties ? textsOf(Properties[property], known) : [],
    );
  const code = Object.values(template.Resources).flatMap(({ Type, Properties }) => {
    const bucket = (Properties.Code as { S3Bucket?: unknown } | undefined)?.S3Bucket;
    return Type === 'AWS::Lambda::Function' && bucket !== undefined ? textsOf(bucket, known) : [];
  });
  const nested = valuesOf('AWS::CloudFormation::Stack', 'TemplateURL').flatMap(bucketOfUrl);
  const made = stack.length > KEPT_OF_STACK_NAME ? `${stack.slice(0, KEPT_OF_STACK_NAME)}*` : `${stack}-*`;
  const secrets = Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) => {
    if (Type !== 'AWS::SecretsManager::Secret') {
      return [];
    }
    // Secrets Manager adds six characters of its own to the ARN.
    return 'Name' in Properties
      ? textsOf(Properties.Name, known).map((name) => `${name}-*`)
      : [`${id}-*`, made];
  });
  return {
    made,
    secrets: distinct(secrets),
    trails: distinct(valuesOf('AWS::CloudTrail::Trail', 'TrailName')),
    parameters: distinct(valuesOf('AWS::SSM::Parameter', 'Name')),
    sourceBuckets: distinct([...code, ...nested]),
    oidcProviders: distinct(oidcProvidersOf(template, known)),
    workGroups: distinct(valuesOf('AWS::Athena::WorkGroup', 'Name')),
    databases: distinct(databasesOf(template, known)),
  };
}

function databasesOf(template: Template, known: Known): readonly string[] {
  return Object.values(template.Resources).flatMap(({ Type, Properties }) => {
    const name = (Properties.DatabaseInput as { Name?: unknown } | undefined)?.Name;
    return Type === 'AWS::Glue::Database' && name !== undefined ? textsOf(name, known) : [];
  });
}

/** The vendor's account stack gets the name of the identity provider that it makes as a parameter. */
function oidcProvidersOf(template: Template, known: Known): readonly string[] {
  return Object.values(template.Resources).flatMap(({ Type, Properties }) => {
    const parameters = (Properties.Parameters ?? {}) as Record<string, unknown>;
    return Type === 'AWS::CloudFormation::Stack' && 'CloudOneOIDCProviderURL' in parameters
      ? textsOf(parameters.CloudOneOIDCProviderURL, known)
      : [];
  });
}

/** Of a template's URL, in S3's virtual-hosted or path style. A URL that is not known yet names no bucket. */
function bucketOfUrl(url: string): readonly string[] {
  const hosted = /^https?:\/\/([^/]+)\.s3[.-][^/]*\//.exec(url)?.[1];
  const inPath = /^https?:\/\/(?:s3[.-][^/]*|[^/]*:\d+)\/([^/]+)\//.exec(url)?.[1];
  const bucket = hosted ?? inPath;
  return bucket === undefined ? [] : [bucket];
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted();
}
