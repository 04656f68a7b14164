/**
 * Would IAM allow it?
 *
 * The evaluator, @cloud-copilot/iam-simulate, is licensed under the AGPL-3.0: it is a tool of development, which runs on
 * the developer's machine only. Nothing that is deployed or published contains it, and no other file imports it.
 */
import {
  getDenialReasons,
  getGrantReasons,
  type RequestAnalysis,
  type RequestDenial,
  runSimulation,
  type StatementExplain,
} from '@cloud-copilot/iam-simulate';
import { holderOf } from './implied.ts';
import type { PermissionRequest } from './permission-request.ts';
import type { FunctionPolicies, NamedPolicy, PolicySet } from './policies.ts';

export interface Decision {
  readonly allowed: boolean;
  /** Why not; empty where it is allowed. */
  readonly reason: string;
  /** The role's statements that allow it. */
  readonly grants: readonly { readonly policy: string /** From 0. */; readonly statement: number }[];
}

/** What IAM would answer to a function that asks this, by its role and the policies of the resource. */
export async function evaluate(
  request: PermissionRequest,
  asking: FunctionPolicies,
  policies: PolicySet,
): Promise<Decision> {
  const boundary = asking.permissionsBoundary;
  const result = await runSimulation(
    {
      request: {
        principal: sessionArn(asking),
        action: request.action,
        resource: { resource: request.resource, accountId: accountOf(request.resource, policies.accountId) },
        contextVariables: contextOf(request, asking, policies),
      },
      identityPolicies: asking.identityPolicies.map(simulated),
      resourcePolicy: policies.resourcePolicies[holderOf(request.resource)],
      // An organisation's policies are the user's own.
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(boundary === undefined ? {} : { permissionBoundaryPolicies: [simulated(boundary)] }),
    },
    {},
  );
  if (result.resultType === 'error')
    return denied(`the evaluator refuses the request: ${detail(result.errors)}`);
  const analyses =
    result.resultType === 'single' ? [result.result.analysis] : result.results.map((r) => r.analysis);
  if (result.overallResult !== 'Allowed') return denied(analyses.map(reasonOf).join('; ') || nothingAllows);
  return { allowed: true, reason: '', grants: analyses.flatMap(roleGrants) };
}

/** Where the evaluator names no policy, as for a pattern of resources that no statement covers. */
const nothingAllows = 'no policy allows it';

function denied(reason: string): Decision {
  return { allowed: false, reason, grants: [] };
}

function simulated({ name, document }: NamedPolicy) {
  return { name, policy: document };
}

/** Lambda names the session after the function. */
function sessionArn({ roleArn, name }: FunctionPolicies): string {
  const { partition, accountId, role } = partsOfRole(roleArn);
  return `arn:${partition}:sts::${accountId}:assumed-role/${role}/${name}`;
}

function partsOfRole(roleArn: string) {
  const [, partition = '', , , accountId = '', path = ''] = roleArn.split(':');
  // A session's ARN leaves out the role's path.
  return { partition, accountId, role: path.slice(path.lastIndexOf('/') + 1) };
}

/** Where the ARN has no account, as S3's, it is taken to be the stack's. */
function accountOf(resource: string, own: string): string {
  return resource.split(':')[4] || own;
}

/**
 * The condition keys that every request has:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
function contextOf(request: PermissionRequest, asking: FunctionPolicies, policies: PolicySet) {
  return {
    'aws:PrincipalArn': asking.roleArn,
    'aws:PrincipalAccount': partsOfRole(asking.roleArn).accountId,
    'aws:PrincipalType': 'AssumedRole',
    'aws:PrincipalIsAWSService': 'false',
    'aws:RequestedRegion': request.region,
    'aws:ResourceAccount': accountOf(request.resource, policies.accountId),
    // A local AWS is spoken to in plain HTTP, AWS in HTTPS.
    'aws:SecureTransport': 'true',
    'aws:ViaAWSService': String(request.viaService ?? false),
    ...request.context,
  };
}

function roleGrants(analysis: RequestAnalysis): Decision['grants'] {
  return getGrantReasons(analysis).flatMap((grant) =>
    grant.policyType === 'identity'
      ? [{ policy: grant.policyIdentifier, statement: grant.statementIndex - 1 }]
      : [],
  );
}

const policyNames: Readonly<Record<string, string>> = {
  identity: "the role's policies",
  resource: "the resource's policy",
  pb: "the role's permissions boundary",
};

function reasonOf(analysis: RequestAnalysis): string {
  const reasons = getDenialReasons(analysis).map((denial) => describe(denial, analysis));
  return reasons.join('; ') || nothingAllows;
}

function describe(denial: RequestDenial, analysis: RequestAnalysis): string {
  const where = policyNames[denial.policyType] ?? `a policy of type ${denial.policyType}`;
  if (denial.denialType === 'Explicit') {
    return `denied by ${denial.statementId ?? `statement ${denial.statementIndex}`} of ${where}`;
  }
  const near =
    denial.policyType === 'identity'
      ? analysis.identityAnalysis?.unmatchedStatements.flatMap(({ policyId, explain }) =>
          explain.actionMatch && explain.effect === 'Allow' ? [nearMiss(policyId, explain)] : [],
        )
      : [];
  return [`not allowed by ${where}`, ...(near ?? [])].join('; ');
}

/** A statement with the right action: what it lacks is most likely what is wrong. */
function nearMiss(policy: string | undefined, explain: StatementExplain): string {
  const failing = (explain.conditions ?? []).filter((condition) => !condition.matches);
  const why = [
    ...(explain.resourceMatch ? [] : ['is for another resource']),
    ...failing.map(
      ({ operator, conditionKeyValue }) => `asks for another ${conditionKeyValue} (${operator})`,
    ),
  ];
  return `statement ${explain.identifier} of ${policy ?? 'it'} ${why.join(' and ')}`;
}

function detail(errors: { readonly message: string }): string {
  return errors.message === '' ? JSON.stringify(errors) : errors.message;
}
