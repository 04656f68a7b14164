import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { optionalText, parseEnvironment } from '../../contract/environment.ts';
import { ledgerKeyOf } from '../../contract/ledger.ts';
import { objectMessageOf, objectMessageSchema, objectReferenceOf } from '../../contract/object-message.ts';
import { cloudAccountProperties } from '../../contract/onboarding.ts';

describe('object messages', () => {
  const reference = fc.record(
    {
      bucket: fc.string({ minLength: 3 }),
      key: fc.string({ minLength: 1 }),
      versionId: fc.string(),
      etag: fc.string(),
      sequencer: fc.string(),
      size: fc.nat(),
      createdAt: fc
        .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
        .map((at) => at.toISOString()),
    },
    { requiredKeys: ['bucket', 'key'] },
  );

  test('name the same object after a journey through the queue', () => {
    fc.assert(
      fc.property(reference, (object) => {
        const arrived = objectMessageSchema.parse(JSON.parse(JSON.stringify(objectMessageOf(object))));

        expect(objectReferenceOf(arrived)).toEqual(object);
      }),
    );
  });

  test('S3’s own events are taken as they are', () => {
    const event = {
      version: '0',
      id: '17793124-05d4-b198-2fde-7ededc63b103',
      'detail-type': 'Object Created',
      source: 'aws.s3',
      time: '2026-03-01T00:00:00Z',
      resources: ['arn:aws:s3:::trail-logs'],
      detail: {
        version: '0',
        bucket: { name: 'trail-logs' },
        object: { key: 'a b+c.json.gz', size: 5, etag: 'e', 'version-id': 'v', sequencer: '00' },
        reason: 'PutObject',
      },
    };

    expect(objectReferenceOf(objectMessageSchema.parse(event))).toMatchObject({
      bucket: 'trail-logs',
      key: 'a b+c.json.gz',
      versionId: 'v',
    });
  });
});

describe('the ledger’s key', () => {
  const object = { bucket: 'b', key: 'k', etag: 'e' };

  test('is the version’s where there is one', () => {
    const first = ledgerKeyOf({ ...object, versionId: '1' });

    expect(first).not.toBe(ledgerKeyOf({ ...object, versionId: '2' }));
    expect(first).toBe(ledgerKeyOf({ ...object, versionId: '1', etag: 'other', sequencer: '7' }));
  });

  test('is the content’s where there is none, whether an event or a listing told of it', () => {
    expect(ledgerKeyOf({ ...object, sequencer: '7' })).toBe(ledgerKeyOf(object));
    expect(ledgerKeyOf({ ...object, versionId: 'null' })).toBe(ledgerKeyOf(object));
    expect(ledgerKeyOf({ ...object, etag: 'other' })).not.toBe(ledgerKeyOf(object));
  });
});

describe('a function’s environment', () => {
  const schema = z.object({ TABLE: z.string().min(1), COUNT: z.coerce.number(), MAYBE: optionalText });

  test('is parsed', () => {
    expect(parseEnvironment(schema, { TABLE: 't', COUNT: '3', MAYBE: '', OTHER: 'x' })).toEqual({
      TABLE: 't',
      COUNT: 3,
      MAYBE: undefined,
    });
  });

  test('names every variable at fault, and shows no value', () => {
    const parse = () => parseEnvironment(schema, { COUNT: 'secret-value' });

    expect(parse).toThrow(/TABLE: .*COUNT: /);
    expect(parse).not.toThrow('secret-value');
  });
});

describe('the properties of a cloud account', () => {
  const properties = {
    CloudOneRegion: 'us-1',
    AwsAccountId: '123456789012',
    RoleArn: 'arn:aws:iam::123456789012:role/path/r',
    Alias: 'a',
  };

  test('take a region in either case', () => {
    expect(cloudAccountProperties.parse({ ...properties, CloudOneRegion: 'GB-1' }).CloudOneRegion).toBe(
      'gb-1',
    );
  });

  test.each([
    { CloudOneRegion: 'us-9' },
    { AwsAccountId: '12345' },
    { RoleArn: 'arn:aws:iam::123456789012:user/u' },
    { Alias: '' },
  ])('refuse %o', (changed) => {
    const parsed = cloudAccountProperties.safeParse({ ...properties, ...changed });

    expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toEqual(Object.keys(changed));
  });
});
