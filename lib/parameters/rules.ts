import { Fn, type ICfnRuleConditionExpression, type Stack } from 'aws-cdk-lib';
import { PARAMETERS } from '../../contract/parameters.ts';
import { type Assertion, addRule, allDifferent, is, isAnyGiven, isGiven, onlyOneForm } from './rule-terms.ts';

/** The two forms of a secret: its value, or the ARN of a secret that exists already. */
const SECRETS = {
  cloudOneApiKey: [PARAMETERS.cloudOneApiKey, PARAMETERS.cloudOneApiKeySecretArn],
  visionOneServiceToken: [PARAMETERS.visionOneServiceToken, PARAMETERS.visionOneServiceTokenSecretArn],
  visionOneApiKey: [PARAMETERS.visionOneApiKey, PARAMETERS.visionOneApiKeySecretArn],
  visionOneIngestToken: [PARAMETERS.visionOneIngestToken, PARAMETERS.visionOneIngestTokenSecretArn],
} as const;

const SECRET_ARNS = Object.values(SECRETS).map(([, arn]) => arn);

/**
 * What CloudFormation can refuse before it creates anything: what contradicts itself in the parameters alone.
 *
 * What is merely unused (an ingestion token while the destination is `CloudOne`, a bucket beside a new trail)
 * is let through, so that one parameter can be switched to and fro.
 */
export function contradictions(stack: Stack): void {
  const rule = (name: string, assertions: readonly Assertion[], when?: ICfnRuleConditionExpression) =>
    addRule(stack, name, assertions, when);

  rule('CloudOneApiKeyIsGivenOnce', [
    {
      that: isAnyGiven(SECRETS.cloudOneApiKey),
      otherwise: 'Give the Cloud One API key: CloudOneApiKey or CloudOneApiKeySecretArn.',
    },
    onlyOneForm(SECRETS.cloudOneApiKey),
  ]);
  rule('VisionOneSecretsAreGivenOnce', [
    onlyOneForm(SECRETS.visionOneServiceToken),
    onlyOneForm(SECRETS.visionOneApiKey),
    onlyOneForm(SECRETS.visionOneIngestToken),
  ]);
  rule('VisionOneIsConnectedInOneWay', [
    {
      that: Fn.conditionNot(
        Fn.conditionAnd(isAnyGiven(SECRETS.visionOneServiceToken), isAnyGiven(SECRETS.visionOneApiKey)),
      ),
      otherwise:
        'Give either an enrolment token of Vision One (VisionOneServiceToken, VisionOneServiceTokenSecretArn) or an ' +
        'API key to generate one with (VisionOneApiKey, VisionOneApiKeySecretArn), not both.',
    },
  ]);
  rule(
    'BucketIsNamed',
    [
      {
        that: isGiven(PARAMETERS.existingCloudtrailBucketName),
        otherwise:
          'Name the bucket that your trail writes to (ExistingCloudtrailBucketName), or set CreateNewTrail to true.',
      },
    ],
    is(PARAMETERS.createNewTrail, 'false'),
  );
  rule(
    'TrailKeyHasItsBucket',
    [
      {
        that: isGiven(PARAMETERS.existingCloudtrailBucketName),
        otherwise:
          'TrailKeyArn is the key of an existing bucket, but none is named (ExistingCloudtrailBucketName). A new trail ' +
          'gets a key of its own.',
      },
    ],
    isGiven(PARAMETERS.trailKeyArn),
  );
  rule(
    'VendorClientHasItsBucketHere',
    [
      {
        that: Fn.conditionAnd(
          is(PARAMETERS.cloudtrailBucketRegion, ''),
          is(PARAMETERS.cloudtrailBucketAccountId, ''),
        ),
        otherwise:
          "The vendor's client forwards from a bucket in its own region and account only. Use ForwardingDestination " +
          'CloudOne; or deploy where the bucket is, and leave CloudtrailBucketRegion and CloudtrailBucketAccountId empty.',
      },
    ],
    Fn.conditionAnd(
      is(PARAMETERS.forwardingDestination, 'VendorClient'),
      is(PARAMETERS.createNewTrail, 'false'),
    ),
  );
  rule(
    'VisionOneIsComplete',
    [
      {
        that: isGiven(PARAMETERS.visionOneIngestUrl),
        otherwise: 'ForwardingDestination VisionOne needs VisionOneIngestUrl.',
      },
      {
        that: isAnyGiven(SECRETS.visionOneIngestToken),
        otherwise:
          'ForwardingDestination VisionOne needs VisionOneIngestToken or VisionOneIngestTokenSecretArn.',
      },
    ],
    is(PARAMETERS.forwardingDestination, 'VisionOne'),
  );
  rule(
    'VendorClientHasNoFilter',
    [
      {
        that: is(PARAMETERS.forwardingFilter, ''),
        otherwise:
          "The vendor's client forwards every record: it has no filter. Leave ForwardingFilter empty, or use " +
          'ForwardingDestination CloudOne or VisionOne.',
      },
    ],
    is(PARAMETERS.forwardingDestination, 'VendorClient'),
  );
  rule(
    'VendorClientCanRead',
    [
      {
        that: is(PARAMETERS.trailKeyArn, ''),
        otherwise:
          "The vendor's client has no permission to decrypt files that are encrypted with a KMS key (TrailKeyArn). " +
          "Use ForwardingDestination CloudOne; or, if the key's policy lets the client decrypt, leave TrailKeyArn empty.",
      },
    ],
    Fn.conditionAnd(
      is(PARAMETERS.forwardingDestination, 'VendorClient'),
      is(PARAMETERS.createNewTrail, 'false'),
    ),
  );
  rule(
    'SecretsKeyHasItsSecrets',
    [
      {
        that: isAnyGiven(SECRET_ARNS),
        otherwise:
          'SecretsKeyArn is the key of secrets that are given by ARN, but none is. Secrets given by value are ' +
          "encrypted with the stack's own key.",
      },
    ],
    isGiven(PARAMETERS.secretsKeyArn),
  );
  rule('SecretsAreDifferent', allDifferent(SECRET_ARNS));
}
