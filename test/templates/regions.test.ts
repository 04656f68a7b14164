import { App, type StackProps } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { UnknownCloudOneRegionError, WrongAwsRegionError } from '../../contract/regions.ts';
import { CloudOneStack, type CloudOneStackProps } from '../../lib/cloud-one-stack.ts';
import { inTemporaryFolder, runApp } from './synthesis.ts';

// The check comes before everything else, and bundling the functions takes seconds.
vi.mock('../../lib/shared/function-code.ts', () => ({ bundledCode: () => theirCode() }));

const theirCode = vi.fn<() => Code>();

beforeEach(() => {
  theirCode.mockImplementation(() => Code.fromAsset(import.meta.dirname));
});

const stackWith = (props: CloudOneStackProps) => () =>
  new CloudOneStack(new App({ context: cdkJson.context }), 'CloudOne', props);

const inRegion = (region: string): StackProps => ({ env: { account: '111122223333', region } });

describe('where both regions are known', () => {
  test.each([
    ['de-1', 'eu-central-1'],
    ['gb-1', 'eu-west-2'],
    ['GB-1', 'eu-west-2'],
  ])('%s may be deployed in %s', (cloudOneRegion, deploymentRegion) => {
    expect(stackWith({ cloudOneRegion, deploymentRegion })).not.toThrow();
  });

  test('a wrong one is refused before anything is bundled, with both named and the right one', () => {
    const build = stackWith({ cloudOneRegion: 'de-1', deploymentRegion: 'us-east-1' });

    expect(build).toThrow(WrongAwsRegionError);
    expect(build).toThrow(/us-east-1.*de-1.*Deploy it in eu-central-1 instead/);
    expect(theirCode).not.toHaveBeenCalled();
  });

  test('the stack’s own region counts where the environment tells none', () => {
    expect(stackWith({ cloudOneRegion: 'jp-1', ...inRegion('us-east-1') })).toThrow(WrongAwsRegionError);
    expect(stackWith({ cloudOneRegion: 'jp-1', ...inRegion('ap-northeast-1') })).not.toThrow();
  });
});

describe('where one is not known', () => {
  test('the deployment checks, when it is the AWS region', () => {
    expect(stackWith({ cloudOneRegion: 'de-1' })).not.toThrow();
  });

  test('the deployment checks, when it is the Cloud One region', () => {
    expect(stackWith({ deploymentRegion: 'us-east-1' })).not.toThrow();
  });
});

test.each(['xx-1', '', 'eu-central-1'])(
  '%j is refused as a Cloud One region, and the known ones listed',
  (code) => {
    const build = stackWith({ cloudOneRegion: code });

    expect(build).toThrow(UnknownCloudOneRegionError);
    expect(build).toThrow(/Known regions: us-1, in-1, gb-1, au-1, de-1, jp-1, sg-1, ca-1/);
  },
);

test('the app takes the Cloud One region from the context and the AWS region from the environment', async () => {
  const { status, stderr } = await inTemporaryFolder((outputFolder) =>
    runApp({ outputFolder, context: { cloudOneRegion: 'de-1' }, deploymentRegion: 'us-east-1' }),
  );

  expect(status).toBe(1);
  expect(stderr).toMatch(/us-east-1.*de-1.*eu-central-1/);
  expect(stderr).not.toMatch(/^ +at /m);
});
