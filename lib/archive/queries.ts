import { Aws, type CfnCondition, Fn } from 'aws-cdk-lib';
import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import { QUERY_RESULTS_PREFIX } from '../../contract/archive-parameters.ts';
import { cloudTrailEventsSql, cloudTrailTable } from '../../contract/audit-cloudtrail.ts';
import { AUDIT_QUESTIONS, questionSql } from '../../contract/audit-questions.ts';
import { ATHENA, allEventsSql, auditEventsSql, VIEWS } from '../../contract/audit-sql.ts';
import {
  auditTables,
  type GlueTable,
  PRESTO_VIEW_PARAMETERS,
  PRESTO_VIEW_PREFIX,
  PRESTO_VIEW_SUFFIX,
  prestoView,
  viewColumns,
} from '../../contract/audit-tables.ts';
import { onlyIf } from '../shared/conditional.ts';
import { shortStackId } from '../shared/short-stack-id.ts';
import type { KeyedBucket } from './access.ts';

/** Where a trail's files are, for the table over them. Everything is known at deployment only. */
export interface QueriedTrail {
  readonly condition: CfnCondition;
  /** `s3://<bucket>/<prefix>AWSLogs/`, and of an organization trail the organization's id and a slash. */
  readonly location: string;
  /** With commas between them. */
  readonly accountIds: string;
  readonly regions: string;
}

export interface QueriesProps {
  readonly derived: KeyedBucket;
  readonly trail: QueriedTrail;
}

/**
 * The first day of which there may be events. Cloud One and AppDynamics keep no more than a year, and IBM Cloud's Event
 * Routing, which fills the bucket that is read whole, is no older.
 */
const FIRST_DAY = '20220101';

/** What a query may read: at Athena's list price, half a dollar's worth. */
const MAXIMUM_SCANNED_BYTES = 100_000_000_000;

/** Glue tables and views over the derived files, a workgroup to query them with Athena in, and saved queries. */
export class Queries extends Construct {
  readonly workGroup: CfnWorkGroup;
  readonly databaseName: string;
  private readonly database: CfnDatabase;

  constructor(scope: Construct, id: string, { derived, trail }: QueriesProps) {
    super(scope, id);
    // Athena folds names to lower case, which a stack's name need not have.
    this.databaseName = `trailbridge_${shortStackId()}`;
    this.database = new CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: {
        name: this.databaseName,
        description: `Audit archive of the stack ${Aws.STACK_NAME}.`,
      },
    });
    const files = { bucket: derived.bucket.bucketName, awsRegion: Aws.REGION, firstDay: FIRST_DAY };
    for (const table of auditTables(files)) {
      this.table(table);
    }
    this.view(VIEWS.audit, "The archive's events, in the archive's columns", auditEventsSql(ATHENA));
    const ofTrail = [
      this.table(
        cloudTrailTable({
          location: trail.location,
          accounts: [trail.accountIds],
          regions: [trail.regions],
          firstDay: FIRST_DAY.replace(/(\d{4})(\d\d)(\d\d)/, '$1/$2/$3'),
        }),
      ),
      this.view(
        VIEWS.cloudTrail,
        "CloudTrail's events, in the archive's columns",
        cloudTrailEventsSql(ATHENA),
      ),
      this.view(VIEWS.all, "CloudTrail's events among the archive's", allEventsSql()),
    ];
    for (const resource of ofTrail) {
      onlyIf(trail.condition, resource);
    }
    this.workGroup = this.workGroupWithResultsIn(derived);
    for (const question of AUDIT_QUESTIONS) {
      new CfnNamedQuery(this, idOf(question.name), {
        name: question.name,
        description: question.description,
        database: this.database.ref,
        workGroup: this.workGroup.ref,
        queryString: questionSql(question),
      });
    }
  }

  private table(table: GlueTable): CfnTable {
    return new CfnTable(this, idOf(table.name), {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: this.database.ref,
      tableInput: {
        name: table.name,
        description: table.description,
        tableType: 'EXTERNAL_TABLE',
        parameters: table.parameters,
        partitionKeys: [...table.partitionKeys],
        storageDescriptor: {
          location: table.location,
          columns: [...table.columns],
          inputFormat: table.inputFormat,
          outputFormat: table.outputFormat,
          serdeInfo: { serializationLibrary: table.serializationLibrary },
        },
      },
    });
  }

  private view(name: string, description: string, sql: string): CfnTable {
    const definition = Fn.base64(prestoView(sql, this.databaseName));
    return new CfnTable(this, idOf(name), {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: this.database.ref,
      tableInput: {
        name,
        description,
        tableType: 'VIRTUAL_VIEW',
        parameters: PRESTO_VIEW_PARAMETERS,
        storageDescriptor: { columns: [...viewColumns()], serdeInfo: {} },
        viewOriginalText: `${PRESTO_VIEW_PREFIX}${definition}${PRESTO_VIEW_SUFFIX}`,
        viewExpandedText: '/* Presto View */',
      },
    });
  }

  private workGroupWithResultsIn({ bucket, key }: KeyedBucket): CfnWorkGroup {
    return new CfnWorkGroup(this, 'WorkGroup', {
      name: Aws.STACK_NAME,
      description: `Queries of the audit archive ${Aws.STACK_NAME}.`,
      // Its history goes with it, and so do saved queries that people have added.
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: MAXIMUM_SCANNED_BYTES,
        resultConfiguration: {
          outputLocation: `s3://${bucket.bucketName}/${QUERY_RESULTS_PREFIX}`,
          expectedBucketOwner: Aws.ACCOUNT_ID,
          encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKey: key.keyArn },
        },
      },
    });
  }
}

/** `audit_api_activity` → `AuditApiActivity`. */
function idOf(name: string): string {
  return name.replaceAll(/(?:^|[_-])([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
