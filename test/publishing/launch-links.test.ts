import fc from 'fast-check';
import { expect, test } from 'vitest';
import { launches, urlOf } from '../../publishing/launch-links.ts';

const place = { bucket: 'my-templates', prefix: 'a/b', region: 'eu-central-1' };

test.each([
  ['a/b', 'https://my-templates.s3.eu-central-1.amazonaws.com/a/b/x.json'],
  ['a/b/', 'https://my-templates.s3.eu-central-1.amazonaws.com/a/b/x.json'],
  ['', 'https://my-templates.s3.eu-central-1.amazonaws.com/x.json'],
])('below the prefix %j lies %s', (prefix, url) => {
  expect(urlOf({ ...place, prefix }, 'x.json')).toBe(url);
});

test('a bucket with capitals, as they could be named once, stands in the path', () => {
  expect(urlOf({ ...place, bucket: 'MyTemplates' }, 'x')).toBe(
    'https://s3.eu-central-1.amazonaws.com/MyTemplates/a/b/x',
  );
});

test('whatever it is given, a launch link says it to the console as it was', () => {
  const anyPlace = fc.record({
    bucket: fc.stringMatching(/^[0-9a-z][0-9a-z-]{1,20}[0-9a-z]$/),
    prefix: fc.string({ maxLength: 20 }).filter((text) => !/(^|\/)\.{0,2}(\/|$)/.test(text)),
    region: fc.constantFrom('us-east-1', 'ap-southeast-2'),
  });
  fc.assert(
    fc.property(anyPlace, (publishedTo) => {
      for (const { url, awsRegion } of launches(publishedTo)) {
        const { protocol, host, searchParams, hash } = new URL(url);
        const [page, query] = hash.split('?');
        const values = new URLSearchParams(query);

        expect(`${protocol}//${host}`).toBe(`https://${awsRegion}.console.aws.amazon.com`);
        expect(searchParams.get('region')).toBe(awsRegion);
        expect(page).toBe('#/stacks/quickcreate');
        expect(Object.fromEntries(values)).toEqual({
          templateURL: urlOf(publishedTo, 'CloudOne.template.json'),
          stackName: 'CloudOne',
          param_QSS3BucketName: publishedTo.bucket,
          param_QSS3KeyPrefix: publishedTo.prefix,
          param_QSS3BucketRegion: publishedTo.region,
        });
        const { pathname } = new URL(values.get('templateURL') ?? '');
        expect(decodeURIComponent(pathname)).toBe(
          `/${publishedTo.prefix.replace(/\/?$/, '/')}CloudOne.template.json`,
        );
      }
    }),
  );
});
