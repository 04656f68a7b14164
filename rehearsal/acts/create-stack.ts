/** The stack without the CDK command line tool, which looks every five seconds only: for many deployments in a row. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  CloudFormationServiceException,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import * as z from 'zod';
import type { Clients } from '../clients.ts';
import type { Parameters } from '../scenarios/scenario.ts';
import type { Stage } from '../stage.ts';
import { assembly, runCdk, STACK } from './stack.ts';

const POLL_MS = 100;
/** Far more than a deployment takes here; a hang must not last as long as the caller's patience. */
const PATIENCE_MS = 5 * 60_000;

const assets = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.string() }).loose(),
      destinations: z.record(z.string(), z.object({ bucketName: z.string(), objectKey: z.string() }).loose()),
    }),
  ),
});

/** The stack was still being created or deleted when the patience was at its end. */
export class StackUnsettledError extends Error {
  override readonly name = 'StackUnsettledError';
}

/**
 * Publishes the synthesized template and the functions' code, as `cdk deploy` does before it deploys.
 *
 * @returns the template's URL.
 * @throws CdkError
 */
export async function publishAssets(stage: Stage): Promise<string> {
  await runCdk(stage, ['publish-assets', STACK, '--app', assembly(stage), '--unstable=publish-assets']);
  const manifest = JSON.parse(await readFile(join(assembly(stage), `${STACK}.assets.json`), 'utf8'));
  const files = Object.values(assets.parse(manifest).files);
  const template = files.find(({ source }) => source.path === `${STACK}.template.json`);
  const [place] = Object.values(template?.destinations ?? {});
  const own: Readonly<Record<string, string>> = { AccountId: stage.aws.accountId, Region: stage.aws.region };
  const bucket = place?.bucketName.replace(/\$\{AWS::(\w+)\}/g, (_, name: string) => own[name] ?? '');
  return `${stage.aws.endpoint}/${bucket}/${place?.objectKey}`;
}

/**
 * Creates the stack, and waits until it is there or rolled back.
 *
 * @returns whether it is there.
 * @throws StackUnsettledError
 */
export async function createStack(
  { clients }: Pick<Stage, 'clients'>,
  templateUrl: string,
  parameters: Parameters,
): Promise<boolean> {
  const { StackId = '' } = await clients.cloudFormation.send(
    new CreateStackCommand({
      StackName: STACK,
      TemplateURL: templateUrl,
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  );
  return (await settled(clients, StackId)) === 'CREATE_COMPLETE';
}

/**
 * Deletes the stack, if there is one, and waits until it is gone or cannot be deleted.
 *
 * @returns its last status; `DELETE_COMPLETE` also where there was none.
 * @throws StackUnsettledError
 */
export async function deleteStack({ clients }: Pick<Stage, 'clients'>): Promise<string> {
  const stackId = await idOf(clients);
  if (stackId === undefined) {
    return 'DELETE_COMPLETE';
  }
  await clients.cloudFormation.send(new DeleteStackCommand({ StackName: stackId }));
  return settled(clients, stackId);
}

async function idOf({ cloudFormation }: Clients): Promise<string | undefined> {
  try {
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: STACK }));
    return Stacks?.[0]?.StackId;
  } catch (error) {
    if (error instanceof CloudFormationServiceException && error.name === 'ValidationError') {
      // CloudFormation's answer where there is no such stack.
      return undefined;
    }
    throw error;
  }
}

async function settled({ cloudFormation }: Clients, stackId: string): Promise<string> {
  for (const giveUpAt = Date.now() + PATIENCE_MS; ; await wait(POLL_MS)) {
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackId }));
    const status = Stacks?.[0]?.StackStatus ?? 'none';
    if (!status.endsWith('_IN_PROGRESS')) {
      return status;
    }
    if (Date.now() > giveUpAt) {
      throw new StackUnsettledError(`The stack is still ${status} after ${PATIENCE_MS / 1000} s.`);
    }
  }
}
