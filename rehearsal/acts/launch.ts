/** Launching the published template as the CloudFormation console does: no CDK, nothing bootstrapped. */
import { rm } from 'node:fs/promises';
import { isRetainedByDesign, nameOf, regionsOf } from '../aftermath.ts';
import { difference, inventory } from '../aws/inventory.ts';
import { type Clients, clientsOf } from '../clients.ts';
import type { Parameters, Rehearsal } from '../scenarios/scenario.ts';
import { firstFailure } from '../stack-watch.ts';
import { holdingsOf, vendorResidue } from '../vendor-holdings.ts';
import type { Fault } from '../vendors/simulator.ts';
import { createStack, deleteStack, type NewStack } from './create-stack.ts';
import { noteDeployed } from './deploy.ts';
import { templateUrl } from './publish.ts';
import { STACK } from './stack.ts';

/** The stack was not created, or does not go; the message has CloudFormation's reason. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
}

/** A launch that must fail. */
export interface Mishap {
  /** In the course's own words: "with its code not found". */
  readonly what: string;
  /** What CloudFormation's reason must say. */
  readonly said: RegExp;
  readonly parameters?: Parameters;
  /** @default the region of the rehearsal */
  readonly region?: string;
  /** What the vendor answers, until the roll-back begins. */
  readonly fault?: Fault;
}

/**
 * Creates the stack from its template's URL.
 *
 * @throws LaunchError
 */
export async function launch(rehearsal: Rehearsal, parameters: Parameters): Promise<void> {
  const { stage, progress } = rehearsal;
  await progress.phase(
    'deploy',
    'launching (CreateStack)',
    async () => {
      const onProgress = (done: number) =>
        progress.detail('deploy', `launching (CreateStack), ${done} resources created …`);
      const status = await createStack(stage.clients, mainStack(stage, parameters), { onProgress });
      if (status !== 'CREATE_COMPLETE') {
        const reason = (await firstFailure(stage.clients, STACK))?.reason;
        throw new LaunchError(`The launch ended with ${status}: ${reason}`);
      }
    },
    () => 'launched (CreateStack)',
  );
  await noteDeployed(rehearsal);
}

/** Launches what cannot succeed: it must say why, be rolled back, and leave nothing when its stack is deleted. */
export async function launchInVain(rehearsal: Rehearsal, mishap: Mishap): Promise<void> {
  const { stage, progress, parameters, before, found } = rehearsal;
  const { what, region = stage.aws.region, fault } = mishap;
  const regions = [...new Set([...regionsOf(stage), region])];
  const awsBefore = await inventory(stage.aws, regions);
  await progress.phase(
    'deploy',
    `launching ${what}`,
    async () => {
      const clients = clientsOf({ ...stage.aws, region });
      stage.simulator.setFaults(fault === undefined ? [] : [fault]);
      const values = { ...parameters, ...mishap.parameters };
      const status = await createStack(clients, mainStack(stage, values), {
        onFailure: () => stage.simulator.setFaults([]),
      });
      const reason = (await firstFailure(clients, STACK))?.reason ?? '';
      if (status !== 'ROLLBACK_COMPLETE' || !mishap.said.test(reason)) {
        found.problems.push(`Launched ${what}, the stack ended with ${status}, saying "${reason}".`);
      }
      await deleteLaunched(clients);
    },
    () => `launched ${what}: it failed, as it should, and was rolled back`,
  );
  const left = [
    ...difference(awsBefore, await inventory(stage.aws, regions))
      .filter((resource) => !isRetainedByDesign(resource))
      .map(nameOf),
    ...vendorResidue(before.vendors, holdingsOf(stage.simulator)),
  ];
  found.problems.push(...left.map((residue) => `Left behind after launching ${what}: ${residue}`));
  // The roles that these calls were made with are gone, and cannot be evaluated any more.
  await rm(stage.callLog, { force: true });
}

/** @throws LaunchError */
export async function unlaunch({ stage, progress }: Rehearsal): Promise<void> {
  await progress.phase(
    'destroy',
    'deleting (DeleteStack)',
    () => deleteLaunched(stage.clients),
    () => 'deleted (DeleteStack)',
  );
}

function mainStack(stage: Rehearsal['stage'], parameters: Parameters): NewStack {
  return { templateUrl: templateUrl(stage, STACK), parameters };
}

/** @throws LaunchError */
export async function deleteLaunched(clients: Clients, name: string = STACK): Promise<void> {
  const status = await deleteStack(clients, name);
  if (status !== 'DELETE_COMPLETE') {
    throw new LaunchError(
      `The deletion of ${name} ended with ${status}: ${(await firstFailure(clients, name))?.reason}`,
    );
  }
}
