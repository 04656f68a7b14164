import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { awsStepsOf } from '../../rehearsal/aws-steps.ts';
import { StageError } from '../../rehearsal/stage.ts';
import type { Step } from '../../rehearsal/step.ts';

const resource = (logicalId: string, type: string) => ({ logicalId, type });
const QUEUE = resource('Queue', 'AWS::SQS::Queue');
const CONNECTOR = resource('Connector', 'Custom::WorkloadSecurityConnector');

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aws-steps-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const stageWith = (external: boolean) =>
  ({
    aws: { provider: { name: 'LocalStack', version: '4', external } },
    failingCreation: join(folder, 'failing.json'),
  }) as Parameters<Step['arm']>[0];

function only(steps: readonly Step[]): Step {
  const [step] = steps;
  if (step === undefined) {
    throw new Error('There is no step.');
  }
  return step;
}

describe('the steps of AWS', () => {
  test('are one a resource, and two a custom resource', () => {
    const ids = awsStepsOf([QUEUE, CONNECTOR]).map(({ id }) => id);

    expect(ids).toEqual(['aws:Queue', 'aws:Connector', 'unanswered:Connector']);
  });

  test('leave out what CloudFormation makes nothing of', () => {
    expect(awsStepsOf([resource('CDKMetadata', 'AWS::CDK::Metadata')])).toEqual([]);
  });

  test('do not claim that a Delete knows what tells nothing of who made it', () => {
    const ids = awsStepsOf([resource('Notification', 'Custom::BucketNotification')]).map(({ id }) => id);

    expect(ids).toEqual(['aws:Notification']);
  });

  test.each([
    [QUEUE, "Access denied for operation 'AWS::SQS::Queue'.", 'AccessDenied'],
    [resource('Role', 'AWS::IAM::Role'), "Limit exceeded for resource of type 'AWS::IAM::Role'.", 'Limit'],
    [CONNECTOR, 'not authorized to perform: lambda:InvokeFunction', 'AccessDeniedException'],
  ])('%j fails as it would on AWS', async (which, words, code) => {
    const stage = stageWith(false);
    only(awsStepsOf([which])).arm(stage);

    const written = JSON.parse(await readFile(stage.failingCreation, 'utf8'));

    expect(written).toMatchObject({ stack: 'CloudOne', resource: which.logicalId, when: 'before' });
    expect(written.reason).toContain(words);
    expect(written.reason).toContain(code);
  });

  test('fails in the stack that it is of', async () => {
    const stage = stageWith(false);
    only(awsStepsOf([QUEUE], 'AuditArchive')).arm(stage);

    expect(JSON.parse(await readFile(stage.failingCreation, 'utf8'))).toMatchObject({
      stack: 'AuditArchive',
      resource: 'Queue',
    });
  });

  test('an answer is lost after the function has done its work', async () => {
    const stage = stageWith(false);
    awsStepsOf([CONNECTOR])[1]?.arm(stage);

    expect(JSON.parse(await readFile(stage.failingCreation, 'utf8'))).toMatchObject({
      resource: 'Connector',
      when: 'after',
      reason: expect.stringContaining('did not receive a response'),
    });
  });

  test('fail no more when disarmed, however often', () => {
    const stage = stageWith(false);
    const step = only(awsStepsOf([QUEUE]));
    step.arm(stage);

    step.disarm(stage);
    step.disarm(stage);

    expect(existsSync(stage.failingCreation)).toBe(false);
  });

  test('cannot be had from an AWS that was given', () => {
    const arm = () => only(awsStepsOf([QUEUE])).arm(stageWith(true));

    expect(arm).toThrow(StageError);
    expect(arm).toThrow(/LocalStack was given.*aws:Queue.*AWS_ENDPOINT_URL/);
  });

  test('are named by resource, cause and the stack’s own reason together', () => {
    const step = only(awsStepsOf([QUEUE]));
    const failure = {
      logicalId: 'Queue',
      reason: `Resource handler returned message: "Access denied for operation 'AWS::SQS::Queue'." (HandlerErrorCode: AccessDenied)`,
      rollBackReason: 'The following resource(s) failed to create: [Queue]. Rollback requested by user.',
    };

    expect(step.isNamedBy(failure)).toBe(true);
    expect(step.isNamedBy({ ...failure, logicalId: 'Role' })).toBe(false);
    expect(step.isNamedBy({ ...failure, reason: 'Access denied' })).toBe(false);
    expect(step.isNamedBy({ ...failure, rollBackReason: 'Rollback requested' })).toBe(false);
  });
});
