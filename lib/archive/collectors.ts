/** The three collectors, each with what its parameters say, and with the proof of them. */
import { type CfnCondition, Fn, type Stack } from 'aws-cdk-lib';
import {
  appDynamicsCollectorEnvironment,
  cloudOneCollectorEnvironment,
  ibmCloudCollectorEnvironment,
} from '../../contract/archive.ts';
import {
  appDynamicsProbeProperties,
  cloudOneProbeProperties,
  ibmCloudProbeProperties,
} from '../../contract/archive-checks.ts';
import { ARCHIVE_OUTPUTS } from '../../contract/archive-parameters.ts';
import { ARCHIVE_METRICS } from '../../contract/metrics.ts';
import type { ArchiveParameters } from '../parameters/archive-parameters.ts';
import { optionalSecret } from '../shared/given-secret.ts';
import type { TrailbridgeCustomResource } from '../shared/trailbridge-custom-resource.ts';
import { type ArchivePlace, Collector } from './collector.ts';
import { sourceProbe } from './source-probe.ts';

/** A collector, the condition that there is one, and the output that tells its function. */
export interface SwitchedCollector {
  readonly condition: CfnCondition;
  readonly output: string;
  readonly collector: ReturnType<typeof cloudOne | typeof appDynamics | typeof ibmCloud>['collector'];
  /** Fails the deployment where nothing can be collected. */
  readonly probe: TrailbridgeCustomResource;
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
      ...cloudOne(stack, parameters, place, keyArn),
    },
    {
      condition: conditions.appDynamics,
      output: ARCHIVE_OUTPUTS.appDynamicsCollector,
      ...appDynamics(stack, parameters, place, keyArn),
    },
    {
      condition: conditions.ibmCloud,
      output: ARCHIVE_OUTPUTS.ibmCloudCollector,
      ...ibmCloud(stack, parameters, place, keyArn),
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
  const cloudOneRegion = parameters.cloudOneRegion.valueAsString;
  const collector = new Collector(stack, 'CloudOne', {
    source: 'cloudone',
    handler: 'archive/cloudone-collector-handler.ts',
    place,
    secretArn: apiKey.whereGiven,
    environmentSchema: cloudOneCollectorEnvironment,
    environment: {
      API_KEY_SECRET_ARN: apiKey.whereGiven,
      CLOUD_ONE_REGION: cloudOneRegion,
    },
  });
  const probe = sourceProbe(stack, 'CloudOneProbe', {
    source: 'cloudone',
    handler: 'archive/cloudone-probe-handler.ts',
    place,
    secret: apiKey,
    credentialId: idOf(parameters.cloudOneApiKey.valueAsString, parameters.conditions.cloudOneApiKey),
    propertiesSchema: cloudOneProbeProperties,
    properties: { CloudOneRegion: cloudOneRegion },
  });
  return { collector, probe };
}

function appDynamics(stack: Stack, parameters: ArchiveParameters, place: ArchivePlace, keyArn: string) {
  const credential = optionalSecret(stack, 'AppDynamicsCredentialSecret', {
    description: 'Password of the AppDynamics user, or secret of the API client.',
    value: parameters.credential,
    arn: parameters.credentialSecretArn,
    ...parameters.conditions.credential,
    keyArn,
  });
  const settings = {
    controllerUrl: parameters.controllerUrl.valueAsString,
    authentication: parameters.authentication.valueAsString,
    principal: parameters.principal.valueAsString,
    include: parameters.include.valueAsString,
    exclude: parameters.exclude.valueAsString,
  };
  const collector = new Collector(stack, 'AppDynamics', {
    source: 'appdynamics',
    handler: 'archive/appdynamics-collector-handler.ts',
    place,
    secretArn: credential.whereGiven,
    environmentSchema: appDynamicsCollectorEnvironment,
    environment: {
      CONTROLLER_URL: settings.controllerUrl,
      AUTHENTICATION: settings.authentication,
      PRINCIPAL: settings.principal,
      CREDENTIAL_SECRET_ARN: credential.whereGiven,
      INCLUDE: settings.include,
      EXCLUDE: settings.exclude,
    },
  });
  collector.alarmOn(
    'EventsLost',
    ARCHIVE_METRICS.eventsLost,
    'Nothing was collected from Splunk AppDynamics for longer than the controller remembers: events are probably lost.',
  );
  const probe = sourceProbe(stack, 'AppDynamicsProbe', {
    source: 'appdynamics',
    handler: 'archive/appdynamics-probe-handler.ts',
    place,
    secret: credential,
    propertiesSchema: appDynamicsProbeProperties,
    properties: {
      ControllerUrl: settings.controllerUrl,
      Authentication: settings.authentication as 'basic',
      Principal: settings.principal,
      Include: settings.include,
      Exclude: settings.exclude,
    },
  });
  return { collector, probe };
}

function ibmCloud(stack: Stack, parameters: ArchiveParameters, place: ArchivePlace, keyArn: string) {
  const hmacKey = optionalSecret(stack, 'IbmCloudHmacKeySecret', {
    description: 'HMAC credentials of IBM Cloud Object Storage.',
    value: parameters.ibmHmacKey,
    arn: parameters.ibmHmacKeySecretArn,
    ...parameters.conditions.ibmHmacKey,
    keyArn,
  });
  const bucket = parameters.ibmBucketName.valueAsString;
  const bucketRegion = parameters.ibmBucketRegion.valueAsString;
  const keyPrefix = parameters.ibmKeyPrefix.valueAsString;
  const collector = new Collector(stack, 'IbmCloud', {
    source: 'ibmcloud',
    handler: 'archive/ibmcloud-collector-handler.ts',
    place,
    secretArn: hmacKey.whereGiven,
    environmentSchema: ibmCloudCollectorEnvironment,
    environment: {
      BUCKET: bucket,
      BUCKET_REGION: bucketRegion,
      KEY_PREFIX: keyPrefix,
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
  const probe = sourceProbe(stack, 'IbmCloudProbe', {
    source: 'ibmcloud',
    handler: 'archive/ibmcloud-probe-handler.ts',
    place,
    secret: hmacKey,
    credentialId: idOf(parameters.ibmHmacKey.valueAsString, parameters.conditions.ibmHmacKey),
    propertiesSchema: ibmCloudProbeProperties,
    properties: { Bucket: bucket, BucketRegion: bucketRegion, KeyPrefix: keyPrefix },
  });
  return { collector, probe };
}

/** Of a credential `<id>:<secret>` that is given by value: its id. Of another the template knows no more than the ARN. */
function idOf(credential: string, { byValue }: { readonly byValue: CfnCondition }): string {
  return Fn.conditionIf(byValue.logicalId, Fn.select(0, Fn.split(':', credential)), '').toString();
}
