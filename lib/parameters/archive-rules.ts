import type { Stack } from 'aws-cdk-lib';
import { ARCHIVE_PARAMETERS as P } from '../../contract/archive-parameters.ts';
import { addRule, allDifferent, isAnyGiven, isGiven, onlyOneForm } from './rule-terms.ts';

/** The two forms of a secret: its value, or the ARN of a secret that exists already. */
const SECRETS = {
  cloudOneApiKey: [P.cloudOneApiKey, P.cloudOneApiKeySecretArn],
  credential: [P.credential, P.credentialSecretArn],
  ibmHmacKey: [P.ibmHmacKey, P.ibmHmacKeySecretArn],
} as const;

const SECRET_ARNS = Object.values(SECRETS).map(([, arn]) => arn);

/**
 * What CloudFormation can refuse before it creates anything: half a source above all, which would collect nothing and
 * say so an hour later.
 *
 * A stack without any source is let through: what is archived already can be queried, and so can CloudTrail.
 */
export function archiveContradictions(stack: Stack): void {
  addRule(stack, 'SecretsAreGivenOnce', Object.values(SECRETS).map(onlyOneForm));
  addRule(stack, 'SecretsAreDifferent', allDifferent(SECRET_ARNS));
  addRule(
    stack,
    'SecretsKeyHasItsSecrets',
    [
      {
        that: isAnyGiven(SECRET_ARNS),
        otherwise:
          'SecretsKeyArn is the key of secrets that are given by ARN, but none is. Secrets given by value are ' +
          "encrypted with the stack's own key.",
      },
    ],
    isGiven(P.secretsKeyArn),
  );
  addRule(
    stack,
    'AppDynamicsIsComplete',
    [
      {
        that: isGiven(P.controllerUrl),
        otherwise:
          'To collect from AppDynamics, give AppDynamicsControllerUrl too; not to, leave AppDynamicsPrincipal, ' +
          'AppDynamicsCredential and AppDynamicsCredentialSecretArn empty.',
      },
      {
        that: isGiven(P.principal),
        otherwise: 'AppDynamicsControllerUrl needs AppDynamicsPrincipal: <user or API client>@<account>.',
      },
      {
        that: isAnyGiven(SECRETS.credential),
        otherwise: 'AppDynamicsControllerUrl needs AppDynamicsCredential or AppDynamicsCredentialSecretArn.',
      },
    ],
    isAnyGiven([P.controllerUrl, P.principal, ...SECRETS.credential]),
  );
  addRule(
    stack,
    'IbmCloudIsComplete',
    [
      {
        that: isGiven(P.ibmBucketName),
        otherwise:
          'To collect from IBM Cloud, give IbmCloudBucketName too; not to, leave IbmCloudBucketRegion, ' +
          'IbmCloudHmacKey and IbmCloudHmacKeySecretArn empty.',
      },
      {
        that: isGiven(P.ibmBucketRegion),
        otherwise: 'IbmCloudBucketName needs IbmCloudBucketRegion, such as eu-de.',
      },
      {
        that: isAnyGiven(SECRETS.ibmHmacKey),
        otherwise: 'IbmCloudBucketName needs IbmCloudHmacKey or IbmCloudHmacKeySecretArn.',
      },
    ],
    isAnyGiven([P.ibmBucketName, P.ibmBucketRegion, ...SECRETS.ibmHmacKey]),
  );
  addRule(
    stack,
    'CloudTrailHasItsBucket',
    [
      {
        that: isGiven(P.cloudTrailBucketName),
        otherwise:
          'CloudTrailKeyPrefix, CloudTrailOrganizationId and CloudTrailAccountIds say where files lie in a bucket, ' +
          'but none is named (CloudTrailBucketName).',
      },
    ],
    isAnyGiven([P.cloudTrailKeyPrefix, P.cloudTrailOrganizationId, P.cloudTrailAccountIds]),
  );
}
