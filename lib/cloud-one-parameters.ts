import { CfnCondition, CfnParameter, type CfnParameterProps, CfnRule, Fn, type Stack } from 'aws-cdk-lib';
import { FORWARDING_DESTINATIONS } from '../contract/forwarding.ts';
import {
  AWS_ACCOUNT_ID_PATTERN,
  BUCKET_NAME_PATTERN,
  CLOUD_ONE_API_KEY_PATTERN,
  EMAIL_PATTERN,
  KEY_ARN_PATTERN,
  PARAMETERS,
  POLICY_ARN_PATTERN,
  TOKEN_PATTERN,
  VISION_ONE_URL_PATTERN,
  WORKLOAD_SECURITY_ACCOUNT_ID,
} from '../contract/parameters.ts';

export type CloudOneParameters = ReturnType<typeof cloudOneParameters>;

/** Declares the parameters of the `CloudOne` stack, their groups in the console, and what contradicts what. */
export function cloudOneParameters(stack: Stack) {
  const parameter = (name: string, props: CfnParameterProps) => new CfnParameter(stack, name, props);
  const parameters = {
    cloudOneApiKey: parameter(PARAMETERS.cloudOneApiKey, {
      description: 'API key of the Trend Cloud One account, <id>:<secret>, with the Full Access role.',
      noEcho: true,
      allowedPattern: CLOUD_ONE_API_KEY_PATTERN,
      constraintDescription: 'An API key is its id, a colon and its secret, without spaces.',
    }),
    visionOneServiceToken: parameter(PARAMETERS.visionOneServiceToken, {
      description:
        'Enrolment token from Trend Vision One (Product Connector). Leave empty if the Cloud One account is connected already.',
      noEcho: true,
      default: '',
      allowedPattern: TOKEN_PATTERN,
      constraintDescription: 'A token has no spaces.',
    }),
    createNewTrail: parameter(PARAMETERS.createNewTrail, {
      description: 'Create a trail and a bucket for it. A second copy of management events costs extra.',
      default: 'false',
      allowedValues: ['true', 'false'],
    }),
    existingCloudtrailBucketName: parameter(PARAMETERS.existingCloudtrailBucketName, {
      description: 'Bucket that your trail writes to. Used when CreateNewTrail is false.',
      default: '',
      allowedPattern: BUCKET_NAME_PATTERN,
      constraintDescription: 'Letters, digits and hyphens, with no hyphen at either end.',
    }),
    forwardingDestination: parameter(PARAMETERS.forwardingDestination, {
      description:
        'Where CloudTrail files go: the Cloud One CloudTrail service, or a Vision One HTTP collector.',
      default: 'CloudOne',
      allowedValues: [...FORWARDING_DESTINATIONS],
    }),
    visionOneIngestUrl: parameter(PARAMETERS.visionOneIngestUrl, {
      description:
        'Endpoint URL of the Vision One HTTP collector. Used when ForwardingDestination is VisionOne.',
      default: '',
      allowedPattern: VISION_ONE_URL_PATTERN,
      constraintDescription: "An https URL of Vision One's, such as https://….xdr.trendmicro.com/ingest/….",
    }),
    visionOneIngestToken: parameter(PARAMETERS.visionOneIngestToken, {
      description: 'Ingestion token of the Vision One HTTP collector.',
      noEcho: true,
      default: '',
      allowedPattern: TOKEN_PATTERN,
      constraintDescription: 'A token has no spaces.',
    }),
    cloudOneAccountTemplateUrl: parameter(PARAMETERS.cloudOneAccountTemplateUrl, {
      description: "Template of Cloud One's account stack. Leave empty for the vendor's own.",
      default: '',
      allowedPattern: '^$|^https?://\\S+$',
      constraintDescription: 'The URL of a template in S3.',
    }),
    workloadSecurityAccountId: parameter(PARAMETERS.workloadSecurityAccountId, {
      description: 'AWS account of Trend Cloud One Workload Security, which may assume the inventory role.',
      default: WORKLOAD_SECURITY_ACCOUNT_ID,
      allowedPattern: AWS_ACCOUNT_ID_PATTERN,
      constraintDescription: 'A 12-digit AWS account id.',
    }),
    trailKeyArn: parameter(PARAMETERS.trailKeyArn, {
      description: "KMS key that the existing bucket's files are encrypted with; empty if there is none.",
      default: '',
      allowedPattern: KEY_ARN_PATTERN,
      constraintDescription: "A KMS key's ARN (not an alias's).",
    }),
    logBucketOnDelete: parameter(PARAMETERS.logBucketOnDelete, {
      description: "What becomes of a new trail's bucket and key when the stack is deleted.",
      default: 'Delete',
      allowedValues: ['Delete', 'Retain'],
    }),
    onVendorDeleteFailure: parameter(PARAMETERS.onVendorDeleteFailure, {
      description: 'What happens when a vendor refuses to take a registration back: Fail stops the deletion.',
      default: 'Fail',
      allowedValues: ['Fail', 'Continue'],
    }),
    revision: parameter(PARAMETERS.revision, {
      description:
        'Any other value than before makes an update look at every registration again and fetch a new token.',
      default: '1',
    }),
    permissionsBoundaryArn: parameter(PARAMETERS.permissionsBoundaryArn, {
      description:
        "IAM policy that bounds every role of this stack, where roles must have one. It does not reach the roles of the vendor's own stack.",
      default: '',
      allowedPattern: POLICY_ARN_PATTERN,
      constraintDescription: "A managed IAM policy's ARN.",
    }),
    alarmEmail: parameter(PARAMETERS.alarmEmail, {
      description: 'E-mail address that alarms are sent to, after it has confirmed. Empty: nobody is told.',
      default: '',
      allowedPattern: EMAIL_PATTERN,
      constraintDescription: 'One e-mail address.',
    }),
  };

  stack.templateOptions.metadata = { 'AWS::CloudFormation::Interface': consoleInterface() };
  contradictions(stack);

  const equals = (name: string, left: CfnParameter, right: string) =>
    new CfnCondition(stack, name, { expression: Fn.conditionEquals(left.valueAsString, right) });
  const given = (name: string, subject: CfnParameter) =>
    new CfnCondition(stack, name, {
      expression: Fn.conditionNot(Fn.conditionEquals(subject.valueAsString, '')),
    });
  return {
    ...parameters,
    conditions: {
      newTrail: equals('WithNewTrail', parameters.createNewTrail, 'true'),
      existingBucket: equals('WithExistingBucket', parameters.createNewTrail, 'false'),
      toCloudOne: equals('ToCloudOne', parameters.forwardingDestination, 'CloudOne'),
      toVisionOne: equals('ToVisionOne', parameters.forwardingDestination, 'VisionOne'),
      visionOneServiceTokenGiven: given('VisionOneServiceTokenGiven', parameters.visionOneServiceToken),
      trailKeyGiven: given('TrailKeyGiven', parameters.trailKeyArn),
      permissionsBoundaryGiven: given('PermissionsBoundaryGiven', parameters.permissionsBoundaryArn),
      alarmEmailGiven: given('AlarmEmailGiven', parameters.alarmEmail),
      accountTemplateUrlGiven: given('AccountTemplateUrlGiven', parameters.cloudOneAccountTemplateUrl),
    },
  };
}

