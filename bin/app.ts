/** The CDK app: which stacks there are, and what is checked on all of them. */
import { App, BootstraplessSynthesizer, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { RecordFilterError } from '../contract/record-filter.ts';
import { UnknownCloudOneRegionError, WrongAwsRegionError } from '../contract/regions.ts';
import { ReportDefinitionError } from '../contract/report.ts';
import { AuditArchiveStack } from '../lib/audit-archive-stack.ts';
import { CloudOneStack } from '../lib/cloud-one-stack.ts';
import { RelayStack } from '../lib/relay-stack.ts';

const app = new App();
const cloudOneRegion: string | undefined = app.node.tryGetContext('cloudOneRegion');
const forwardingFilter = textOf('forwardingFilter');
const auditReports = textOf('auditReports');
// The CDK command line sets it where credentials or a profile tell the region; synthesis needs none.
const deploymentRegion = process.env.CDK_DEFAULT_REGION;

const USERS_TO_MEND = [
  WrongAwsRegionError,
  UnknownCloudOneRegionError,
  RecordFilterError,
  ReportDefinitionError,
];

try {
  new CloudOneStack(app, 'CloudOne', { cloudOneRegion, deploymentRegion, forwardingFilter });
  new AuditArchiveStack(app, 'AuditArchive', { auditReports });
} catch (error) {
  const isTheUsers = USERS_TO_MEND.some((kind) => error instanceof kind);
  if (!isTheUsers) {
    throw error;
  }
  // The user's to put right: the message says how, and a stack trace would hide it.
  console.error((error as Error).message);
  process.exit(1);
}

// It carries no code, so that the region of a bucket need not be bootstrapped for it.
new RelayStack(app, 'Relay', { synthesizer: new BootstraplessSynthesizer() });

Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));

/** A list of the context, as JSON: it is a text on the command line, and a list in cdk.json. */
function textOf(key: string): string | undefined {
  const given: unknown = app.node.tryGetContext(key);
  return typeof given === 'string' ? given : JSON.stringify(given);
}
