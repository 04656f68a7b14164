/** The CDK app: which stacks there are, and what is checked on all of them. */
import { App, BootstraplessSynthesizer, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { UnknownCloudOneRegionError, WrongAwsRegionError } from '../contract/regions.ts';
import { CloudOneStack } from '../lib/cloud-one-stack.ts';
import { RelayStack } from '../lib/relay-stack.ts';

const app = new App();
const cloudOneRegion: string | undefined = app.node.tryGetContext('cloudOneRegion');
// The CDK command line sets it where credentials or a profile tell the region; synthesis needs none.
const deploymentRegion = process.env.CDK_DEFAULT_REGION;

try {
  new CloudOneStack(app, 'CloudOne', { cloudOneRegion, deploymentRegion });
} catch (error) {
  if (!(error instanceof WrongAwsRegionError || error instanceof UnknownCloudOneRegionError)) {
    throw error;
  }
  // The user's to put right: the message says how, and a stack trace would hide it.
  console.error(error.message);
  process.exit(1);
}

// It carries no code, so that the region of a bucket need not be bootstrapped for it.
new RelayStack(app, 'Relay', { synthesizer: new BootstraplessSynthesizer() });

Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
