/** What the simulated vendors hold for the account, counted for the report. */
import type { VendorHoldings } from './report.ts';
import type { Simulator } from './vendors/simulator.ts';

export const NOTHING_HELD: VendorHoldings = {
  visionOneConnection: null,
  visionOneConnectors: 0,
  workloadConnectors: 0,
  cloudAccounts: 0,
  forwardingStacks: 0,
  stackTokens: 0,
};

export function holdingsOf(simulator: Simulator): VendorHoldings {
  const { registered, lifecycle } = simulator.state();
  const notes = (event: string) => lifecycle.filter((note) => note.event === event).length;
  return {
    visionOneConnection: registered.visionOneConnection?.status ?? null,
    visionOneConnectors: registered.visionOneConnectors.length,
    workloadConnectors: registered.workloadConnectors.length,
    cloudAccounts: registered.cloudAccounts.length,
    forwardingStacks: notes('created') - notes('deleted'),
    stackTokens: registered.cloudTrailStackTokens.length,
  };
}

/** What is there after destroying that was not there before deploying. Issued tokens lapse by themselves. */
export function vendorResidue(before: VendorHoldings, after: VendorHoldings): string[] {
  const residue: string[] = [];
  if (after.visionOneConnection !== before.visionOneConnection) {
    residue.push(`Vision One connection: ${after.visionOneConnection}, was ${before.visionOneConnection}`);
  }
  if (after.visionOneConnectors !== before.visionOneConnectors) {
    residue.push(
      `Product connectors in Vision One: ${after.visionOneConnectors}, were ${before.visionOneConnectors}`,
    );
  }
  if (after.workloadConnectors !== before.workloadConnectors) {
    residue.push(
      `Workload Security connectors: ${after.workloadConnectors}, were ${before.workloadConnectors}`,
    );
  }
  if (after.cloudAccounts !== before.cloudAccounts) {
    residue.push(`Cloud accounts: ${after.cloudAccounts}, were ${before.cloudAccounts}`);
  }
  if (after.forwardingStacks > before.forwardingStacks) {
    residue.push('The CloudTrail service was not told that the stack is gone');
  }
  return residue;
}
