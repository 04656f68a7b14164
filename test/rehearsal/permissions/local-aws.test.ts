import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, describe, expect, it } from 'vitest';
import { MissingPrerequisite } from '../../../rehearsal/aws/errors.ts';
import { type LocalAws, startLocalAws } from '../../../rehearsal/aws/local-aws.ts';
import { provePermissions, recordingEnvironment, stateOf } from '../../../rehearsal/permissions/proof.ts';
import { clientOf } from '../aws/conformance/fixture.ts';
import { Stacks } from '../aws/conformance/stacks.ts';
import { template } from './stack-with-gaps.ts';

// The whole way once: a function in the local AWS, preloaded with the recorder; its role read back; the proof.
const workDir = await mkdtemp(join(tmpdir(), 'permission-proof-'));
const callLog = join(workDir, 'calls.ndjson');
const aws = await startedOrReason();

async function startedOrReason(): Promise<LocalAws | MissingPrerequisite> {
  try {
    return await startLocalAws({
      region: 'eu-central-1',
      workDir,
      // What is to be found is a missing permission: the local AWS must let the call pass.
      enforceIam: false,
      environment: {
        ...recordingEnvironment(callLog),
        NODE_PATH: fileURLToPath(new URL('../../../node_modules', import.meta.url)),
      },
    });
  } catch (error) {
    if (error instanceof MissingPrerequisite) return error;
    throw error;
  }
}

afterAll(async () => {
  if (!(aws instanceof Error)) await aws.stop();
  await rm(workDir, { recursive: true, force: true });
});

describe.skipIf(aws instanceof Error)('the permission proof in a local AWS', { timeout: 60_000 }, () => {
  it('names the permissions that a deployed function lacks, and those that it does not need', async () => {
    if (aws instanceof Error) throw aws;
    const { outputs, reason } = await new Stacks(clientOf(aws)).deploy('proof', template);
    expect(reason).toBe('');
    const name = outputs.Function ?? '';
    const lambda = new LambdaClient(clientOf(aws));
    const invocation = await lambda.send(new InvokeCommand({ FunctionName: name }));
    lambda.destroy();
    expect(invocation.FunctionError).toBeUndefined();

    const proof = await provePermissions({ callLog, states: [await stateOf(aws, 'proof')] });

    expect(proof.denied).toEqual([
      `${name}: kms:GenerateDataKey on ${outputs.Key}: not allowed by the role's policies`,
      `${name}: sqs:SendMessage on ${outputs.Queue}: not allowed by the role's policies`,
    ]);
    expect(proof.calls).toBe(4);
    expect(proof.functions[0]?.unusedActions).toEqual([`s3:DeleteBucket on ${outputs.Bucket}`]);
  });
});
