/** What the stack tells of itself. */
import { type CfnCondition, CfnOutput } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { ARCHIVE_OUTPUTS as O } from '../../contract/archive-parameters.ts';
import type { KeyedBucket } from './access.ts';
import type { SwitchedCollector } from './collectors.ts';
import type { Derivation } from './derivation.ts';
import type { Queries } from './queries.ts';
import type { Reports } from './reports.ts';

export interface ArchiveOutputsProps {
  readonly raw: KeyedBucket;
  readonly derived: KeyedBucket;
  readonly table: Table;
  readonly collectors: readonly SwitchedCollector[];
  readonly derivation: Derivation;
  readonly reports: Reports;
  readonly withReports: CfnCondition;
  readonly queries: Queries;
  readonly topic: ITopic;
}

/** The outputs: a scope of their own, for some bear the name of what they tell. */
export class ArchiveOutputs extends Construct {
  constructor(scope: Construct, id: string, props: ArchiveOutputsProps) {
    super(scope, id);
    const { raw, queries } = props;
    this.output(O.rawBucket, 'Bucket of the raw records; it outlives the stack.', raw.bucket.bucketName);
    this.output(O.rawKeyArn, 'Key of the raw records; it outlives the stack.', raw.key.keyArn);
    this.output(O.derivedBucket, 'Bucket of the Parquet files.', props.derived.bucket.bucketName);
    this.output(O.table, 'Table of checkpoints.', props.table.tableName);
    this.functions(props);
    this.output(O.workGroup, 'Workgroup to query with Athena in.', queries.workGroup.ref);
    this.output(O.database, 'Database that the tables and views are in.', queries.databaseName);
    this.output(
      O.alarmTopicArn,
      'Topic that alarms and reports are announced on: others can subscribe.',
      props.topic.topicArn,
    );
  }

  private functions({ collectors, derivation, reports, withReports }: ArchiveOutputsProps): void {
    for (const { output, condition, collector } of collectors) {
      this.output(
        output,
        'Function that collects from it.',
        collector.function.function.functionName,
        condition,
      );
    }
    this.output(
      O.derivation,
      'Function that derives Parquet files.',
      derivation.function.function.functionName,
    );
    this.output(
      O.reports,
      'Function that makes reports.',
      reports.function.function.functionName,
      withReports,
    );
  }

  private output(name: string, description: string, value: string, condition?: CfnCondition): void {
    new CfnOutput(this, name, {
      description,
      value,
      ...(condition === undefined ? {} : { condition }),
    }).overrideLogicalId(name);
  }
}
