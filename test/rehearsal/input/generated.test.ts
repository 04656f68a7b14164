import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { parseCloudTrailKey } from '../../../contract/cloudtrail-key.ts';
import { cloudTrailService } from '../../../lambda/vendors/cloudtrail-service.ts';
import { visionOneCollector } from '../../../lambda/vendors/visionone-ingest.ts';
import { generatedCorpus } from '../../../rehearsal/input/generated.ts';

const corpus = generatedCorpus();
const parsed = corpus.files.map(({ key }) => parseCloudTrailKey(key));

test('is the same, byte for byte, every time', () => {
  const again = generatedCorpus();

  expect(again.files.map(({ key }) => key)).toEqual(corpus.files.map(({ key }) => key));
  expect(again.files.every(({ body }, index) => corpus.files[index]?.body.equals(body))).toBe(true);
  expect(again.expected).toEqual(corpus.expected);
});

test('has keys as CloudTrail writes them, each once', () => {
  const names = corpus.files.map(({ key }) => key.split('/').at(-1));

  expect(parsed).not.toContain(undefined);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) {
    expect(name).toMatch(
      /^\d{12}_CloudTrail(-Insight|-Digest)?_[a-z0-9-]+_\d{8}T\d{4}Z_[0-9A-Za-z]{16}\.json\.gz$/,
    );
  }
});

test('is of several accounts and regions, kinds, an organisation and a prefix', () => {
  expect(new Set(parsed.map((key) => key?.accountId)).size).toBe(2);
  expect(new Set(parsed.map((key) => key?.region)).size).toBe(4);
  expect(new Set(parsed.map((key) => key?.kind))).toEqual(
    new Set(['CloudTrail', 'CloudTrail-Insight', 'CloudTrail-Digest']),
  );
  expect(parsed.filter((key) => key?.organizationId !== undefined)).toHaveLength(1);
  expect(parsed.filter((key) => key?.prefix !== '')).toHaveLength(1);
});

const whole = corpus.files.filter(({ key }) => !corpus.poison.has(key));

test('has every event once, and one file that no destination can take', () => {
  expect(corpus.poison.size).toBe(1);
  expect(new Set(corpus.expected.values())).toEqual(new Set([1]));
  // 60 usual files, the large one, of several members, Insight, prefixed, of an organisation.
  expect(corpus.expected.size).toBe(60 * 20 + 9000 + 20 + 2 + 20 + 20);
});

test('has a file without records', () => {
  const empty = whole.filter(({ body }) => gunzipSync(body).toString() === '{"Records":[]}');

  expect(empty).toHaveLength(1);
});

test('has a file that either destination takes in several parts only', () => {
  const cloudOne = cloudTrailService({
    serviceUrl: 'https://cloudtrail.us-1.cloudone.trendmicro.com',
    apiVersion: 'v1',
  });
  const visionOne = visionOneCollector('https://ingest.xdr.trendmicro.com/logs');
  const sizes = whole.map(({ body }) => ({ stored: body.length, raw: gunzipSync(body).length }));
  const large = sizes.filter(
    ({ stored, raw }) => stored > cloudOne.maximumPartBytes && raw > visionOne.maximumPartBytes,
  );

  expect(large).toHaveLength(1);
});

test('has a file of several gzip members', () => {
  const GZIP_MEMBER = Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00]);
  const several = corpus.files.filter(({ body }) => body.indexOf(GZIP_MEMBER, 1) > 0);

  expect(several).toHaveLength(1);
});

test('has events with what is easily broken on the way: quotes, escapes, other scripts', () => {
  const text = gunzipSync(corpus.files[0]?.body ?? Buffer.alloc(0)).toString();
  const [first] = (JSON.parse(text) as { Records: { userAgent: string; eventTime: string }[] }).Records;

  expect(first?.userAgent).toContain('"quoted" 日本語 \\ back\u2028slash');
  expect(first?.eventTime).toMatch(/^2026-01-15T\d\d:\d\d:\d\dZ$/);
});
