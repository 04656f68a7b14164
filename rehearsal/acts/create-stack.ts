/**
 * Stacks by CloudFormation's own calls: as the console launches them, and without the CDK's command line tool, which
 * looks every five seconds only, where many deployments follow each other.
 */
import { CreateStackCommand, DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import type { Clients } from '../clients.ts';
import type { Parameters } from '../scenarios/scenario.ts';
import { settledStatus, type WatchOptions, watchStack } from '../stack-watch.ts';
import { STACK } from './stack.ts';

export interface NewStack {
  /** @default the stack under rehearsal */
  readonly name?: string;
  readonly templateUrl: string;
  readonly parameters: Parameters;
}

/** @returns the status that the stack ends with: `CREATE_COMPLETE`, or how its roll-back ended. */
export async function createStack(
  clients: Clients,
  { name = STACK, templateUrl, parameters }: NewStack,
  observer: Omit<WatchOptions, 'signal'> = {},
): Promise<string> {
  await clients.cloudFormation.send(
    new CreateStackCommand({
      StackName: name,
      TemplateURL: templateUrl,
      Capabilities: ['CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  );
  const done = new AbortController();
  const [status] = await Promise.all([
    settledStatus(clients, name).finally(() => done.abort()),
    watchStack(clients, name, { ...observer, signal: done.signal }),
  ]);
  return status;
}

/** @returns the status that the stack ends with; `DELETE_COMPLETE` also where there was none. */
export async function deleteStack(clients: Clients, name: string = STACK): Promise<string> {
  await clients.cloudFormation.send(new DeleteStackCommand({ StackName: name }));
  return settledStatus(clients, name);
}
