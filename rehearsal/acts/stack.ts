/** The stack under rehearsal, and the CDK command line tool on it. */
import { join } from 'node:path';
import { cdk } from '../cdk.ts';
import type { Parameters } from '../scenarios/scenario.ts';
import type { Stage } from '../stage.ts';

export const STACK = 'CloudOne';

/** Where set-up has synthesized the templates. */
export function assembly(stage: Pick<Stage, 'folder'>): string {
  return join(stage.folder, 'cdk.out');
}

/** @throws CdkError */
export function runCdk(stage: Stage, args: readonly string[]): Promise<string> {
  return cdk(args, { aws: actingAs(stage), log: join(stage.folder, `cdk-${args[0]}.log`) });
}

function actingAs({ aws, cdkCredentials }: Stage): Stage['aws'] {
  return { ...aws, clientEnvironment: { ...aws.clientEnvironment, ...cdkCredentials } };
}

/**
 * Creates or updates a stack. Parameters that are not given keep their values.
 *
 * @throws CdkError
 */
export function cdkDeploy(
  stage: Stage,
  parameters: Parameters,
  app = assembly(stage),
  name = STACK,
): Promise<string> {
  return runCdk(stage, [
    'deploy',
    name,
    '--app',
    app,
    '--require-approval',
    'never',
    ...Object.entries(parameters).flatMap(([parameter, value]) => [
      '--parameters',
      `${name}:${parameter}=${value}`,
    ]),
  ]);
}

/** @throws CdkError */
export function cdkDestroy(stage: Stage, name = STACK): Promise<string> {
  return runCdk(stage, ['destroy', name, '--app', assembly(stage), '--force']);
}
