/** The policies that decide about functions' calls, as `collect.ts` reads them from the deployed stack. Plain JSON. */

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Condition?: unknown;
}

export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: PolicyStatement | readonly PolicyStatement[];
}

export interface NamedPolicy {
  readonly name: string;
  readonly document: PolicyDocument;
}

/** A function, the role that it runs with, and what the Lambda service does with that role. */
export interface FunctionPolicies {
  readonly name: string;
  readonly roleArn: string;
  /** The role's own policies and those attached to it. */
  readonly identityPolicies: readonly NamedPolicy[];
  readonly permissionsBoundary?: NamedPolicy;
  readonly logGroup: string;
  /** Queues that Lambda polls for this function. */
  readonly eventSourceArns: readonly string[];
}

export interface PolicySet {
  readonly accountId: string;
  readonly partition: string;
  readonly region: string;
  readonly functions: readonly FunctionPolicies[];
  /** Of keys, buckets, queues and secrets, by the resource's ARN; those without a policy are absent. */
  readonly resourcePolicies: Readonly<Record<string, PolicyDocument>>;
  /**
   * The customer-managed key of a secret, bucket or queue, by the resource's ARN. An AWS-managed key needs no permission
   * of the caller's.
   */
  readonly encryptionKeys: Readonly<Record<string, string>>;
  /** ARNs of secrets by name. */
  readonly secretArns: Readonly<Record<string, string>>;
}

export function statementsOf(document: PolicyDocument): readonly PolicyStatement[] {
  return listOf(document.Statement);
}

/** IAM writes a list of one as the member itself. */
export function listOf<Member>(value: Member | readonly Member[] | undefined): readonly Member[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly Member[]) : [value as Member];
}
