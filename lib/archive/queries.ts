import { Aws, Fn } from 'aws-cdk-lib';
import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import { QUERY_RESULTS_PREFIX } from '../../contract/archive-parameters.ts';
import {
  CLOUDTRAIL_VIEW_COLUMNS,
  cloudTrailEventsSql,
  cloudTrailTable,
} from '../../contract/audit-cloudtrail.ts';
import { AUDIT_QUESTIONS, questionSql, SAVED_QUESTION_DAYS } from '../../contract/audit-questions.ts';
import {
  ATHENA,
  allEventsSql,
  auditEventsSql,
  VIEW_COLUMNS,
  VIEWS,
  type ViewColumn,
} from '../../contract/audit-sql.ts';
import {
  auditTables,
  type GlueTable,
  glueColumns,
  PRESTO_VIEW_PARAMETERS,
  PRESTO_VIEW_PREFIX,
  PRESTO_VIEW_SUFFIX,
  prestoView,
} from '../../contract/audit-tables.ts';
import { onlyIf } from '../shared/conditional.ts';
import { shortStackId } from '../shared/short-stack-id.ts';
import type { KeyedBucket } from './access.ts';
import type { QueriedTrail } from './queried-trail.ts';

export interface QueriesProps {
  readonly derived: KeyedBucket;
  readonly trail: QueriedTrail;
  /** `2022-01-01`, known at deployment only: older files are not looked for. */
  readonly firstDay: string;
}

/** What a query may read: at Athena's list price, half a dollar's worth. */
const MAXIMUM_SCANNED_BYTES = 100_000_000_000;

/** Glue tables and views over the derived files, a workgroup to query them with Athena in, and saved queries. */
export class Queries extends Construct {
  readonly workGroup: CfnWorkGroup;
  readonly databaseName: string;
  private readonly database: CfnDatabase;

  constructor(scope: Construct, id: string, { derived, trail, firstDay }: QueriesProps) {
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
    const firstDayWith = (separator: string) => Fn.join(separator, Fn.split('-', firstDay));
    const files = {
      bucket: derived.bucket.bucketName,
      awsRegion: Aws.REGION,
      firstDay: firstDayWith(''),
    };
    for (const table of auditTables(files)) {
      this.table(table);
    }
    this.view(
      VIEWS.audit,
      VIEW_COLUMNS,
      "The archive's events, in the archive's columns",
      auditEventsSql(ATHENA),
    );
    const ofTrail = [
      this.table(
        cloudTrailTable({
          location: trail.location,
          accounts: [trail.accountIds],
          regions: [trail.regions],
          firstDay: firstDayWith('/'),
        }),
      ),
      this.view(
        VIEWS.cloudTrail,
        CLOUDTRAIL_VIEW_COLUMNS,
        "CloudTrail's events, in the archive's columns",
        cloudTrailEventsSql(ATHENA),
      ),
      this.view(VIEWS.all, VIEW_COLUMNS, "CloudTrail's events among the archive's", allEventsSql()),
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
        queryString: questionSql(question, SAVED_QUESTION_DAYS),
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

  private view(name: string, columns: readonly ViewColumn[], description: string, sql: string): CfnTable {
    const definition = Fn.base64(prestoView(sql, this.databaseName, columns));
    return new CfnTable(this, idOf(name), {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: this.database.ref,
      tableInput: {
        name,
        description,
        tableType: 'VIRTUAL_VIEW',
        parameters: PRESTO_VIEW_PARAMETERS,
        storageDescriptor: { columns: [...glueColumns(columns)], serdeInfo: {} },
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
        // The files are compressed with zstd, and the views are in Trino's SQL: an engine that Athena chooses may be another.
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
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
