import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readStackLink } from '../../../../lambda/vendors/cloudone/cloudtrail.ts';
import { parseConsoleLink } from '../../../../lambda/vendors/cloudone/console-link.ts';

const CONSOLE = 'https://us-east-1.console.aws.amazon.com/cloudformation/home?region=us-east-1';
const PARAMETERS = {
  templateUrl: 'https://bucket.s3.us-east-1.amazonaws.com/client/template.yaml',
  param_S3BucketKey: 'client/lambda.zip',
  param_S3BucketName: 'bucket',
  param_ServiceToken: 'aa.bb+cc/dd==',
  param_ServiceURL: 'https://cloudtrail.us-1.cloudone.trendmicro.com',
  param_APIVersion: 'v1',
};

function queryOf(changed: Readonly<Record<string, string | undefined>> = {}): string {
  return Object.entries({ ...PARAMETERS, ...changed })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join('&');
}

describe('where the query sits', () => {
  test.each([
    ['behind a route', `${CONSOLE}#/stacks/create/review?${queryOf()}`],
    ['behind another route', `${CONSOLE}#/stacks/quickcreate?${queryOf()}`],
    ['behind the bare #', `${CONSOLE}#${queryOf()}`],
    ['before the #', `${CONSOLE}&${queryOf()}#/stacks/create/review`],
    ['on the global console', `https://console.aws.amazon.com/cloudformation/home#/stacks/new?${queryOf()}`],
    [
      'with the other spelling',
      `${CONSOLE}#/stacks/new?${queryOf({ templateUrl: undefined })}&templateURL=${PARAMETERS.templateUrl}`,
    ],
  ])('%s', (_where, link) => {
    expect(readStackLink(link)).toEqual({
      link,
      codeBucketName: PARAMETERS.param_S3BucketName,
      serviceToken: PARAMETERS.param_ServiceToken,
      serviceUrl: PARAMETERS.param_ServiceURL,
      apiVersion: 'v1',
      templateUrl: PARAMETERS.templateUrl,
    });
  });
});

test('a link without a template is good enough for a token', () => {
  const link = `${CONSOLE}#/x?${queryOf({ templateUrl: undefined })}`;

  expect(readStackLink(link)).toMatchObject({ serviceToken: PARAMETERS.param_ServiceToken });
});

test('any value comes back as it was encoded', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      const link = `${CONSOLE}#/stacks/create/review?first=1&param=${encodeURIComponent(value)}&last=2`;

      expect(parseConsoleLink(link)).toMatchObject({ first: '1', param: value, last: '2' });
    }),
  );
});

test('a plus sign that was not encoded stays one', () => {
  expect(parseConsoleLink(`${CONSOLE}#/x?token=a+b`).token).toBe('a+b');
});

describe('a link that cannot be used', () => {
  test.each([
    ['no URL', 'nonsense'],
    ['another host', `https://evil.example/cloudformation#/x?${queryOf()}`],
    ['a host that only looks like it', `https://console.aws.amazon.com.evil.example/#/x?${queryOf()}`],
    ['not https', `http://console.aws.amazon.com/#/x?${queryOf()}`],
    ['bad encoding', `${CONSOLE}#/x?${queryOf()}&param_ServiceToken=%E0%A4`],
    ['no token', `${CONSOLE}#/x?${queryOf({ param_ServiceToken: undefined })}`],
    ['an empty token', `${CONSOLE}#/x?${queryOf({ param_ServiceToken: '' })}`],
    ['a token with a line break', `${CONSOLE}#/x?${queryOf({ param_ServiceToken: 'aa.bb+cc/dd==\r\nx' })}`],
    ['a token without end', `${CONSOLE}#/x?${queryOf({ param_ServiceToken: 'x'.repeat(9000) })}`],
    ['a version that is none', `${CONSOLE}#/x?${queryOf({ param_APIVersion: 'v1\r\nx: y' })}`],
    ['a service elsewhere', `${CONSOLE}#/x?${queryOf({ param_ServiceURL: 'https://evil.example' })}`],
    [
      'a service without TLS',
      `${CONSOLE}#/x?${queryOf({ param_ServiceURL: 'http://cloudtrail.us-1.cloudone.trendmicro.com' })}`,
    ],
    ['a template elsewhere', `${CONSOLE}#/x?${queryOf({ templateUrl: 'https://evil.example/t' })}`],
    [
      'a template on another service of AWS',
      `${CONSOLE}#/x?${queryOf({ templateUrl: 'https://id.execute-api.us-east-1.amazonaws.com/t' })}`,
    ],
    [
      'a template on a host that only begins as S3',
      `${CONSOLE}#/x?${queryOf({ templateUrl: 'https://b.s3.us-east-1.amazonaws.com.evil.example/t' })}`,
    ],
  ])('%s: is refused, and not shown', (_what, link) => {
    const read = () => readStackLink(link);

    expect(read).toThrow();
    expect(read).not.toThrow('aa.bb+cc/dd==');
    expect(read).not.toThrow(encodeURIComponent('aa.bb+cc/dd=='));
  });
});

test.each([
  'https://bucket.s3.amazonaws.com/t',
  'https://bucket.s3.us-east-1.amazonaws.com/t',
  'https://bucket.s3-us-west-2.amazonaws.com/t',
  'https://s3.us-gov-west-1.amazonaws.com/bucket/t',
  'https://s3.amazonaws.com/bucket/t',
  'https://my.bucket.s3.dualstack.eu-central-1.amazonaws.com/t',
  'https://bucket.s3.cn-north-1.amazonaws.com.cn/t',
])('a template may lie at %s', (templateUrl) => {
  expect(readStackLink(`${CONSOLE}#/x?${queryOf({ templateUrl })}`).templateUrl).toBe(templateUrl);
});
