import {
  Aws,
  type CfnCondition,
  CfnOutput,
  Fn,
  RemovalPolicy,
  Stack,
  type StackProps,
  Token,
  Validations,
} from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { OUTPUTS } from '../contract/parameters.ts';
import { assertAwsRegion, parseCloudOneRegion } from '../contract/regions.ts';
import { Completeness } from './completeness/completeness.ts';
import { Forwarding } from './forwarding/forwarding.ts';
import { VendorClient } from './forwarding/vendor-client.ts';
import { Health } from './health/health.ts';
import { Listing } from './listing/listing.ts';
import { Onboarding } from './onboarding/onboarding.ts';
import { type CloudOneParameters, cloudOneParameters } from './parameters/cloud-one-parameters.ts';
import { givenFilter } from './parameters/given-filter.ts';
import { AlarmTopic } from './shared/alarm-topic.ts';
import { onlyIf } from './shared/conditional.ts';
import { optionalSecret, requiredSecret } from './shared/given-secret.ts';
import { boundEveryRole } from './shared/permissions-boundary.ts';
import { BucketHome } from './trail/bucket-home.ts';
import { arnOfBucket, BucketLookUp, decryptThroughS3 } from './trail/bucket-look-up.ts';
import { BucketNotificationGuard } from './trail/bucket-notification-guard.ts';
import { ExistingBucket } from './trail/existing-bucket.ts';
import { NewTrail } from './trail/new-trail.ts';

export interface CloudOneStackProps extends StackProps {
  /**
   * Region code of the Cloud One account, such as `us-1`, where it is known at synthesis.
   *
   * @default - checked at deployment, by the first custom resource
   */
  readonly cloudOneRegion?: string;

  /**
   * AWS region that the stack will be deployed in, where the environment tells it.
   *
   * @default - the stack's own region, if it is not a token
   */
  readonly deploymentRegion?: string;

  /**
   * Which records are not forwarded, as JSON, where it is known at synthesis; see docs/filters.md.
   *
   * @default - the parameter `ForwardingFilter`, checked at deployment by the first custom resource
   */
  readonly forwardingFilter?: string;
}

/**
 * Connects an AWS account to Trend Cloud One and Vision One, and forwards its CloudTrail files.
 *
 * @throws WrongAwsRegionError, UnknownCloudOneRegionError at synthesis, where both regions are known;
 *   RecordFilterError, where the filter is.
 */
