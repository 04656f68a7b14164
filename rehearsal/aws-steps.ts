/** The steps of a deployment that are AWS's: the creation of every resource that can fail. */
import { rmSync, writeFileSync } from 'node:fs';
import { STACK } from './acts/stack.ts';
import { StageError } from './stage.ts';
import type { Step } from './step.ts';
import type { TemplateResource } from './template.ts';

/** CloudFormation makes nothing of them, so nothing can go wrong. */
const MAKE_NOTHING = new Set(['AWS::CDK::Metadata', 'AWS::CloudFormation::WaitConditionHandle']);

/** Types of which an account has so many and no more by default. Source: AWS General Reference, "Service quotas". */
const COUNTED = new Set([
  'AWS::CloudTrail::Trail',
  'AWS::CloudWatch::Alarm',
  'AWS::Events::Rule',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
]);

/**
 * A bucket's setting tells nothing of who made it. A creation that CloudFormation never hears of cannot be undone by its
 * Delete, which does not know whether it was there before: it is left, rather than somebody else's being taken.
 */
const BEYOND_RECALL = new Set(['Custom::BucketNotification']);

/** The words of CloudFormation where a function's answer never came. */
const NO_ANSWER =
  'CloudFormation did not receive a response from your Custom Resource. ' +
  'Please check your logs for requestId [00000000-0000-0000-0000-000000000000].';

/**
 * One step a resource, in the template's order: CloudFormation cannot create it. And one more a custom resource:
 * its function does what it is for, and CloudFormation never hears of it.
 *
 * (To fail what CloudFormation itself has created is left out: it deletes that like everything else that was created,
 * which every other step shows.)
 */
export function awsStepsOf(resources: readonly TemplateResource[], stack = STACK): Step[] {
  return resources
    .filter(({ type }) => !MAKE_NOTHING.has(type))
    .flatMap((resource) => [
      awsStep(stack, `aws:${resource.logicalId}`, resource, 'before', refusalOf(resource)),
      ...(isCustom(resource) && !BEYOND_RECALL.has(resource.type)
        ? [awsStep(stack, `unanswered:${resource.logicalId}`, resource, 'after', NO_ANSWER)]
        : []),
    ]);
}

function isCustom({ type }: TemplateResource): boolean {
  return type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';
}

/** As the resource types' own handlers say it. Source: the messages of the CloudFormation CLI's Java plugin. */
function refusalOf(resource: TemplateResource): string {
  const { type } = resource;
  if (isCustom(resource)) {
    return 'User is not authorized to perform: lambda:InvokeFunction (Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException)';
  }
  const [message, code] = COUNTED.has(type)
    ? [
        `Limit exceeded for resource of type '${type}'. Reason: The quota of this account is used up`,
        'ServiceLimitExceeded',
      ]
    : [`Access denied for operation '${type}'.`, 'AccessDenied'];
  return `Resource handler returned message: "${message}" (HandlerErrorCode: ${code})`;
}

function awsStep(
  stack: string,
  id: string,
  { logicalId }: TemplateResource,
  when: 'before' | 'after',
  reason: string,
): Step {
  return {
    id,
    arm: ({ aws, failingCreation }) => {
      if (aws.provider.external) {
        throw new StageError(
          `${aws.provider.name} was given, and cannot be told to fail at ${id}: unset AWS_ENDPOINT_URL.`,
        );
      }
      writeFileSync(failingCreation, JSON.stringify({ stack, resource: logicalId, reason, when }));
    },
    disarm: ({ failingCreation }) => rmSync(failingCreation, { force: true }),
    isNamedBy: (failure) =>
      failure.logicalId === logicalId &&
      failure.reason.includes(reason) &&
      failure.rollBackReason.includes(logicalId),
  };
}
