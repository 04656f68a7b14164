/** Looks for the rehearsal's secrets where a secret must never be. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  DescribeStacksCommand,
  GetTemplateCommand,
  paginateDescribeStackEvents,
} from '@aws-sdk/client-cloudformation';
import { paginateDescribeLogGroups, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { Clients } from './clients.ts';
import type { Stage } from './stage.ts';
import type { Tenant } from './vendors/simulator.ts';

/** A text that is kept or shown somewhere, and where. */
interface Exposed {
  readonly where: string;
  readonly text: string;
}

/** Issued tokens and keys differ from run to run; the simulated vendors give each a word that tells it. */
const ISSUED = /eyJ[\w-]+\.[\w-]+\.simulated\w+|simulatedCloudOneApiKeySecret\w+/;

/** @returns where a secret was found, never the secret. */
export async function findLeaks(stage: Stage, stackName: string): Promise<string[]> {
  const exposed = [
    ...(await logEvents(stage.clients)),
    ...(await stackTexts(stage.clients, stackName)),
    ...(await files(stage.folder)),
  ];
  const secrets = secretsOf(stage.simulator.tenant);
  return exposed
    .filter(({ text }) => ISSUED.test(text) || secrets.some((secret) => text.includes(secret)))
    .map(({ where }) => where);
}

function secretsOf(tenant: Tenant): string[] {
  const { cloudOneApiKey, visionOneEnrollmentToken, visionOneApiKey, ingestToken } = tenant;
  const { appDynamicsPassword, appDynamicsApiClientSecret, ibmSecretAccessKey } = tenant;
  const [, secretHalf = cloudOneApiKey] = cloudOneApiKey.split(':');
  return [
    secretHalf,
    visionOneEnrollmentToken,
    visionOneApiKey,
    ingestToken,
    appDynamicsPassword,
    appDynamicsApiClientSecret,
    ibmSecretAccessKey,
  ];
}

async function logEvents({ logs }: Clients): Promise<Exposed[]> {
  const exposed: Exposed[] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: logs }, {})) {
    for (const { logGroupName } of logGroups) {
      for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, { logGroupName })) {
        exposed.push(
          ...events.map(({ message = '' }) => ({ where: `log group ${logGroupName}`, text: message })),
        );
      }
    }
  }
  return exposed;
}

async function stackTexts({ cloudFormation }: Clients, stackName: string): Promise<Exposed[]> {
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }));
  const { TemplateBody = '' } = await cloudFormation.send(new GetTemplateCommand({ StackName: stackName }));
  const exposed = [
    { where: 'the description of the stack', text: JSON.stringify(Stacks) },
    { where: 'the template', text: TemplateBody },
  ];
  const pages = paginateDescribeStackEvents({ client: cloudFormation }, { StackName: stackName });
  for await (const { StackEvents = [] } of pages) {
    exposed.push(
      ...StackEvents.map(({ LogicalResourceId, ResourceStatusReason = '' }) => ({
        where: `the events of ${LogicalResourceId}`,
        text: ResourceStatusReason,
      })),
    );
  }
  return exposed;
}

/** What the rehearsal itself keeps: the CDK's and the emulator's logs, the recorded calls. */
async function files(folder: string): Promise<Exposed[]> {
  const names = (await readdir(folder)).filter((name) => /\.(log|ndjson)$/.test(name));
  return Promise.all(
    names.map(async (name) => ({ where: name, text: await readFile(join(folder, name), 'utf8') })),
  );
}