export class CloudOneStack extends Stack {
  constructor(scope: Construct, id: string, props: CloudOneStackProps = {}) {
    super(scope, id, {
      description:
        'Trailbridge: connects this account to Trend Cloud One and Vision One and forwards CloudTrail.',
      ...props,
    });
    checkRegion(props.cloudOneRegion, props.deploymentRegion ?? this.region);
    const parameters = cloudOneParameters(this);
    const { conditions } = parameters;
    const forwardingFilter = givenFilter(this, parameters, props.forwardingFilter);
    const onVendorDeleteFailure = parameters.onVendorDeleteFailure.valueAsString;

    const key = new Key(this, 'Key', {
      description: 'Encrypts the secrets and the alarms of Trailbridge.',
      enableKeyRotation: true,
      // It guards nothing that outlives the stack.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const secrets = givenSecrets(this, parameters, key.keyArn);
    const secretKeyArns = [
      key.keyArn,
      Fn.conditionIf(
        conditions.secretsKeyGiven.logicalId,
        parameters.secretsKeyArn.valueAsString,
        Aws.NO_VALUE,
      ).toString(),
    ];
    const triggers = {
      Revision: parameters.revision.valueAsString,
      // The id, which is no secret: it changes with the key. Of a key given by ARN the template knows no more.
      CloudOneApiKeyId: Fn.conditionIf(
        conditions.cloudOneApiKey.byArn.logicalId,
        parameters.cloudOneApiKeySecretArn.valueAsString,
        Fn.select(0, Fn.split(':', parameters.cloudOneApiKey.valueAsString)),
      ).toString(),
    };

    const home = new BucketHome(this, 'BucketHome', {
      region: parameters.cloudtrailBucketRegion,
      accountId: parameters.cloudtrailBucketAccountId,
      ...conditions.bucketHome,
    });
    const existingBucket = {
      bucketName: parameters.existingCloudtrailBucketName.valueAsString,
      bucketRegion: parameters.cloudtrailBucketRegion.valueAsString,
      bucketAccountId: parameters.cloudtrailBucketAccountId.valueAsString,
    };
    const lookUp = new BucketLookUp(this, 'BucketLookUp', {
      ...existingBucket,
      region: home.region,
      onlyIf: conditions.existingBucket,
      destination: parameters.forwardingDestination.valueAsString,
      trailKeyArn: parameters.trailKeyArn.valueAsString,
      triggers,
    });
    const onboarding = new Onboarding(this, 'Onboarding', {
      lookUp,
      key,
      secretKeyArns,
      ...secrets,
      visionOneApiKeyGiven: conditions.visionOneApiKeyGiven,
      visionOneRegion: parameters.visionOneRegion.valueAsString,
      forwardingDestination: parameters.forwardingDestination.valueAsString,
      forwardingFilter,
      forwardToCloudOne: conditions.toCloudOne,
      withCloudTrailToken: conditions.cloudTrailToken,
      accountTemplateUrl: parameters.cloudOneAccountTemplateUrl.valueAsString,
      accountTemplateUrlGiven: conditions.accountTemplateUrlGiven,
      workloadSecurityAccountId: parameters.workloadSecurityAccountId.valueAsString,
      onVendorDeleteFailure,
      triggers,
    });

    lookUp.bucket.resource.node.addDependency(onboarding.account.resource);

    const trail = new NewTrail(this, 'NewTrail', {
      logBucketOnDelete: parameters.logBucketOnDelete.valueAsString,
      vendorClient: conditions.vendorClient,
    });
    const newTrailOr = (ours: string, otherwise: string) =>
      Fn.conditionIf(conditions.newTrail.logicalId, ours, otherwise).toString();
    const toVisionOneOr = (visionOne: string, cloudOne: string) =>
      Fn.conditionIf(conditions.toVisionOne.logicalId, visionOne, cloudOne).toString();
    const bucketName = newTrailOr(
      trail.bucket.bucketName,
      parameters.existingCloudtrailBucketName.valueAsString,
    );

    const decryptFiles = () =>
      decryptThroughS3(
        Token.asList(Fn.conditionIf(conditions.newTrail.logicalId, [trail.key.keyArn], lookUp.keyArns)),
        home.region,
      );

    const cloudTrailService = {
      condition: conditions.toCloudOne,
      url: onboarding.cloudTrailToken.attribute('ServiceUrl'),
      apiVersion: onboarding.cloudTrailToken.attribute('ApiVersion'),
      tokenArn: onboarding.serviceToken.ref,
      tokenKeyArn: key.keyArn,
    };
    const destination = {
      destination: parameters.forwardingDestination.valueAsString,
      destinationUrl: toVisionOneOr(parameters.visionOneIngestUrl.valueAsString, cloudTrailService.url),
      destinationApiVersion: toVisionOneOr('', cloudTrailService.apiVersion),
      destinationTokenArn: toVisionOneOr(secrets.visionOneIngestToken.arn, cloudTrailService.tokenArn),
      secretKeyArns,
    };
    const forwarding = new Forwarding(this, 'Forwarding', {
      ...destination,
      cloudTrailService,
      filter: onboarding.account.attribute('ForwardingFilter'),
      bucketName,
      bucketRegion: home.region,
      decryptFiles: decryptFiles(),
      onVendorDeleteFailure,
      triggers,
    });

    const listing = new Listing(this, 'Listing', {
      bucketArn: arnOfBucket(bucketName),
      bucketRegion: home.region,
      // Our own trail has none.
      keyPrefixes: newTrailOr('[""]', lookUp.bucket.attribute('KeyPrefixes')),
      forwardingQueue: forwarding.queue,
      ledger: forwarding.ledger,
    });
    const completeness = new Completeness(this, 'Completeness', {
      bucketName,
      bucketRegion: home.region,
      keyPrefixes: newTrailOr('[""]', lookUp.bucket.attribute('KeyPrefixes')),
      decryptFiles: decryptFiles(),
      ledger: forwarding.ledger,
      forwardingQueue: forwarding.queue,
    });

    const existing = new ExistingBucket(this, 'ExistingBucket', {
      ...existingBucket,
      home,
      lookUp,
      listing,
      ledger: forwarding.ledger,
      rule: forwarding.rule,
      backfillDays: parameters.backfillDays.valueAsString,
      repairNotifications: parameters.repairNotifications.valueAsString,
      onVendorDeleteFailure,
      triggers,
    });
    const health = new Health(this, 'Health', {
      ...destination,
      forwarding,
      newTrail: { condition: conditions.newTrail, trail },
      existingTrailArns: lookUp.bucket.attribute('TrailArns'),
      lateObjectsDeadLetterQueue: listing.deadLetterQueue,
      quietHours: parameters.quietHours,
    });
    const guard = new BucketNotificationGuard(this, 'BucketNotificationGuard', {
      bucketName: parameters.existingCloudtrailBucketName.valueAsString,
      onVendorDeleteFailure,
      triggers,
    });
    const vendorClient = new VendorClient(this, 'VendorClient', {
      cloudTrailToken: onboarding.cloudTrailToken,
      serviceToken: onboarding.serviceToken,
      // Taken from resources that so come before the client, and go after it: the guard looks at what it left behind,
      // and a new trail's bucket is emptied. (`DependsOn` may not name what a condition leaves out.)
      bucketName: newTrailOr(trail.teardown.attribute('TrailBucketName'), guard.attribute('BucketName')),
    });
    trail.waitFor(conditions.vendorClient, vendorClient.stack.ref, forwarding.draining.resource.ref);

    // Events begin to flow only when there is a queue for them.
    existing.notification.resource.node.addDependency(forwarding.rule, forwarding.queue);
    // Nothing is touched before the account look-up has found the region to be right.
    for (const construct of [
      trail,
      existing.notification.resource,
      forwarding.lifecycle.resource,
      guard.resource,
      forwarding.probe.resource,
    ]) {
      construct.node.addDependency(onboarding.account.resource);
    }
    // No other bucket's files while the former one's are waited for.
    existing.notification.resource.node.addDependency(forwarding.draining.resource);
    // Nor before the look at the bucket has found it to be usable.
    for (const construct of [existing.notification.resource, guard.resource]) {
      construct.node.addDependency(lookUp.sample.resource);
    }
    // The connection has waited for that look, and the last to be told are those who receive files.
    for (const construct of [forwarding.lifecycle.resource, forwarding.probe.resource]) {
      construct.node.addDependency(onboarding.visionOneConnection.resource);
    }
    // Its heartbeat is for a destination that is known to take one, and ends before that is told goodbye.
    health.node.addDependency(forwarding.probe.resource);
    // A token is renewed only where the destination is known to take one, and not while we say goodbye to it.
    onboarding.tokenRotation.schedule.node.addDependency(forwarding.probe.resource);

    Validations.of(this).acknowledge(
      {
        id: 'CloudFormation-Validate::W1001',
        reason: 'References to what exists under a condition stand inside Fn::If on that same condition.',
      },
      {
        id: 'CloudFormation-Validate::W2509',
        reason: 'The ARN of a secret or of a key is not secret; a credential itself has NoEcho.',
      },
    );
    onlyIf(conditions.newTrail, trail);
    onlyIf(conditions.ownForwarder, forwarding);
    onlyIf(conditions.ownForwarder, listing);
    onlyIf(conditions.ownForwarder, completeness);
    onlyIf(conditions.toCloudOne, forwarding.lifecycle);
    onlyIf(conditions.ownForwarder, health);
    onlyIf(conditions.ownForwarderOnNewTrail, health.newBucketAlarm);
    onlyIf(conditions.ownForwarderOnExistingBucket, existing);
    onlyIf(conditions.vendorClient, vendorClient);
    onlyIf(conditions.vendorClientOnExistingBucket, guard);
    this.alarms(parameters, key);
    boundEveryRole(this, parameters.permissionsBoundaryArn, conditions.permissionsBoundaryGiven);
    this.outputs(parameters, secrets.cloudOneApiKey.arn, onboarding, bucketName);
    this.forwardingOutputs(conditions, forwarding, listing, vendorClient);
  }

  private alarms({ alarmEmail, conditions }: CloudOneParameters, key: Key): void {
    const { topic } = new AlarmTopic(this, 'Alarms', {
      key,
      email: alarmEmail.valueAsString,
      emailGiven: conditions.alarmEmailGiven,
    });
    new CfnOutput(this, OUTPUTS.alarmTopicArn, {
      description: 'Topic that every alarm is announced on: others can subscribe.',
      value: topic.topicArn,
    });
  }

  private outputs(
    parameters: CloudOneParameters,
    cloudOneApiKeyArn: string,
    onboarding: Onboarding,
    bucketName: string,
  ): void {
    const output = (name: string, description: string, value: string) =>
      new CfnOutput(this, name, { description, value });
    output(OUTPUTS.bucketName, 'Bucket whose CloudTrail files are forwarded.', bucketName);
    output(
      OUTPUTS.destination,
      "Where they are forwarded to, or that the vendor's client does it.",
      parameters.forwardingDestination.valueAsString,
    );
    output(OUTPUTS.cloudOneAccountId, 'Trend Cloud One account.', onboarding.account.attribute('AccountId'));
    output(OUTPUTS.cloudOneRegion, 'Trend Cloud One region.', onboarding.account.attribute('Region'));
    output(OUTPUTS.apiKeySecretArn, 'Secret with the API key, for who may read it.', cloudOneApiKeyArn);
    output(
      OUTPUTS.visionOneStatus,
      'Connection to Vision One.',
      onboarding.visionOneConnection.attribute('Status'),
    );
  }

  /** What there is to look at depends on who forwards. */
  private forwardingOutputs(
    { ownForwarder, vendorClient: withVendorClient }: CloudOneParameters['conditions'],
    forwarding: Forwarding,
    listing: Listing,
    vendorClient: VendorClient,
  ): void {
    const output = (condition: CfnCondition, name: string, description: string, value: string) =>
      new CfnOutput(this, name, { condition, description, value });
    output(ownForwarder, OUTPUTS.queueUrl, 'Queue of the files to forward.', forwarding.queue.queueUrl);
    output(
      ownForwarder,
      OUTPUTS.deadLetterQueueUrl,
      'Queue of the files that could not be forwarded.',
      forwarding.deadLetterQueue.queueUrl,
    );
    output(
      ownForwarder,
      OUTPUTS.ledgerTable,
      'Table of the files that the destination has acknowledged.',
      forwarding.ledger.tableName,
    );
    output(
      ownForwarder,
      OUTPUTS.forwarderMappingId,
      'Event source mapping that has the forwarder work its queue off; disabled while forwarding is paused.',
      forwarding.mapping.eventSourceMappingId,
    );
    output(
      ownForwarder,
      OUTPUTS.eventDeadLetterQueueUrl,
      'Queue of the events that could not be put into the forwarding queue.',
      forwarding.eventDeadLetterQueue.queueUrl,
    );
    output(
      ownForwarder,
      OUTPUTS.listingQueueUrl,
      'Queue of what is to be listed and forwarded besides.',
      listing.queue.queueUrl,
    );
    output(
      ownForwarder,
      OUTPUTS.listingDeadLetterQueueUrl,
      'Queue of what could not be listed.',
      listing.deadLetterQueue.queueUrl,
    );
    output(
      withVendorClient,
      OUTPUTS.vendorClientStack,
      "The vendor's client, which forwards.",
      vendorClient.stack.ref,
    );
  }
}

function checkRegion(cloudOneRegion: string | undefined, awsRegion: string): void {
  if (cloudOneRegion === undefined) {
    return;
  }
  const region = parseCloudOneRegion(cloudOneRegion);
  if (!Token.isUnresolved(awsRegion)) {
    assertAwsRegion(region, awsRegion);
  }
}

/** The user's credentials, each given by its value or by the ARN of a secret. */
function givenSecrets(stack: Stack, { conditions, ...parameters }: CloudOneParameters, keyArn: string) {
  return {
    cloudOneApiKey: requiredSecret(stack, 'CloudOneApiKeySecret', {
      description: 'API key of the Trend Cloud One account.',
      value: parameters.cloudOneApiKey,
      arn: parameters.cloudOneApiKeySecretArn,
      ...conditions.cloudOneApiKey,
      keyArn,
    }),
    visionOneServiceToken: optionalSecret(stack, 'VisionOneServiceTokenSecret', {
      description: 'Enrolment token of Trend Vision One.',
      value: parameters.visionOneServiceToken,
      arn: parameters.visionOneServiceTokenSecretArn,
      ...conditions.visionOneServiceToken,
      keyArn,
    }),
    visionOneApiKey: optionalSecret(stack, 'VisionOneApiKeySecret', {
      description: 'API key of Trend Vision One.',
      value: parameters.visionOneApiKey,
      arn: parameters.visionOneApiKeySecretArn,
      ...conditions.visionOneApiKey,
      keyArn,
    }),
    visionOneIngestToken: requiredSecret(stack, 'VisionOneIngestTokenSecret', {
      description: 'Ingestion token of the Vision One HTTP collector.',
      value: parameters.visionOneIngestToken,
      arn: parameters.visionOneIngestTokenSecretArn,
      ...conditions.visionOneIngestToken,
      keyArn,
    }),
  };
}
