import { describe, expect, test } from 'vitest';
import { digestFolderOf, parseDigestKey } from '../../../lambda/completeness/digest-key.ts';

const FOLDER = 'AWSLogs/111122223333/CloudTrail-Digest/us-east-2/2015/08/17/';
const NAME = '111122223333_CloudTrail-Digest_us-east-2_your-trail-name_us-east-2_20150817T150131Z.json.gz';
const PARSED = {
  prefix: '',
  organizationId: undefined,
  accountId: '111122223333',
  region: 'us-east-2',
  trailName: 'your-trail-name',
  homeRegion: 'us-east-2',
  end: new Date('2015-08-17T15:01:31Z'),
  isBackfill: false,
};

describe('parseDigestKey', () => {
  test.each([
    ['the documentation’s', FOLDER + NAME, PARSED],
    ['a prefix', `a/b/${FOLDER}${NAME}`, { ...PARSED, prefix: 'a/b' }],
    [
      'an organisation trail',
      FOLDER.replace('AWSLogs/', 'AWSLogs/o-abc123/') + NAME,
      { ...PARSED, organizationId: 'o-abc123' },
    ],
    ['a backfill', FOLDER + NAME.replace('Z.json', 'Z_backfill.json'), { ...PARSED, isBackfill: true }],
    [
      'a name with underscores, of another home region',
      FOLDER + NAME.replace('your-trail-name_us-east-2', 'a_trail_2_us-west-1'),
      { ...PARSED, trailName: 'a_trail_2', homeRegion: 'us-west-1' },
    ],
  ])('%s', (_what, key, expected) => {
    expect(parseDigestKey(key)).toEqual(expected);
  });

  test.each([
    ['a log file', (FOLDER + NAME).replaceAll('-Digest', '')],
    ['the file of another account', FOLDER + NAME.replace('111122223333_', '444455556666_')],
    ['the file of another region', FOLDER + NAME.replace('_us-east-2_your', '_us-east-1_your')],
    ['no time', FOLDER + NAME.replace('20150817T150131Z', 'latest')],
    ['a time that is none', FOLDER + NAME.replace('20150817T150131Z', '20151317T150131Z')],
  ])('is not %s', (_what, key) => {
    expect(parseDigestKey(key)).toBeUndefined();
  });
});

test.each([`${FOLDER}${NAME}`, `a/b/${FOLDER.replace('AWSLogs/', 'AWSLogs/o-abc123/')}${NAME}`])(
  'the folder of %s',
  (key) => {
    const parsed = parseDigestKey(key);
    expect(parsed && digestFolderOf({ bucket: 'b', ...parsed })).toBe(
      key.slice(0, key.indexOf('us-east-2/') + 10),
    );
  },
);
