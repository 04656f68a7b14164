/**
 * The permission proof: would each function's own role allow every AWS call that it made?
 *
 * A local AWS enforces no IAM, so a missing permission would show in the user's account only. In a rehearsal:
 *
 * 1. Start the local AWS with `recordingEnvironment(callLog)` in its environment; functions inherit it, and each of their
 *    AWS calls becomes a line of the file `callLog`. Use a new file for each rehearsal. (An AWS endpoint given from
 *    outside has to be started with it.)
 * 2. When the stack stands, before it is destroyed: `policies = await collectPolicies(aws, stackName)`.
 * 3. When everything is over, destruction included: `await provePermissions({ callLog, policies })`.
 *
 * Each entry of `denied` fails the rehearsal; `unusedActions` are findings to look at.
 *
 * What it does not see: calls over HTTP/2, calls with credentials other than the role's, calls still unanswered when
 * their process was killed, and policies of the organisation.
 */
import type { PermissionProof } from '../report.ts';
import { operationOf, permissionsFor } from './actions.ts';
import { type CallLog, type RecordedCall, readCallLog } from './call-log.ts';
import { type Decision, evaluate } from './evaluate.ts';
import { doneByLambda, keyUseOf } from './implied.ts';
import { type PermissionRequest, UnknownCallError } from './permission-request.ts';
import type { FunctionPolicies, PolicySet } from './policies.ts';
import { type Judgement, rowsOf, unusedActions } from './summary.ts';

export { recordingEnvironment } from './call-log.ts';
export { collectPolicies } from './collect.ts';
export type { PolicySet } from './policies.ts';

/**
 * Reads the recorder's log and evaluates it.
 *
 * @throws CallLogError when the log cannot be read as the recorder's
 */
export async function provePermissions(options: {
  readonly callLog: string;
  readonly policies: PolicySet;
}): Promise<PermissionProof> {
  return prove(await readCallLog(options.callLog), options.policies);
}

/** Evaluates calls by policies, and nothing else. */
export async function prove(log: CallLog, policies: PolicySet): Promise<PermissionProof> {
  const byFunction = Map.groupBy(log.calls, (call) => call.function);
  const functions: PermissionProof['functions'][number][] = [];
  const denied = log.failures.map(
    (failure) => `${failure.function}: the recorder may have missed a call: ${failure.failure}`,
  );
  for (const asking of policies.functions) {
    const judgements = await judge(byFunction.get(asking.name) ?? [], asking, policies);
    const calls = rowsOf(judgements);
    functions.push({ name: asking.name, calls, unusedActions: unusedActions(asking, judgements) });
    for (const { action, resource, allowed, reason } of calls) {
      if (!allowed) denied.push(`${asking.name}: ${action} on ${resource}: ${reason}`);
    }
  }
  const known = new Set(policies.functions.map(({ name }) => name));
  for (const [name, calls] of byFunction) {
    if (!known.has(name)) denied.push(`${name}: made ${calls.length} calls, but its role was not collected`);
  }
  return { calls: log.calls.length, functions, denied };
}

async function judge(
  calls: readonly RecordedCall[],
  asking: FunctionPolicies,
  policies: PolicySet,
): Promise<readonly Judgement[]> {
  const demands = [
    ...demandsOf(() => doneByLambda(asking, policies), 'lambda:CreateEventSourceMapping', policies),
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
