import {
  Aws,
  type CfnCondition,
  CfnOutput,
  Fn,
  RemovalPolicy,
  Stack,
  type StackProps,
  Validations,
} from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { ARCHIVE_OUTPUTS } from '../contract/archive-parameters.ts';
import type { KeyedBucket } from './archive/access.ts';
import type { ArchivePlace } from './archive/collector.ts';
import { auditCollectors } from './archive/collectors.ts';
import { Derivation } from './archive/derivation.ts';
import { DerivedBucket } from './archive/derived-bucket.ts';
import { Queries } from './archive/queries.ts';
import { RawBucket } from './archive/raw-bucket.ts';
import { reportCheck } from './archive/report-check.ts';
import { Reports } from './archive/reports.ts';
import { archiveWidgets } from './archive/widgets.ts';
import { type ArchiveParameters, archiveParameters } from './parameters/archive-parameters.ts';
import { readAuditReports } from './parameters/audit-reports.ts';
import { TrailbridgeAlarm } from './shared/alarm.ts';
import { AlarmTopic } from './shared/alarm-topic.ts';
import { onlyIf } from './shared/conditional.ts';
import { Dashboard } from './shared/dashboard.ts';
import { boundEveryRole } from './shared/permissions-boundary.ts';
import { UndeliveredCalls } from './shared/schedule.ts';
import { textAsFolder } from './shared/text-as-folder.ts';

export interface AuditArchiveStackProps extends StackProps {
  /**
   * Definitions of the reports, as JSON: the parameter's default, checked at synthesis.
   *
   * @default - none: the parameter is checked at deployment
   */
  readonly auditReports?: string;
}

/**
 * Keeps the audit logs of Trend Cloud One, Splunk AppDynamics and IBM Cloud, immutable and to be queried.
 *
 * It needs no other stack. The raw records, with their key and their access logs, outlive it; everything else goes
 * with it.
 *
 * @throws ReportDefinitionError at synthesis, where the definitions of reports are known there.
 */
