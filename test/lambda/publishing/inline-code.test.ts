/** The copier as it stands in the template: its text, loaded as Lambda loads it. */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import { Stack } from 'aws-cdk-lib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { CustomResourceHandler } from '../../../lambda/shared/custom-resource.ts';
import { inlineCode } from '../../../lib/shared/function-code.ts';
import { type AnswerSink, captureOutput, startAnswerSink } from '../shared/custom-resource-harness.ts';
import { type S3StandIn, startS3StandIn } from './s3-stand-in.ts';

const BYTES = Buffer.from('the code of a function');
const SHA256 = createHash('sha256').update(BYTES).digest('hex');

let s3: S3StandIn;
let sink: AnswerSink;
beforeAll(async () => {
  [s3, sink] = await Promise.all([startS3StandIn(), startAnswerSink()]);
});
afterAll(() => Promise.all([s3.close(), sink.close()]));

/** Lambda's runtime has the AWS SDK; here the repository's own takes its place. */
function load(text: string): { readonly handler: CustomResourceHandler } {
  const module = { exports: {} };
  compileFunction(text, ['require', 'module', 'exports'])(
    createRequire(import.meta.url),
    module,
    module.exports,
  );
  return module.exports as { readonly handler: CustomResourceHandler };
}

test('copies, and deletes again', async () => {
  captureOutput();
  vi.stubEnv('AWS_ENDPOINT_URL', s3.url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'key');
  s3.addBucket('published', 'ap-south-1').objects.set(`functions/${SHA256}.zip`, BYTES);
  const { objects } = s3.addBucket('staging');
  const { handler } = load(
    inlineCode('publishing/function-code-handler.ts').bind(new Stack()).inlineCode ?? '',
  );
  const properties = {
    SourceBucket: 'published',
    SourcePrefix: '',
    SourceRegion: 'ap-south-1',
    StagingBucket: 'staging',
    Archives: [SHA256],
  };

  const { Status, PhysicalResourceId: physicalId } = await sink.send(handler, { type: 'Create', properties });
  expect(Status).toBe('SUCCESS');
  expect(objects.get(`${SHA256}.zip`)).toEqual(BYTES);

  await sink.send(handler, { type: 'Delete', properties, physicalId });
  expect(objects.size).toBe(0);
});
