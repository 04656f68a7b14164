import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  type Stack,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import type { ClientOptions } from './fixture.ts';

/** A CloudFormation template. */
export interface Template {
  readonly [section: string]: object | string | undefined;
  readonly Resources: Readonly<Record<string, object>>;
}

export interface Deployed {
  readonly name: string;
  readonly id: string;
  readonly status: string;
  readonly reason: string;
  readonly outputs: Readonly<Record<string, string>>;
}

type Parameters = Readonly<Record<string, string>>;

/** Deploys and deletes stacks the way the CDK does: through change sets, by name, deleted by id. */
export class Stacks {
  readonly #client: CloudFormationClient;
  #changeSets = 0;

  constructor(options: ClientOptions) {
    this.#client = new CloudFormationClient(options);
  }

  /** Creates or updates; gives the end state, whatever it is. */
  async deploy(name: string, template: Template | string, parameters: Parameters = {}): Promise<Deployed> {
    const changeSet = await this.changeSet(name, template, parameters);
    if (changeSet.status === 'FAILED') throw new Error(`change set: ${changeSet.reason}`);
    await this.#client.send(new ExecuteChangeSetCommand({ ChangeSetName: changeSet.id, StackName: name }));
    return this.#ended(name);
  }

  /** Makes a change set and waits for its end state. */
  async changeSet(
    name: string,
    template: Template | string,
    parameters: Parameters = {},
  ): Promise<{ id: string; status: string; reason: string }> {
    this.#changeSets += 1;
    const made = await this.#client.send(
      new CreateChangeSetCommand({
        StackName: name,
        ChangeSetName: `change-${this.#changeSets}`,
        ChangeSetType: (await this.#exists(name)) ? 'UPDATE' : 'CREATE',
        Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
        ...(typeof template === 'string'
          ? { TemplateURL: template }
          : { TemplateBody: JSON.stringify(template) }),
        Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
          ParameterKey,
          ParameterValue,
        })),
      }),
    );
    const id = made.Id ?? '';
    for (;;) {
      const { Status = '', StatusReason = '' } = await this.#client.send(
        new DescribeChangeSetCommand({ ChangeSetName: id, StackName: name }),
      );
      if (!/PENDING|IN_PROGRESS/.test(Status)) return { id, status: Status, reason: StatusReason };
      await sleep(20);
    }
  }

  /** Deletes by stack id, as `cdk destroy` does; gives the end state. */
  async delete(stack: Pick<Deployed, 'id'>): Promise<Deployed> {
    await this.#client.send(new DeleteStackCommand({ StackName: stack.id }));
    return this.#ended(stack.id);
  }

  async describe(name: string): Promise<Stack> {
    const { Stacks: [stack] = [] } = await this.#client.send(new DescribeStacksCommand({ StackName: name }));
    if (!stack) throw new Error(`no stack ${name}`);
    return stack;
  }

  /** The stack's events, oldest first. */
  async events(name: string): Promise<StackEvent[]> {
    const { StackEvents = [] } = await this.#client.send(new DescribeStackEventsCommand({ StackName: name }));
    return StackEvents.toReversed();
  }

  /** The reasons of every failed resource. */
  async failures(name: string): Promise<string[]> {
    const events = await this.events(name);
    return events
      .filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED'))
      .map(({ LogicalResourceId, ResourceStatusReason }) => `${LogicalResourceId}: ${ResourceStatusReason}`);
  }

  /** The physical id of a resource. */
  async physicalId(stack: string, logicalId: string): Promise<string> {
    const { StackResources = [] } = await this.#client.send(
      new DescribeStackResourcesCommand({ StackName: stack }),
    );
    const found = StackResources.find(({ LogicalResourceId }) => LogicalResourceId === logicalId);
    if (!found?.PhysicalResourceId) throw new Error(`no resource ${logicalId} in ${stack}`);
    return found.PhysicalResourceId;
  }

  async #exists(name: string): Promise<boolean> {
    try {
      return (await this.describe(name)).StackStatus !== 'REVIEW_IN_PROGRESS';
    } catch {
      // CloudFormation answers a validation error for a stack that is not there: it is to be created.
      return false;
    }
  }

  async #ended(name: string): Promise<Deployed> {
    for (;;) {
      const stack = await this.describe(name);
      const status = stack.StackStatus ?? '';
      if (!/IN_PROGRESS$/.test(status)) {
        const outputs = (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]);
        return {
          name: stack.StackName ?? '',
          id: stack.StackId ?? '',
          status,
          reason: stack.StackStatusReason ?? '',
          outputs: Object.fromEntries(outputs),
        };
      }
      await sleep(30);
    }
  }
}
