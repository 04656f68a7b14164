import { Aws, type CfnCondition, Fn } from 'aws-cdk-lib';
import type { ArchiveParameters } from '../parameters/archive-parameters.ts';
import { textAsFolder } from '../shared/text-as-folder.ts';

/** Where a trail's files are, for the table over them. Everything is known at deployment only. */
export interface QueriedTrail {
  readonly condition: CfnCondition;
  /** `s3://<bucket>/<prefix>AWSLogs/`, and of an organization trail the organization's id and a slash. */
  readonly location: string;
  /** With commas between them. */
  readonly accountIds: string;
  readonly regions: string;
}

/** What the parameters say of the trail. Its prefix may be given with or without the slash at its end. */
export function queriedTrail({ conditions, ...parameters }: ArchiveParameters): QueriedTrail {
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
