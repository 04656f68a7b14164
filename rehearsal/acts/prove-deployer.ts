import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PARAMETERS } from '../../contract/parameters.ts';
import { printedPolicy } from '../deployer.ts';
import { deployedResources, proveDeployer, SOURCE } from '../permissions/deployer-proof.ts';
import type { Parameters, Rehearsal } from '../scenarios/scenario.ts';
import { assembly, STACK } from './stack.ts';

/** Names the template of a nested stack, which CloudFormation reads in the deployer's name. */
const NESTED = PARAMETERS.cloudOneAccountTemplateUrl;

/** While the stack stands: would the printed policy have allowed what CloudFormation called to make it? */
export async function proveDeployersPolicy(
  { stage, parameters, policies, found }: Rehearsal,
  stack = STACK,
): Promise<void> {
  const surroundings = policies.at(-1)?.policies;
  if (surroundings === undefined) {
    return;
  }
  const { [NESTED]: nested } = parameters;
  const given: Parameters = nested === undefined ? {} : { [NESTED]: nested };
  // Where the bootstrap has `cdk deploy` put the functions' code.
  const code = `cdk-hnb659fds-assets-${stage.aws.accountId}-${stage.aws.region}/code.zip`;
  const sources = [code, ...(nested === undefined ? [] : [new URL(nested).pathname.slice(1)])];
  found.deployer = await proveDeployer({
    template: JSON.parse(await readFile(join(assembly(stage), `${stack}.template.json`), 'utf8')),
    policy: await printedPolicy(stage, 'execution-role', given, stack),
    deployed: [
      ...(await deployedResources(stage.aws, stack)),
      ...sources.map((physicalId) => ({ type: SOURCE, physicalId })),
    ],
    surroundings,
  });
  found.problems.push(
    ...found.deployer.denied.map((denied) => `Missing in the deployer's policy: ${denied}`),
  );
}
