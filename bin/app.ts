/** The CDK app: which stacks there are, and what is checked on all of them. */
import { App, BootstraplessSynthesizer, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { RecordFilterError } from '../contract/record-filter.ts';
import { UnknownCloudOneRegionError, WrongAwsRegionError } from '../contract/regions.ts';
import { AuditArchiveStack } from '../lib/audit-archive-stack.ts';
import { CloudOneStack } from '../lib/cloud-one-stack.ts';
import { RelayStack } from '../lib/relay-stack.ts';

const app = new App();
const cloudOneRegion: string | undefined = app.node.tryGetContext('cloudOneRegion');
// A text on the command line, a list in cdk.json.
const givenFilter: unknown = app.node.tryGetContext('forwardingFilter');
const forwardingFilter = typeof givenFilter === 'string' ? givenFilter : JSON.stringify(givenFilter);
// The CDK command line sets it where credentials or a profile tell the region; synthesis needs none.
const deploymentRegion = process.env.CDK_DEFAULT_REGION;

try {
  new CloudOneStack(app, 'CloudOne', { cloudOneRegion, deploymentRegion, forwardingFilter });
} catch (error) {
  const isTheUsers = [WrongAwsRegionError, UnknownCloudOneRegionError, RecordFilterError].some(
    (kind) => error instanceof kind,
  );
  if (!isTheUsers) {
    throw error;
  }
  // The user's to put right: the message says how, and a stack trace would hide it.
  console.error((error as Error).message);
  process.exit(1);
}

new AuditArchiveStack(app, 'AuditArchive');

// It carries no code, so that the region of a bucket need not be bootstrapped for it.
new RelayStack(app, 'Relay', { synthesizer: new BootstraplessSynthesizer() });

Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
