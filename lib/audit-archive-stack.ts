import { Aws, Fn, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct, IDependable } from 'constructs';
import type { ArchivePlace } from './archive/collector.ts';
import { auditCollectors, type SwitchedCollector } from './archive/collectors.ts';
import { Derivation } from './archive/derivation.ts';
import { ArchiveOutputs } from './archive/outputs.ts';
import { queriedTrail } from './archive/queried-trail.ts';
import { Queries } from './archive/queries.ts';
import { reportCheck } from './archive/report-check.ts';
import { Reports } from './archive/reports.ts';
import { type ArchiveStorage, archiveStorage } from './archive/storage.ts';
import { archiveWidgets } from './archive/widgets.ts';
import { type ArchiveParameters, archiveParameters } from './parameters/archive-parameters.ts';
import { readAuditReports } from './parameters/audit-reports.ts';
import { TrailbridgeAlarm } from './shared/alarm.ts';
import { AlarmTopic } from './shared/alarm-topic.ts';
import { onlyIf } from './shared/conditional.ts';
import { Dashboard } from './shared/dashboard.ts';
import { boundEveryRole } from './shared/permissions-boundary.ts';
import { UndeliveredCalls } from './shared/schedule.ts';

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
    const storage = archiveStorage(this, parameters);
    const { topic } = new AlarmTopic(this, 'Alarms', {
      key: storage.key,
      email: parameters.alarmEmail.valueAsString,
      emailGiven: conditions.alarmEmailGiven,
    });
    const undelivered = undeliveredCalls(this);
    const derivation = new Derivation(this, 'Derivation', { ...storage, undelivered });
    const queries = new Queries(this, 'Queries', {
      derived: storage.derived,
      trail: queriedTrail(parameters),
      firstDay: parameters.firstQueriedDay.valueAsString,
    });
    for (const writing of [derivation, queries.workGroup]) {
      writing.node.addDependency(storage.derivedTeardown);
    }
    const reports = scheduledReports(this, parameters, { storage, topic, undelivered });
    const collectors = auditCollectors(
      this,
      parameters,
      placeOf(parameters, storage, undelivered),
      storage.key.keyArn,
    );
    const { resource: proven } = reportCheck(this, 'ReportCheck', {
      reports: parameters.reports.valueAsString,
      mailFrom: parameters.reportMailFrom.valueAsString,
      collectors,
    });
    // They write to the raw bucket, too; and definitions that are too long for an environment are refused in clear words.
    reports.node.addDependency(proven);
    // Nothing is collected before everything else stands, so that a creation that fails leaves no locked record.
    collectLast(collectors, [proven, derivation, queries.workGroup, topic]);

    new Dashboard(this, 'Dashboard', archiveWidgets());
    new ArchiveOutputs(this, 'Outputs', {
      ...storage,
      collectors,
      derivation,
      reports,
      withReports: conditions.reports,
      queries,
      topic,
    });
    acknowledgeFindings(this);
    boundEveryRole(this, parameters.permissionsBoundaryArn, conditions.permissionsBoundaryGiven);
  }
}

function undeliveredCalls(stack: Stack): UndeliveredCalls {
  const undelivered = new UndeliveredCalls(stack, 'UndeliveredCalls');
  TrailbridgeAlarm.onDeadLetters(
    stack,
    'CallsNotDelivered',
    undelivered,
    'EventBridge could not call a function of the audit archive.',
  );
  return undelivered;
}

interface Surroundings {
  readonly storage: ArchiveStorage;
  readonly topic: ITopic;
  readonly undelivered: UndeliveredCalls;
}

/** They are made only where some are defined. */
function scheduledReports(
  stack: Stack,
  parameters: ArchiveParameters,
  { storage, topic, undelivered }: Surroundings,
): Reports {
  const reports = new Reports(stack, 'Reports', {
    raw: storage.raw,
    table: storage.table,
    reports: parameters.reports.valueAsString,
    mailFrom: parameters.reportMailFrom.valueAsString,
    mailFromGiven: parameters.conditions.mailFromGiven,
    topic,
    topicKey: storage.key,
    undelivered,
  });
  onlyIf(parameters.conditions.reports, reports);
  return reports;
}

function placeOf(
  { secretsKeyArn, revision, conditions }: ArchiveParameters,
  { raw, table, key }: ArchiveStorage,
  undelivered: UndeliveredCalls,
): ArchivePlace {
  const givenKeyArn = Fn.conditionIf(
    conditions.secretsKeyGiven.logicalId,
    secretsKeyArn.valueAsString,
    Aws.NO_VALUE,
  ).toString();
  return {
    raw,
    table,
    secretKeyArns: [key.keyArn, givenKeyArn],
    undelivered,
    revision: revision.valueAsString,
  };
}

/** Has collectors, which exist where their sources are given, wait for what always exists. */
function collectLast(collectors: readonly SwitchedCollector[], before: readonly IDependable[]): void {
  for (const { condition, collector, probe } of collectors) {
    collector.schedule.node.addDependency(...before);
    onlyIf(condition, collector);
    onlyIf(condition, probe);
  }
}

function acknowledgeFindings(stack: Stack): void {
  Validations.of(stack).acknowledge(
    {
      id: 'CloudFormation-Validate::W1001',
      reason: 'References to what exists under a condition stand inside Fn::If on that same condition.',
    },
    {
      id: 'CloudFormation-Validate::W2509',
      reason: 'The ARN of a secret or of a key is not secret; a credential itself has NoEcho.',
    },
  );
}
