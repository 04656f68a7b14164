/**
 * Who deploys in a rehearsal: a user with the policy that `trailbridge permissions` prints, and nothing else.
 *
 * The local AWS checks each of the user's own calls. What CloudFormation does in the deployer's name it does not
 * check; `permissions/deployer-proof.ts` evaluates that.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeletePolicyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { assembly, STACK } from './acts/stack.ts';
import type { PolicyDocument } from './permissions/policies.ts';
import type { Stage } from './stage.ts';

const run = promisify(execFile);
const TRAILBRIDGE = fileURLToPath(new URL('../bin/trailbridge.ts', import.meta.url));

const UserName = 'trailbridge-rehearsal-deployer';
const PolicyName = 'trailbridge-rehearsal';

/** Bounds every role of the stack: functions of ours manage neither identities nor other stacks. */
const BOUNDARY: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action: ['iam:*', 'sts:AssumeRole', 'cloudformation:*Stack'], Resource: '*' },
  ],
};

export interface Deployer {
  /** The user's credentials, for the environment of the CDK's command line tool. */
  readonly credentials: Readonly<Record<string, string>>;
  /** A policy that bounds the roles of what is deployed. */
  readonly boundaryArn: string;
  /** Removes the user and the boundary. */
  dismiss(): Promise<void>;
}

/** Makes the user, and the boundary. */
export async function hireDeployer(stage: Stage): Promise<Deployer> {
  const iam = new IAMClient({
    endpoint: stage.aws.endpoint,
    region: stage.aws.region,
    credentials: {
      accessKeyId: stage.aws.clientEnvironment.AWS_ACCESS_KEY_ID ?? 'test',
      secretAccessKey: stage.aws.clientEnvironment.AWS_SECRET_ACCESS_KEY ?? 'test',
    },
  });
  const policy = await printedPolicy(stage, 'cdk');
  await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument: JSON.stringify(policy) }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const boundary = await iam.send(
    new CreatePolicyCommand({ PolicyName, PolicyDocument: JSON.stringify(BOUNDARY) }),
  );
  const boundaryArn = boundary.Policy?.Arn ?? '';
  return {
    credentials: {
      AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId ?? '',
      AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey ?? '',
    },
    boundaryArn,
    dismiss: async () => {
      await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: AccessKey?.AccessKeyId }));
      await iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName }));
      await iam.send(new DeleteUserCommand({ UserName }));
      await iam.send(new DeletePolicyCommand({ PolicyArn: boundaryArn }));
      iam.destroy();
    },
  };
}

/**
 * What `trailbridge permissions` prints for the templates of this rehearsal.
 *
 * @param parameters values of the template's parameters, as the deployment gives them.
 * @param stack its name, which is its template's, too.
 */
export async function printedPolicy(
  stage: Stage,
  receiver: 'cdk' | 'execution-role',
  parameters: Readonly<Record<string, string>> = {},
  stack = STACK,
): Promise<PolicyDocument> {
  const { stdout } = await run(process.execPath, [
    TRAILBRIDGE,
    'permissions',
    ...['--for', receiver, '--stack', stack],
    ...['--template', join(assembly(stage), `${stack}.template.json`)],
    ...['--account', stage.aws.accountId, '--region', stage.aws.region],
    ...Object.entries(parameters).flatMap(([name, value]) => ['--parameter', `${name}=${value}`]),
  ]);
  return JSON.parse(stdout) as PolicyDocument;
}
