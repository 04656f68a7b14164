import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { SQSClient } from '@aws-sdk/client-sqs';
import { parseEnvironment } from '../../contract/environment.ts';
import { drainingEnvironment } from '../../contract/forwarding.ts';
import { customResourceHandler } from '../shared/custom-resource.ts';
import { draining } from './draining.ts';

export const handler = customResourceHandler(() =>
  draining({
    sqs: new SQSClient({}),
    cloudFormation: new CloudFormationClient({}),
    queueUrl: parseEnvironment(drainingEnvironment, process.env).QUEUE_URL,
  }),
);
