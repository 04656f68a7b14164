import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PARAMETERS } from '../../contract/parameters.ts';
import { printedPolicy } from '../deployer.ts';
import { deployedResources, proveDeployer, SOURCE } from '../permissions/deployer-proof.ts';
import type { Rehearsal } from '../scenarios/scenario.ts';
import { assembly, STACK } from './stack.ts';

/** While the stack stands: would the printed policy have allowed what CloudFormation called to make it? */
export async function proveDeployersPolicy({ stage, parameters, policies, found }: Rehearsal): Promise<void> {
  const surroundings = policies.at(-1)?.policies;
  if (surroundings === undefined) {
    return;
  }
  const accountTemplateUrl = parameters[PARAMETERS.cloudOneAccountTemplateUrl] ?? '';
  const given = { [PARAMETERS.cloudOneAccountTemplateUrl]: accountTemplateUrl };
  // Where the bootstrap has `cdk deploy` put the functions' code.
  const code = `cdk-hnb659fds-assets-${stage.aws.accountId}-${stage.aws.region}/code.zip`;
  const sources = [new URL(accountTemplateUrl).pathname.slice(1), code];
  found.deployer = await proveDeployer({
    template: JSON.parse(await readFile(join(assembly(stage), `${STACK}.template.json`), 'utf8')),
    policy: await printedPolicy(stage, 'execution-role', given),
    deployed: [
      ...(await deployedResources(stage.aws, STACK)),
      ...sources.map((physicalId) => ({ type: SOURCE, physicalId })),
    ],
    surroundings,
  });
  found.problems.push(
    ...found.deployer.denied.map((denied) => `Missing in the deployer's policy: ${denied}`),
  );
}
