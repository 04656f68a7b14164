import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCloudTrailKey } from '../../contract/cloudtrail-key.ts';

const KEY =
  'AWSLogs/123456789012/CloudTrail/us-east-1/2026/03/01/123456789012_CloudTrail_us-east-1_x.json.gz';
const PARSED = {
  kind: 'CloudTrail',
  prefix: '',
  accountId: '123456789012',
  region: 'us-east-1',
  day: '2026-03-01',
};

describe('parseCloudTrailKey', () => {
  test.each([
    ['an account trail', KEY, PARSED],
    ['a prefix', `a/b/${KEY}`, { ...PARSED, prefix: 'a/b' }],
    ['a prefix that says AWSLogs', `AWSLogs/x/${KEY}`, { ...PARSED, prefix: 'AWSLogs/x' }],
    [
      'an organisation trail',
      KEY.replace('AWSLogs/', 'AWSLogs/o-abc123/'),
      { ...PARSED, organizationId: 'o-abc123' },
    ],
    [
      'Insight',
      KEY.replace('/CloudTrail/', '/CloudTrail-Insight/'),
      { ...PARSED, kind: 'CloudTrail-Insight' },
    ],
    [
      'a digest',
      KEY.replace('/CloudTrail/', '/CloudTrail-Digest/'),
      { ...PARSED, kind: 'CloudTrail-Digest' },
    ],
    ['a region of tomorrow', KEY.replace('/us-east-1/', '/moon-1/'), { ...PARSED, region: 'moon-1' }],
  ])('%s', (_what, key, expected) => {
    expect(parseCloudTrailKey(key)).toEqual(expected);
  });

  test.each([
    '',
    'AWSLogs/',
    KEY.replace('.json.gz', '.json'),
    KEY.replace('CloudTrail/', 'Config/'),
    KEY.replace('123456789012/', '12345/'),
    KEY.replace('/2026/03/01/', '/2026/3/1/'),
    KEY.replace('AWSLogs', 'awslogs'),
    `x${KEY}`,
    `${KEY}/more`,
  ])('%o is no CloudTrail file', (key) => {
    expect(parseCloudTrailKey(key)).toBeUndefined();
  });

  test('any text is parsed in no time and without an error', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(50), (text, repeats) => {
        parseCloudTrailKey('AWSLogs/'.repeat(repeats) + text);
      }),
    );
  });
});
