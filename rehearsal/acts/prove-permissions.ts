import { provePermissions } from '../permissions/proof.ts';
import type { Rehearsal } from '../scenarios/scenario.ts';

/** When everything is over: would each function's own role have allowed every call that it made? */
export async function provePermitted({ stage, found, policies }: Rehearsal): Promise<void> {
  // An AWS that was given hands its own environment to the functions, without our recorder.
  if (policies.length === 0 || stage.aws.provider.external) {
    return;
  }
  const proof = await provePermissions({
    callLog: stage.callLog,
    states: policies,
    notAws: new URL(stage.simulator.url).host,
  });
  found.permissions = proof;
  found.problems.push(...proof.denied.map((denied) => `Permission missing: ${denied}`));
}
