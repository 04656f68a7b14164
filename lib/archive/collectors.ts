/** The three collectors, each with what its parameters say. */
import type { CfnCondition, Stack } from 'aws-cdk-lib';
import {
  appDynamicsCollectorEnvironment,
  cloudOneCollectorEnvironment,
  ibmCloudCollectorEnvironment,
} from '../../contract/archive.ts';
import { ARCHIVE_OUTPUTS } from '../../contract/archive-parameters.ts';
import { ARCHIVE_METRICS } from '../../contract/metrics.ts';
import type { ArchiveParameters } from '../parameters/archive-parameters.ts';
import { optionalSecret } from '../shared/given-secret.ts';
import { type ArchivePlace, Collector } from './collector.ts';

/** A collector, the condition that there is one, and the output that tells its function. */
export interface SwitchedCollector {
  readonly condition: CfnCondition;
  readonly output: string;
  readonly collector: ReturnType<typeof cloudOne | typeof appDynamics | typeof ibmCloud>;
}

/** @param keyArn of the stack's key, which encrypts the secrets that are given by value. */
export function auditCollectors(
  stack: Stack,
  parameters: ArchiveParameters,
  place: ArchivePlace,
  keyArn: string,
): readonly SwitchedCollector[] {
  const { conditions } = parameters;
  return [
    {
      condition: conditions.cloudOne,
      output: ARCHIVE_OUTPUTS.cloudOneCollector,
      collector: cloudOne(stack, parameters, place, keyArn),
    },
    {
      condition: conditions.appDynamics,
      output: ARCHIVE_OUTPUTS.appDynamicsCollector,
      collector: appDynamics(stack, parameters, place, keyArn),
    },
    {
      condition: conditions.ibmCloud,
      output: ARCHIVE_OUTPUTS.ibmCloudCollector,
      collector: ibmCloud(stack, parameters, place, keyArn),
    },
  ];
}

function cloudOne(stack: Stack, parameters: ArchiveParameters, place: ArchivePlace, keyArn: string) {
  const apiKey = optionalSecret(stack, 'CloudOneApiKeySecret', {
    description: 'API key of the Trend Cloud One account.',
    value: parameters.cloudOneApiKey,
    arn: parameters.cloudOneApiKeySecretArn,
    ...parameters.conditions.cloudOneApiKey,
    keyArn,
  });
  return new Collector(stack, 'CloudOne', {
    source: 'cloudone',
    handler: 'archive/cloudone-collector-handler.ts',
    place,
    secretArn: apiKey.whereGiven,
    environmentSchema: cloudOneCollectorEnvironment,
    environment: {
      API_KEY_SECRET_ARN: apiKey.whereGiven,
      CLOUD_ONE_REGION: parameters.cloudOneRegion.valueAsString,
    },
  });
}

function appDynamics(stack: Stack, parameters: ArchiveParameters, place: ArchivePlace, keyArn: string) {
  const credential = optionalSecret(stack, 'AppDynamicsCredentialSecret', {
    description: 'Password of the AppDynamics user, or secret of the API client.',
    value: parameters.credential,
    arn: parameters.credentialSecretArn,
    ...parameters.conditions.credential,
    keyArn,
  });
  const collector = new Collector(stack, 'AppDynamics', {
    source: 'appdynamics',
    handler: 'archive/appdynamics-collector-handler.ts',
    place,
    secretArn: credential.whereGiven,
    environmentSchema: appDynamicsCollectorEnvironment,
    environment: {
      CONTROLLER_URL: parameters.controllerUrl.valueAsString,
      AUTHENTICATION: parameters.authentication.valueAsString,
      PRINCIPAL: parameters.principal.valueAsString,
      CREDENTIAL_SECRET_ARN: credential.whereGiven,
      INCLUDE: parameters.include.valueAsString,
      EXCLUDE: parameters.exclude.valueAsString,
    },
  });
  collector.alarmOn(
    'EventsLost',
    ARCHIVE_METRICS.eventsLost,
    'Nothing was collected from Splunk AppDynamics for longer than the controller remembers: events are probably lost.',
  );
  return collector;
}

function ibmCloud(stack: Stack, parameters: ArchiveParameters, place: ArchivePlace, keyArn: string) {
  const hmacKey = optionalSecret(stack, 'IbmCloudHmacKeySecret', {
    description: 'HMAC credentials of IBM Cloud Object Storage.',
    value: parameters.ibmHmacKey,
    arn: parameters.ibmHmacKeySecretArn,
    ...parameters.conditions.ibmHmacKey,
    keyArn,
  });
  const collector = new Collector(stack, 'IbmCloud', {
    source: 'ibmcloud',
    handler: 'archive/ibmcloud-collector-handler.ts',
    place,
    secretArn: hmacKey.whereGiven,
    environmentSchema: ibmCloudCollectorEnvironment,
    environment: {
      BUCKET: parameters.ibmBucketName.valueAsString,
      BUCKET_REGION: parameters.ibmBucketRegion.valueAsString,
      KEY_PREFIX: parameters.ibmKeyPrefix.valueAsString,
      HMAC_SECRET_ARN: hmacKey.whereGiven,
    },
  });
  collector.alarmOn(
    'ObjectsUnread',
    ARCHIVE_METRICS.objectsUnread,
    'Objects of the IBM Cloud bucket cannot be read. They are tried again, and the others are collected.',
  );
  collector.alarmOn(
    'SetupIncomplete',
    ARCHIVE_METRICS.setupIncomplete,
    'For a day or more none of the events from IBM Cloud is of account management or IAM: the route is probably incomplete.',
  );
  return collector;
}
