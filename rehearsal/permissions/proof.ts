/**
 * The permission proof: would each function's own role allow every AWS call that it made?
 *
 * A local AWS enforces no IAM, so a missing permission would show in the user's account only. In a rehearsal:
 *
 * 1. Start the local AWS with `recordingEnvironment(callLog)` in its environment; functions inherit it, and each of their
 *    AWS calls becomes a line of the file `callLog`. Use a new file for each rehearsal. (An AWS endpoint given from
 *    outside has to be started with it.)
 * 2. When the stack stands, and again after each update of it: `states.push(await stateOf(aws, stackName))`.
 * 3. When everything is over, destruction included: `await provePermissions({ callLog, states })`.
 *
 * Each entry of `denied` fails the rehearsal; `unusedActions` are findings to look at.
 *
 * What it does not see: calls over HTTP/2, calls with credentials other than the role's, calls still unanswered when
 * their process was killed, and policies of the organisation.
 */
import type { PermissionProof } from '../report.ts';
import { operationOf, permissionsFor } from './actions.ts';
import { type CallLog, type RecordedCall, readCallLog } from './call-log.ts';
import { type AwsAccess, collectPolicies } from './collect.ts';
import { type Decision, evaluate } from './evaluate.ts';
import { doneByLambda, keyUseOf } from './implied.ts';
import { type PermissionRequest, UnknownCallError } from './permission-request.ts';
import type { FunctionPolicies, PolicySet } from './policies.ts';
import { type Judgement, rowsOf, unusedActions } from './summary.ts';

export { recordingEnvironment } from './call-log.ts';
export type { PolicySet } from './policies.ts';

/** The policies as they stood at a time. */
export interface PolicyState {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly policies: PolicySet;
}

export async function stateOf(aws: AwsAccess, stackName: string): Promise<PolicyState> {
  const policies = await collectPolicies(aws, stackName);
  return { at: new Date().toISOString(), policies };
}

/**
 * Reads the recorder's log and evaluates it.
 *
 * @param options.states in the order of time; at least one.
 * @param options.notAws host of the simulated vendors, such as `127.0.0.1:8080`. What is signed like a call to AWS and goes
 *   there, to somebody else's object storage, is by credentials that AWS knows nothing of.
 * @throws CallLogError when the log cannot be read as the recorder's
 */
export async function provePermissions(options: {
  readonly callLog: string;
  readonly states: readonly PolicyState[];
  readonly notAws?: string;
}): Promise<PermissionProof> {
  const { calls, failures } = await readCallLog(options.callLog);
  const toAws = calls.filter(({ host }) => host !== options.notAws);
  return proveOverTime({ calls: toAws, failures }, options.states);
}

/** Evaluates calls by policies that did not change, and nothing else. */
export function prove(log: CallLog, policies: PolicySet): Promise<PermissionProof> {
  return proveOverTime(log, [{ at: new Date(0).toISOString(), policies }]);
}

/**
 * Evaluates each call by the policies of its time. What was called between two states, while the stack was changed,
 * may be allowed by either: nothing tells the moment at which a policy changed.
 */
export async function proveOverTime(log: CallLog, states: readonly PolicyState[]): Promise<PermissionProof> {
  const denied = log.failures.map(
    (failure) => `${failure.function}: the recorder may have missed a call: ${failure.failure}`,
  );
  const found = new Map<string, { asking: FunctionPolicies; judgements: Judgement[] }>();
  for (const { calls, policies } of periodsOf(log.calls, states)) {
    const byFunction = Map.groupBy(calls, (call) => call.function);
    for (const asking of policies.functions) {
      const before = found.get(asking.name);
      const judgements = await judge(
        byFunction.get(asking.name) ?? [],
        asking,
        policies,
        before === undefined,
      );
      found.set(asking.name, {
        asking: before === undefined ? asking : merged(before.asking, asking),
        judgements: [...(before?.judgements ?? []), ...judgements],
      });
      byFunction.delete(asking.name);
    }
    for (const [name, unexplained] of byFunction) {
      denied.push(`${name}: made ${unexplained.length} calls, but its role was not collected`);
    }
  }
  const functions = [...found.values()].map(({ asking, judgements }) => ({
    name: asking.name,
    calls: rowsOf(judgements),
    unusedActions: unusedActions(asking, judgements),
  }));
  for (const { name, calls } of functions) {
    for (const { action, resource, allowed, reason } of calls) {
      if (!allowed) denied.push(`${name}: ${action} on ${resource}: ${reason}`);
    }
  }
  return { calls: log.calls.length, functions, denied };
}

