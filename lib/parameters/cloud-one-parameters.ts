import {
  CfnCondition,
  type CfnParameter,
  Fn,
  type ICfnRuleConditionExpression,
  type Stack,
} from 'aws-cdk-lib';
import { PARAMETERS, type ParameterKey } from '../../contract/parameters.ts';
import { DECLARATIONS, GROUPS } from './declarations.ts';
import { declareParameters } from './declared.ts';
import { contradictions } from './rules.ts';

export type CloudOneParameters = ReturnType<typeof cloudOneParameters>;

/** Declares the parameters of the `CloudOne` stack, their form in the console, and what contradicts what. */
export function cloudOneParameters(stack: Stack) {
  const parameters = declareParameters(stack, PARAMETERS, DECLARATIONS, GROUPS);
  contradictions(stack);
  return { ...parameters, conditions: conditions(stack, parameters) };
}

/** What exists is decided by these. */
function conditions(stack: Stack, parameters: Record<ParameterKey, CfnParameter>) {
  const condition = (name: string, expression: ICfnRuleConditionExpression) =>
    new CfnCondition(stack, name, { expression });
  const is = (subject: CfnParameter, value: string) => Fn.conditionEquals(subject.valueAsString, value);
  const isGiven = (subject: CfnParameter) => Fn.conditionNot(is(subject, ''));
  const toVisionOne = condition('ToVisionOne', is(parameters.forwardingDestination, 'VisionOne'));
  const vendorClient = condition('WithVendorClient', is(parameters.forwardingDestination, 'VendorClient'));
  const ownForwarder = condition('WithOwnForwarder', Fn.conditionNot(vendorClient));
  const existingBucket = condition('WithExistingBucket', is(parameters.createNewTrail, 'false'));
  const ownForwarderOnExistingBucket = condition(
    'WithOwnForwarderOnExistingBucket',
    Fn.conditionAnd(ownForwarder, existingBucket),
  );
  const newTrail = condition('WithNewTrail', is(parameters.createNewTrail, 'true'));
  const { cloudtrailBucketRegion, cloudtrailBucketAccountId } = parameters;
  const { cloudOneApiKeySecretArn, visionOneIngestTokenSecretArn } = parameters;
  const visionOneApiKeyForms = [parameters.visionOneApiKey, parameters.visionOneApiKeySecretArn];
  return {
    newTrail,
    toCloudOne: condition('ToCloudOne', is(parameters.forwardingDestination, 'CloudOne')),
    existingBucket,
    toVisionOne,
    vendorClient,
    ownForwarder,
    cloudTrailToken: condition('WithCloudTrailToken', Fn.conditionNot(toVisionOne)),
    ownForwarderOnExistingBucket,
    ownForwarderOnNewTrail: condition('WithOwnForwarderOnNewTrail', Fn.conditionAnd(ownForwarder, newTrail)),
    // Beside a new trail they are not used.
    bucketHome: {
      regionGiven: condition(
        'CloudtrailBucketRegionGiven',
        Fn.conditionAnd(existingBucket, isGiven(cloudtrailBucketRegion)),
      ),
      accountGiven: condition(
        'CloudtrailBucketAccountGiven',
        Fn.conditionAnd(existingBucket, isGiven(cloudtrailBucketAccountId)),
      ),
      eventsOfAnotherAccount: condition(
        'WithEventsOfAnotherAccount',
        Fn.conditionAnd(ownForwarderOnExistingBucket, isGiven(cloudtrailBucketAccountId)),
      ),
    },
    vendorClientOnExistingBucket: condition(
      'WithVendorClientOnExistingBucket',
      Fn.conditionAnd(vendorClient, existingBucket),
    ),
    cloudOneApiKey: {
      byValue: condition('CloudOneApiKeyByValue', is(cloudOneApiKeySecretArn, '')),
      byArn: condition('CloudOneApiKeyByArn', isGiven(cloudOneApiKeySecretArn)),
    },
    visionOneServiceToken: {
      byValue: condition('VisionOneServiceTokenByValue', isGiven(parameters.visionOneServiceToken)),
      byArn: condition('VisionOneServiceTokenByArn', isGiven(parameters.visionOneServiceTokenSecretArn)),
    },
    visionOneApiKey: {
      byValue: condition('VisionOneApiKeyByValue', isGiven(parameters.visionOneApiKey)),
      byArn: condition('VisionOneApiKeyByArn', isGiven(parameters.visionOneApiKeySecretArn)),
    },
    visionOneApiKeyGiven: condition(
      'VisionOneApiKeyGiven',
      Fn.conditionOr(...visionOneApiKeyForms.map(isGiven)),
    ),
    visionOneIngestToken: {
      byValue: condition(
        'VisionOneIngestTokenByValue',
        Fn.conditionAnd(toVisionOne, is(visionOneIngestTokenSecretArn, '')),
      ),
      byArn: condition('VisionOneIngestTokenByArn', isGiven(visionOneIngestTokenSecretArn)),
    },
    secretsKeyGiven: condition('SecretsKeyGiven', isGiven(parameters.secretsKeyArn)),
    permissionsBoundaryGiven: condition(
      'PermissionsBoundaryGiven',
      isGiven(parameters.permissionsBoundaryArn),
    ),
    alarmEmailGiven: condition('AlarmEmailGiven', isGiven(parameters.alarmEmail)),
    accountTemplateUrlGiven: condition(
      'AccountTemplateUrlGiven',
      isGiven(parameters.cloudOneAccountTemplateUrl),
    ),
  };
}
