import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { UserError } from '../errors.ts';
import { accountId } from '../options.ts';
import type { Output } from '../output.ts';
import { readTemplate, synthesizeTemplate } from '../permissions/assembly.ts';
import { deployerPolicy, RECEIVERS, type Receiver, UnknownResourceTypeError } from '../permissions/derive.ts';
import {
  charactersOf,
  MANAGED_POLICY_LIMIT,
  type PolicyDocument,
  splitPolicy,
} from '../permissions/policy.ts';
import { UnknownActionError } from '../permissions/scopes.ts';

interface PermissionsOptions {
  readonly stack: string;
  readonly region?: string;
  readonly account: string;
  readonly for: Receiver;
  readonly template?: string;
  readonly parameter: Readonly<Record<string, string>>;
  readonly output?: string;
}

/** Of CloudFormation, for a stack: it becomes part of names and patterns. */
const STACK_NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;
const REGION = /^([a-z]{2}(-[a-z]+)+-\d|\*)$/;

export function addPermissionsCommand({ program, output }: CommandContext): void {
  program
    .command('permissions')
    .description('Prints the IAM policy that deploying, updating and deleting the stack takes')
    .addOption(new Option('--for <whom>', 'who is to have the policy').choices(RECEIVERS).default('direct'))
    .addOption(
      new Option('--account <id>', 'AWS account of the stack').argParser(accountIdOrAny).default('*', 'any'),
    )
    .option('--template <file>', 'template to deploy (default: synthesized afresh)')
    .addOption(
      new Option('--parameter <name=value>', 'a parameter of the deployment; may be repeated')
        .argParser(collected)
        .default({}, 'none'),
    )
    .option('--output <folder>', 'write documents that each fit into a managed policy')
    .addHelpText(
      'after',
      `
For whom:
  direct          whoever creates the stack with the AWS CLI or in the console
  cdk             whoever runs cdk deploy and cdk destroy where the CDK is bootstrapped:
                  the roles of the bootstrap, which are assumed, do the rest
  execution-role  the role of the bootstrap that CloudFormation acts with; it has
                  AdministratorAccess unless cdk bootstrap --cloudformation-execution-policies
                  names other policies

The policy is derived from the template, resource by resource, and has what Trend Micro's
onboarding guide lists. It names the stack (--stack), the account and the region
(--region) where they are given, and any of them otherwise. Whoever may create roles can
give them permissions: give it to people whom you trust with that, and see the parameter
PermissionsBoundaryArn. What the vendor's own client takes (ForwardingDestination VendorClient)
is the vendor's to say, and not in it.

Examples:
  $ npx trailbridge permissions --account 111122223333 --region eu-central-1
  $ npx trailbridge permissions --for execution-role --output policies`,
    )
    .action(async (_options: object, command: Command) => {
      const options = command.optsWithGlobals<PermissionsOptions>();
      const policy = await policyFor(options);
      if (options.output === undefined) {
        output().result(policy, indented);
        noteSize(policy, output());
      } else {
        const files = await write(splitPolicy(policy), options.output, options.for);
        output().result({ files }, () => files.join('\n'));
      }
    });
}

async function policyFor(options: PermissionsOptions): Promise<PolicyDocument> {
  const { stack, region = '*', account, template } = options;
  if (!STACK_NAME.test(stack)) {
    throw new UserError(`"${stack}" is no name of a stack: letters, digits and hyphens, a letter first.`);
  }
  if (!REGION.test(region)) {
    throw new UserError(`"${region}" is no AWS region. Give its code, such as eu-central-1.`);
  }
  try {
    return deployerPolicy({
      template: template === undefined ? await synthesizeTemplate(stack) : await readTemplate(template),
      place: { stack, account, region },
      receiver: options.for,
      parameters: options.parameter,
    });
  } catch (error) {
    // A template of somebody's own, or a later one: the message says what to add.
    if (error instanceof UnknownResourceTypeError || error instanceof UnknownActionError) {
      throw new UserError(error.message, { cause: error });
    }
    throw error;
  }
}

function noteSize(policy: PolicyDocument, output: Output): void {
  const size = charactersOf(policy);
  const parts = splitPolicy(policy).length;
  if (parts > 1) {
    output.warning(
      `The document has ${size} characters, and a managed policy holds ${MANAGED_POLICY_LIMIT}: ` +
        `with --output <folder> it is written as ${parts} documents, which all have to be attached.`,
    );
  }
}

async function write(
  parts: readonly PolicyDocument[],
  folder: string,
  receiver: Receiver,
): Promise<readonly string[]> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new UserError(
      `Nothing can be written to ${folder} (${(error as Error).message}). Name a folder with --output.`,
      {
        cause: error,
      },
    );
  }
  return Promise.all(
    parts.map(async (part, index) => {
      const file = join(folder, `trailbridge-${receiver}-${index + 1}-of-${parts.length}.json`);
      await writeFile(file, `${indented(part)}\n`);
      return file;
    }),
  );
}

function indented(policy: PolicyDocument): string {
  return JSON.stringify(policy, undefined, 2);
}

function accountIdOrAny(text: string): string {
  return text === '*' ? text : accountId(text);
}

function collected(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError('A parameter is given as <name>=<value>.');
  }
  return { ...before, [name]: value };
}
