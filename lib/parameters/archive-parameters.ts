import {
  CfnCondition,
  type CfnParameter,
  Fn,
  type ICfnRuleConditionExpression,
  type Stack,
} from 'aws-cdk-lib';
import { ARCHIVE_PARAMETERS } from '../../contract/archive-parameters.ts';
import { ARCHIVE_DECLARATIONS, ARCHIVE_GROUPS } from './archive-declarations.ts';
import { archiveContradictions } from './archive-rules.ts';
import { declareParameters } from './declared.ts';

export type ArchiveParameters = ReturnType<typeof archiveParameters>;

/** Declares the parameters of the `AuditArchive` stack, their form in the console, and what contradicts what. */
export function archiveParameters(stack: Stack) {
  const parameters = declareParameters(stack, ARCHIVE_PARAMETERS, ARCHIVE_DECLARATIONS, ARCHIVE_GROUPS);
  archiveContradictions(stack);
  const condition = (name: string, expression: ICfnRuleConditionExpression) =>
    new CfnCondition(stack, name, { expression });
  const isGiven = ({ valueAsString }: CfnParameter) => Fn.conditionNot(Fn.conditionEquals(valueAsString, ''));
  const forms = (name: string, value: CfnParameter, arn: CfnParameter) => ({
    byValue: condition(`${name}ByValue`, isGiven(value)),
    byArn: condition(`${name}ByArn`, isGiven(arn)),
  });
  return {
    ...parameters,
    conditions: {
      cloudOne: condition(
        'WithCloudOne',
        Fn.conditionOr(isGiven(parameters.cloudOneApiKey), isGiven(parameters.cloudOneApiKeySecretArn)),
      ),
      appDynamics: condition('WithAppDynamics', isGiven(parameters.controllerUrl)),
      ibmCloud: condition('WithIbmCloud', isGiven(parameters.ibmBucketName)),
      cloudOneApiKey: forms('CloudOneApiKey', parameters.cloudOneApiKey, parameters.cloudOneApiKeySecretArn),
      credential: forms('AppDynamicsCredential', parameters.credential, parameters.credentialSecretArn),
      ibmHmacKey: forms('IbmCloudHmacKey', parameters.ibmHmacKey, parameters.ibmHmacKeySecretArn),
      coldStorage: condition(
        'WithColdStorage',
        Fn.conditionNot(Fn.conditionEquals(parameters.coldStorageAfterDays.valueAsString, '0')),
      ),
      rawAdministratorGiven: condition('RawAdministratorGiven', isGiven(parameters.rawAdministratorArn)),
      cloudTrail: condition('WithCloudTrail', isGiven(parameters.cloudTrailBucketName)),
      cloudTrailKeyPrefixGiven: condition(
        'CloudTrailKeyPrefixGiven',
        isGiven(parameters.cloudTrailKeyPrefix),
      ),
      organizationTrail: condition('WithOrganizationTrail', isGiven(parameters.cloudTrailOrganizationId)),
      cloudTrailAccountIdsGiven: condition(
        'CloudTrailAccountIdsGiven',
        isGiven(parameters.cloudTrailAccountIds),
      ),
      reports: condition('WithReports', isGiven(parameters.reports)),
      mailFromGiven: condition('ReportMailFromGiven', isGiven(parameters.reportMailFrom)),
      secretsKeyGiven: condition('SecretsKeyGiven', isGiven(parameters.secretsKeyArn)),
      permissionsBoundaryGiven: condition(
        'PermissionsBoundaryGiven',
        isGiven(parameters.permissionsBoundaryArn),
      ),
      alarmEmailGiven: condition('AlarmEmailGiven', isGiven(parameters.alarmEmail)),
    },
  };
}
