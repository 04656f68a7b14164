import { expect, test } from 'vitest';
import {
  AWS_REGION_BY_CLOUD_ONE_REGION,
  assertAwsRegion,
  CLOUD_ONE_REGIONS,
  parseCloudOneRegion,
} from '../../contract/regions.ts';

test('the eight regions of the vendor’s table', () => {
  expect(AWS_REGION_BY_CLOUD_ONE_REGION).toEqual({
    'us-1': 'us-east-1',
    'in-1': 'ap-south-1',
    'gb-1': 'eu-west-2',
    'au-1': 'ap-southeast-2',
    'de-1': 'eu-central-1',
    'jp-1': 'ap-northeast-1',
    'sg-1': 'ap-southeast-1',
    'ca-1': 'ca-central-1',
  });
});

test.each([
  ['us-1', 'us-1'],
  ['GB-1', 'gb-1'],
  [' Jp-1 ', 'jp-1'],
])('%o is read as %s', (text, region) => {
  expect(parseCloudOneRegion(text)).toBe(region);
});

test.each(['', 'us-2', 'us-east-1', 'trend-us-1', 'toString', '__proto__'])('%o is refused', (text) => {
  expect(() => parseCloudOneRegion(text)).toThrow(
    `"${text}" is not a Trend Cloud One region. Known regions: us-1, in-1, gb-1, au-1, de-1, jp-1, sg-1, ca-1.`,
  );
});

test('each region belongs to one AWS region, and to no other', () => {
  for (const region of CLOUD_ONE_REGIONS) {
    for (const [other, awsRegion] of Object.entries(AWS_REGION_BY_CLOUD_ONE_REGION)) {
      const check = () => assertAwsRegion(region, awsRegion);
      if (other === region) {
        expect(check).not.toThrow();
      } else {
        expect(check).toThrow(
          new RegExp(`${awsRegion}.*${region}.*${AWS_REGION_BY_CLOUD_ONE_REGION[region]}`),
        );
      }
    }
  }
});