export class AuditArchiveStack extends Stack {
  constructor(scope: Construct, id: string, props: AuditArchiveStackProps = {}) {
    super(scope, id, {
      description:
        'Trailbridge audit archive: keeps the audit logs of Cloud One, AppDynamics and IBM Cloud, immutable and to be queried.',
      ...props,
    });
    const parameters = archiveParameters(this);
    const { conditions } = parameters;
    parameters.reports.default = readAuditReports(props.auditReports);
    const key = new Key(this, 'Key', {
      description: 'Encrypts the secrets, the alarms and the derived files of the audit archive.',
      enableKeyRotation: true,
      // It guards nothing that outlives the stack.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const raw = new RawBucket(this, 'Raw', {
      lockMode: parameters.lockMode.valueAsString,
      lockDays: parameters.lockDays.valueAsString,
      coldStorageAfterDays: parameters.coldStorageAfterDays.valueAsString,
      coldStorage: conditions.coldStorage,
    });
    const derivedBucket = new DerivedBucket(this, 'Derived', key);
    const derived: KeyedBucket = { bucket: derivedBucket.bucket, key };
    const table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // What it remembers can be found out again: what is archived already is recognised when it is collected anew.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const { topic } = new AlarmTopic(this, 'Alarms', {
      key,
      email: parameters.alarmEmail.valueAsString,
      emailGiven: conditions.alarmEmailGiven,
    });
    const undelivered = new UndeliveredCalls(this, 'UndeliveredCalls');
    TrailbridgeAlarm.onDeadLetters(
      this,
      'CallsNotDelivered',
      undelivered,
      'EventBridge could not call a function of the audit archive.',
    );

    const derivation = new Derivation(this, 'Derivation', { raw, derived, table, undelivered });
    derivation.node.addDependency(derivedBucket.teardown.resource);
    const reports = new Reports(this, 'Reports', {
      raw,
      table,
      reports: parameters.reports.valueAsString,
      mailFrom: parameters.reportMailFrom.valueAsString,
      mailFromGiven: conditions.mailFromGiven,
      topic,
      topicKey: key,
      undelivered,
    });
    onlyIf(conditions.reports, reports);
    const queries = new Queries(this, 'Queries', { derived, trail: queriedTrail(parameters) });
    queries.workGroup.node.addDependency(derivedBucket.teardown.resource);

    const place: ArchivePlace = {
      raw,
      table,
      secretKeyArns: [
        key.keyArn,
        Fn.conditionIf(
          conditions.secretsKeyGiven.logicalId,
          parameters.secretsKeyArn.valueAsString,
          Aws.NO_VALUE,
        ).toString(),
      ],
      undelivered,
      revision: parameters.revision.valueAsString,
    };
    const collectors = auditCollectors(this, parameters, place, key.keyArn);
    const check = reportCheck(this, 'ReportCheck', {
      reports: parameters.reports.valueAsString,
      mailFrom: parameters.reportMailFrom.valueAsString,
      collectors,
    });
    for (const { condition, collector, probe } of collectors) {
      // Nothing is collected before everything else stands, so that a creation that fails leaves no locked record.
      collector.schedule.node.addDependency(check.resource, derivation, queries.workGroup, topic);
      onlyIf(condition, collector);
      onlyIf(condition, probe);
    }
    // They write to the raw bucket, too; and definitions that are too long for an environment are refused in clear words.
    reports.node.addDependency(check.resource);

    new Dashboard(this, 'Dashboard', archiveWidgets());

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
    boundEveryRole(this, parameters.permissionsBoundaryArn, conditions.permissionsBoundaryGiven);

    const outputs = new Construct(this, 'Outputs');
    const output = (name: string, description: string, value: string, condition?: CfnCondition) =>
      // In a scope of their own: some bear the name of what they tell.
      new CfnOutput(outputs, name, {
        description,
        value,
        ...(condition === undefined ? {} : { condition }),
      }).overrideLogicalId(name);
    const O = ARCHIVE_OUTPUTS;
    output(O.rawBucket, 'Bucket of the raw records; it outlives the stack.', raw.bucket.bucketName);
    output(O.rawKeyArn, 'Key of the raw records; it outlives the stack.', raw.key.keyArn);
    output(O.derivedBucket, 'Bucket of the Parquet files.', derived.bucket.bucketName);
    output(O.table, 'Table of checkpoints.', table.tableName);
    for (const { output: name, condition, collector } of collectors) {
      output(name, 'Function that collects from it.', collector.function.function.functionName, condition);
    }
    output(O.derivation, 'Function that derives Parquet files.', derivation.function.function.functionName);
    output(
      O.reports,
      'Function that makes reports.',
      reports.function.function.functionName,
      conditions.reports,
    );
    output(O.workGroup, 'Workgroup to query with Athena in.', queries.workGroup.ref);
    output(O.database, 'Database that the tables and views are in.', queries.databaseName);
    output(
      O.alarmTopicArn,
      'Topic that alarms and reports are announced on: others can subscribe.',
      topic.topicArn,
    );
  }
}

/** A prefix may be given with or without the slash at its end. */
function queriedTrail({ conditions, ...parameters }: ArchiveParameters) {
  const prefix = parameters.cloudTrailKeyPrefix.valueAsString;
  const organizationId = parameters.cloudTrailOrganizationId.valueAsString;
  const whereGiven = (condition: CfnCondition, text: string) =>
    Fn.conditionIf(condition.logicalId, text, '').toString();
  const location = [
    `s3://${parameters.cloudTrailBucketName.valueAsString}/`,
    whereGiven(conditions.cloudTrailKeyPrefixGiven, textAsFolder(prefix)),
    'AWSLogs/',
    whereGiven(conditions.organizationTrail, `${organizationId}/`),
  ].join('');
  return {
    condition: conditions.cloudTrail,
    location,
    accountIds: Fn.conditionIf(
      conditions.cloudTrailAccountIdsGiven.logicalId,
      parameters.cloudTrailAccountIds.valueAsString,
      Aws.ACCOUNT_ID,
    ).toString(),
    regions: parameters.cloudTrailRegions.valueAsString,
  };
}