interface Period {
  readonly calls: readonly RecordedCall[];
  readonly policies: PolicySet;
}

/** Up to the first state, between each two, and after the last. */
function periodsOf(calls: readonly RecordedCall[], states: readonly PolicyState[]): Period[] {
  const times = states.map(({ at }) => Date.parse(at));
  return [...states, undefined].flatMap((state, index) => {
    const from = times[index - 1] ?? Number.NEGATIVE_INFINITY;
    const to = times[index] ?? Number.POSITIVE_INFINITY;
    const before = states[index - 1]?.policies;
    const after = state?.policies ?? before;
    return after === undefined
      ? []
      : [
          {
            calls: calls.filter(({ time }) => Date.parse(time) > from && Date.parse(time) <= to),
            policies: before === undefined ? after : overlap(before, after),
          },
        ];
  });
}

/** Everything that either of two states allows. */
function overlap(before: PolicySet, after: PolicySet): PolicySet {
  const gone = before.functions.filter(({ name }) => after.functions.every((other) => other.name !== name));
  const functions = after.functions.map((asking) => {
    const former = before.functions.find(({ name }) => name === asking.name);
    return former === undefined ? asking : merged(former, asking);
  });
  return {
    ...after,
    functions: [...functions, ...gone],
    resourcePolicies: { ...before.resourcePolicies, ...after.resourcePolicies },
    encryptionKeys: { ...before.encryptionKeys, ...after.encryptionKeys },
    secretArns: { ...before.secretArns, ...after.secretArns },
  };
}

/** The later state first: what it shares with the former is the same. */
function merged(before: FunctionPolicies, after: FunctionPolicies): FunctionPolicies {
  const known = new Set(after.identityPolicies.map((policy) => JSON.stringify(policy)));
  const former = before.identityPolicies.filter((policy) => !known.has(JSON.stringify(policy)));
  return { ...after, identityPolicies: [...after.identityPolicies, ...former] };
}

/** @param withLambdas whether to add what the Lambda service does in the function's name. */
async function judge(
  calls: readonly RecordedCall[],
  asking: FunctionPolicies,
  policies: PolicySet,
  withLambdas: boolean,
): Promise<readonly Judgement[]> {
  const demands = [
    ...(withLambdas
      ? demandsOf(() => doneByLambda(asking, policies), 'lambda:CreateEventSourceMapping', policies)
      : []),
    ...calls.flatMap((call) =>
      demandsOf(() => permissionsFor(call, policies), `${call.service}:${operationOf(call)}`, policies),
    ),
  ];
  const alike = Map.groupBy(demands, (demand) => JSON.stringify(demand));
  const judgements: Judgement[] = [];
  for (const [demand, ...more] of alike.values()) {
    if (demand === undefined) continue;
    const { action, resource } = demand;
    const decision = 'gap' in demand ? refused(demand.gap) : await evaluate(demand, asking, policies);
    judgements.push({ action, resource, count: 1 + more.length, decision });
  }
  return judgements;
}

/** A call that the tables do not have: what is not evaluated is not allowed. */
interface Gap {
  readonly action: string;
  readonly resource: string;
  readonly gap: string;
}

function demandsOf(
  ask: () => readonly PermissionRequest[],
  action: string,
  policies: PolicySet,
): readonly (PermissionRequest | Gap)[] {
  try {
    return ask().flatMap((request) => [request, ...keyUseOf(request, policies)]);
  } catch (error) {
    // It becomes a denial that names the operation.
    if (error instanceof UnknownCallError) return [{ action, resource: 'unknown', gap: error.message }];
    throw error;
  }
}

function refused(reason: string): Decision {
  return { allowed: false, reason, grants: [] };
}
