/** What the simulated vendors hold for the account, counted for the report. */
import type { VendorHoldings } from './report.ts';
import type { Simulator } from './vendors/simulator.ts';

export const NOTHING_HELD: VendorHoldings = {
  visionOneConnection: null,
  workloadConnectors: 0,
  cloudAccounts: 0,
  stackTokens: 0,
};

export function holdingsOf(simulator: Simulator): VendorHoldings {
  const { registered } = simulator.state();
  return {
    visionOneConnection: registered.visionOneConnection?.status ?? null,
    workloadConnectors: registered.workloadConnectors.length,
    cloudAccounts: registered.cloudAccounts.length,
    stackTokens: registered.cloudTrailStackTokens.length,
  };
}

/** What is there after destroying that was not there before deploying. Issued tokens lapse by themselves. */
export function vendorResidue(before: VendorHoldings, after: VendorHoldings): string[] {
  const residue: string[] = [];
  if (after.visionOneConnection !== before.visionOneConnection) {
    residue.push(`Vision One connection: ${after.visionOneConnection}, was ${before.visionOneConnection}`);
  }
  if (after.workloadConnectors !== before.workloadConnectors) {
    residue.push(
      `Workload Security connectors: ${after.workloadConnectors}, were ${before.workloadConnectors}`,
    );
  }
  if (after.cloudAccounts !== before.cloudAccounts) {
    residue.push(`Cloud accounts: ${after.cloudAccounts}, were ${before.cloudAccounts}`);
  }
  return residue;
}