/** Groups and labels as the CloudFormation console shows them. */
function consoleInterface() {
  const groups: Record<string, readonly string[]> = {
    'Trend Cloud One and Vision One': [
      PARAMETERS.cloudOneApiKey,
      PARAMETERS.visionOneServiceToken,
      PARAMETERS.onVendorDeleteFailure,
      PARAMETERS.revision,
    ],
    Trail: [
      PARAMETERS.createNewTrail,
      PARAMETERS.existingCloudtrailBucketName,
      PARAMETERS.trailKeyArn,
      PARAMETERS.logBucketOnDelete,
    ],
    Forwarding: [
      PARAMETERS.forwardingDestination,
      PARAMETERS.visionOneIngestUrl,
      PARAMETERS.visionOneIngestToken,
    ],
    'This AWS account': [PARAMETERS.alarmEmail, PARAMETERS.permissionsBoundaryArn],
    "The vendor's own (keep the defaults)": [
      PARAMETERS.cloudOneAccountTemplateUrl,
      PARAMETERS.workloadSecurityAccountId,
    ],
  };
  return {
    ParameterGroups: Object.entries(groups).map(([label, Parameters]) => ({
      Label: { default: label },
      Parameters,
    })),
  };
}

/** What CloudFormation can refuse before it creates anything. */
function contradictions(stack: Stack): void {
  const isEmpty = (name: string) => Fn.conditionEquals(Fn.ref(name), '');
  new CfnRule(stack, 'BucketIsNamed', {
    ruleCondition: Fn.conditionEquals(Fn.ref(PARAMETERS.createNewTrail), 'false'),
    assertions: [
      {
        assert: Fn.conditionNot(isEmpty(PARAMETERS.existingCloudtrailBucketName)),
        assertDescription:
          'Name the bucket that your trail writes to (ExistingCloudtrailBucketName), or set CreateNewTrail to true.',
      },
    ],
  });
  new CfnRule(stack, 'VisionOneIsComplete', {
    ruleCondition: Fn.conditionEquals(Fn.ref(PARAMETERS.forwardingDestination), 'VisionOne'),
    assertions: [PARAMETERS.visionOneIngestUrl, PARAMETERS.visionOneIngestToken].map((name) => ({
      assert: Fn.conditionNot(isEmpty(name)),
      assertDescription: `ForwardingDestination VisionOne needs ${name}.`,
    })),
  });
}
