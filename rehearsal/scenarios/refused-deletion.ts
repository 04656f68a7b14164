import { PARAMETERS } from '../../contract/parameters.ts';
import { createStack } from '../acts/create-stack.ts';
import { created, deleted } from '../acts/delete.ts';
import { publishAssets } from '../acts/publish-assets.ts';
import { checkWhatIsLeft } from '../aftermath.ts';
import { vendorStepsOf } from '../steps.ts';
import { holdingsOf, vendorResidue } from '../vendor-holdings.ts';
import type { Fault } from '../vendors/simulator.ts';
import type { Rehearsal, Scenario } from './scenario.ts';

/** What keeps a registration from being taken back. */
interface Obstacle {
  readonly title: string;
  readonly status: number;
  readonly faults: readonly Fault[];
}

const refusing = (status: number, fault: Fault): Fault => ({
  ...fault,
  status,
  body: { message: `Simulated ${status}` },
});

const MAY_NOT_DELETE: Obstacle = {
  title: 'with a key that may not delete',
  status: 403,
  faults: [refusing(403, { method: 'DELETE' })],
};

const OBSTACLES: readonly Obstacle[] = [
  {
    title: 'with a revoked API key',
    status: 401,
    // Whatever it is that the key opens, deletions and looks alike.
    faults: ['visionone-connect.*', 'workload.*', 'cloudaccounts.*'].map((host) => refusing(401, { host })),
  },
  MAY_NOT_DELETE,
  {
    title: 'while the vendor is out of order',
    status: 500,
    faults: [refusing(500, { method: 'DELETE' })],
  },
];

/** The custom resources that stand for something at a vendor. */
const REGISTRATIONS = ['VisionOneConnection', 'WorkloadSecurityConnector', 'CloudAccount'];

/** What a person must be told, who has to put it right. */
const CURE = /Put that right and delete the stack again/;

/**
 * The vendor refuses to take registrations back. With `OnVendorDeleteFailure=Fail` the deletion says so and loses
 * nothing: when the obstacle is gone, the next one succeeds. With `Continue` the stack goes, and they stay.
 */
export const refusedDeletion: Scenario = {
  name: 'refused-deletion',
  about: 'a vendor refuses each deletion: OnVendorDeleteFailure, both ways',
  play: async (rehearsal) => {
    const templateUrl = await publishAssets(rehearsal.stage);
    for (const obstacle of OBSTACLES) {
      await refusedAndMended(rehearsal, templateUrl, obstacle);
    }
    for (const obstacle of OBSTACLES) {
      await refusedAndLeft(rehearsal, templateUrl, obstacle);
    }
    await rolledBackInVain(rehearsal, templateUrl, MAY_NOT_DELETE);
  },
};

async function refusedAndMended(
  rehearsal: Rehearsal,
  templateUrl: string,
  { title, status, faults }: Obstacle,
): Promise<void> {
  const { stage, options, before, found } = rehearsal;
  if (!(await created(rehearsal, templateUrl))) {
    return;
  }
  const registered = holdingsOf(stage.simulator);
  found.vendor = { ...found.vendor, registered };
  stage.simulator.setFaults(faults);
  const reasons = await deleted(rehearsal, title, 'DELETE_FAILED');
  found.problems.push(
    ...REGISTRATIONS.filter(
      (id) => !reasons.some((reason) => reason.startsWith(`${id}:`) && tellsWhyAndCure(reason, status)),
    ).map((id) => `${id} was refused its deletion ${title}, and does not tell both why and the cure.`),
    ...lost(registered, holdingsOf(stage.simulator)),
  );
  stage.simulator.setFaults([]);
  await deleted(rehearsal, 'again, the obstacle gone', 'DELETE_COMPLETE');
  await checkWhatIsLeft(stage, options, before, found);
}

function tellsWhyAndCure(reason: string, status: number): boolean {
  return reason.includes(`answered ${status}`) && CURE.test(reason);
}

async function refusedAndLeft(
  rehearsal: Rehearsal,
  templateUrl: string,
  { title, faults }: Obstacle,
): Promise<void> {
  const { stage, options, before, found, progress } = rehearsal;
  if (!(await created(rehearsal, templateUrl, { [PARAMETERS.onVendorDeleteFailure]: 'Continue' }))) {
    return;
  }
  const registered = holdingsOf(stage.simulator);
  stage.simulator.setFaults(faults);
  await deleted(rehearsal, `${title}, to continue all the same`, 'DELETE_COMPLETE');
  const left = holdingsOf(stage.simulator);
  found.problems.push(...lost(registered, left));
  progress.line(
    '',
    `left at the vendors, as was asked for: ${vendorResidue(before.vendors, left).join('; ')}`,
  );
  // What a person does then, in the vendors' consoles.
  stage.simulator.reset();
  await checkWhatIsLeft(stage, options, before, found);
}

/** The creation fails, and cannot be taken back either: what the roll-back had to leave, the next deletion takes. */
async function rolledBackInVain(
  rehearsal: Rehearsal,
  templateUrl: string,
  { title, faults }: Obstacle,
): Promise<void> {
  const { stage, options, before, found, parameters, progress } = rehearsal;
  const lastSteps = vendorStepsOf(options).slice(-1);
  stage.simulator.setFaults([...lastSteps.map(({ fault }) => fault), ...faults]);
  const status = await progress.phase(
    'deploy',
    `creating the stack in vain ${title}`,
    () => createStack(stage.clients, { templateUrl, parameters }),
    (end) => `creating the stack in vain ${title}: ${end}`,
  );
  if (status !== 'ROLLBACK_FAILED') {
    found.problems.push(`The roll-back ${title} ended as ${status}, and not as ROLLBACK_FAILED.`);
  }
  stage.simulator.setFaults([]);
  await deleted(rehearsal, 'again, the obstacle gone', 'DELETE_COMPLETE');
  await checkWhatIsLeft(stage, options, before, found);
}

/** What a refused deletion has taken all the same. */
function lost(registered: ReturnType<typeof holdingsOf>, left: ReturnType<typeof holdingsOf>): string[] {
  const kinds = ['visionOneConnection', 'workloadConnectors', 'cloudAccounts'] as const;
  return kinds
    .filter((kind) => left[kind] !== registered[kind])
    .map((kind) => `The vendor refused, and yet ${kind} went from ${registered[kind]} to ${left[kind]}.`);
}
