import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Command } from 'commander';
import { OUTPUTS } from '../../contract/parameters.ts';
import {
  AWS_REGION_BY_CLOUD_ONE_REGION,
  type CloudOneRegion,
  parseCloudOneRegion,
} from '../../contract/regions.ts';
import { lookUpAccount } from '../../lambda/vendors/cloudone/accounts.ts';
import type { CloudOneAccess } from '../../lambda/vendors/cloudone/call.ts';
import { requestCloudTrailStack } from '../../lambda/vendors/cloudone/cloudtrail.ts';
import { API_KEY_SOURCES, API_KEY_VARIABLE, type FoundApiKey, findApiKey } from '../api-key.ts';
import { type AwsOptions, askAws, clientConfiguration } from '../aws.ts';
import type { CommandContext } from '../command-context.ts';
import { UserError } from '../errors.ts';
import { accountId } from '../options.ts';
import { type AskHidden, columns } from '../output.ts';
import { askVendor } from '../vendors.ts';

/** What `trailbridge link --json` prints. */
export interface ConsoleLink {
  /** Creates the vendor's client stack. It holds a token. */
  readonly url: string;
  /** ISO 8601, UTC. */
  readonly expiresAt: string;
  readonly awsAccountId: string;
  readonly awsRegion: string;
  readonly cloudOneRegion: string;
}

export interface LinkOptions extends AwsOptions {
  readonly stackIsNamed: boolean;
  /** The AWS account that the link is for, where no stack tells it. */
  readonly account?: string;
}

const STEP = 'Console link';
/** For all calls to Cloud One together, with what it asks to be waited. */
const PATIENCE_MS = 2 * 60_000;

export function addLinkCommand({ program, output, streams }: CommandContext): void {
  program
    .command('link')
    .description("Prints the link that creates the vendor's own CloudTrail client in the AWS console")
    .option(
      '--account <id>',
      'AWS account that the link is for (default: that of the stack or the profile)',
      accountId,
    )
    .addHelpText(
      'after',
      `
The link is for one AWS account and the AWS region that belongs to the Cloud One region. It is valid for 30 days.
Whoever has it can send logs to your Cloud One account for as long: treat it like a password.

${API_KEY_SOURCES}

Examples:
  $ npx trailbridge link                                  # of the deployed stack CloudOne
  $ npx trailbridge link --stack Audit --region eu-central-1
  $ ${API_KEY_VARIABLE}=<id>:<secret> npx trailbridge link --account 111122223333   # before any deployment
  $ npx trailbridge link --json | jq -r .url`,
    )
    .action(async (_options: object, command: Command) => {
      const options = command.optsWithGlobals<AwsOptions & { readonly account?: string }>();
      const stackIsNamed = program.getOptionValueSource('stack') === 'cli';
      const link = await createLink({ ...options, stackIsNamed }, streams.askHidden);
      output().warning(
        `Whoever has this link can send logs to your Trend Cloud One account until ${link.expiresAt}, and no call is ` +
          'known that takes it back. Keep it out of tickets, chats and logs.',
      );
      output().result(link, textOf);
    });
}

/**
 * Has Cloud One make a link, and with it a token.
 *
 * @throws UserError where there is no key, the vendor or AWS refuse or cannot be reached, or the region is not the
 *   one that belongs to the Cloud One region.
 */
export async function createLink(
  options: LinkOptions,
  askHidden: AskHidden | undefined,
): Promise<ConsoleLink> {
  const found = await findApiKey(options, askHidden);
  const access = { apiKey: found.apiKey, step: STEP, signal: AbortSignal.timeout(PATIENCE_MS) };
  const cloudOneRegion = await regionOf(found, access);
  const { awsAccountId, awsRegion } = await placeOf(found, options, cloudOneRegion);
  const { link, expiresAt } = await askVendor(STEP, () =>
    requestCloudTrailStack(access, cloudOneRegion, { awsAccountId, awsRegion }),
  );
  return { url: link, expiresAt: expiresAt.toISOString(), awsAccountId, awsRegion, cloudOneRegion };
}

/** A stack has looked it up when it was deployed. */
async function regionOf({ stack }: FoundApiKey, access: CloudOneAccess): Promise<CloudOneRegion> {
  const known = stack?.output(OUTPUTS.cloudOneRegion) ?? null;
  return askVendor(STEP, async () =>
    known === null ? (await lookUpAccount(access)).region : parseCloudOneRegion(known),
  );
}

/** The AWS account and region that the link is for. */
async function placeOf(
  { stack }: FoundApiKey,
  options: LinkOptions,
  cloudOneRegion: CloudOneRegion,
): Promise<{ readonly awsAccountId: string; readonly awsRegion: string }> {
  const { account } = options;
  if (stack === undefined) {
    const awsRegion = await rightRegion(options, cloudOneRegion);
    return { awsAccountId: account ?? (await callersAccount(options, awsRegion)), awsRegion };
  }
  if (account !== undefined && account !== stack.accountId) {
    throw new UserError(
      `The stack "${options.stack}" is in the AWS account ${stack.accountId}, not in ${account}. Leave --account out; or, ` +
        `for a link without a stack, set ${API_KEY_VARIABLE} and leave --stack out.`,
    );
  }
  return { awsAccountId: stack.accountId, awsRegion: stack.region };
}

/** @throws UserError where another region was chosen than the one that belongs to the Cloud One region. */
async function rightRegion(options: AwsOptions, cloudOneRegion: CloudOneRegion): Promise<string> {
  const right = AWS_REGION_BY_CLOUD_ONE_REGION[cloudOneRegion];
  const chosen = await chosenRegion(options);
  if (chosen !== undefined && chosen !== right) {
    throw new UserError(
      `The Trend Cloud One account is in region ${cloudOneRegion}, which belongs to AWS region ${right}, but --region, ` +
        `AWS_REGION or the profile say ${chosen}. Give --region ${right}.`,
    );
  }
  return right;
}

async function chosenRegion(options: AwsOptions): Promise<string | undefined> {
  try {
    return await new STSClient(clientConfiguration(options)).config.region();
  } catch (error) {
    // None was chosen, and none needs to be: only one is right.
    if ((error as Error).message.includes('Region is missing')) {
      return undefined;
    }
    throw error;
  }
}

async function callersAccount(options: AwsOptions, region: string): Promise<string> {
  const client = new STSClient({ ...clientConfiguration(options), region });
  const { Account } = await askAws('STS', () => client.send(new GetCallerIdentityCommand({})));
  if (Account === undefined) {
    throw new UserError('STS does not tell the AWS account of these credentials. Give --account.');
  }
  return Account;
}

function textOf(link: ConsoleLink): string {
  return columns([
    ['Link', link.url],
    ['Expires', link.expiresAt],
    ['For', `AWS account ${link.awsAccountId} in ${link.awsRegion}, Trend Cloud One ${link.cloudOneRegion}`],
  ]);
}
