import { describe, expect, test } from 'vitest';
import type { Values } from '../../../rehearsal/template.ts';
import { violations } from '../rule-violations.ts';
import type { Template } from '../template.ts';

const secret = (name: string) => `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}-AbCdEf`;
const KEY = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd';

/** What a user cannot leave out. */
const KEY_AND_BUCKET = { CloudOneApiKey: 'id:secret', ExistingCloudtrailBucketName: 'logs' };
const NEW_TRAIL = { CloudOneApiKey: 'id:secret', CreateNewTrail: 'true' };
const COLLECTOR = {
  ForwardingDestination: 'VisionOne',
  VisionOneIngestUrl: 'https://xlogr.xdr.trendmicro.com/ingest',
  VisionOneIngestToken: 'token',
};

const ACCEPTED: Readonly<Record<string, Values>> = {
  'an API key and a bucket': KEY_AND_BUCKET,
  'a new trail': NEW_TRAIL,
  'a new trail beside a bucket and its key, to switch to and fro': {
    ...KEY_AND_BUCKET,
    CreateNewTrail: 'true',
    TrailKeyArn: KEY,
  },
  'a bucket with its key': { ...KEY_AND_BUCKET, TrailKeyArn: KEY },
  'a bucket elsewhere': {
    ...KEY_AND_BUCKET,
    CloudtrailBucketRegion: 'eu-west-1',
    CloudtrailBucketAccountId: '444455556666',
  },
  'a bucket elsewhere, beside a new trail of the vendor’s client': {
    ...KEY_AND_BUCKET,
    CreateNewTrail: 'true',
    CloudtrailBucketRegion: 'eu-west-1',
    ForwardingDestination: 'VendorClient',
  },
  'the API key by ARN': { ...KEY_AND_BUCKET, CloudOneApiKey: '', CloudOneApiKeySecretArn: secret('key') },
  'an enrolment token': { ...KEY_AND_BUCKET, VisionOneServiceToken: 'token' },
  'an enrolment token by ARN': { ...KEY_AND_BUCKET, VisionOneServiceTokenSecretArn: secret('token') },
  'a Vision One API key': { ...KEY_AND_BUCKET, VisionOneApiKey: 'key', VisionOneRegion: 'jp' },
  'a Vision One API key by ARN': { ...KEY_AND_BUCKET, VisionOneApiKeySecretArn: secret('v1') },
  'a collector': { ...KEY_AND_BUCKET, ...COLLECTOR },
  'a collector with its token by ARN': {
    ...KEY_AND_BUCKET,
    ...COLLECTOR,
    VisionOneIngestToken: '',
    VisionOneIngestTokenSecretArn: secret('ingest'),
  },
  'a collector that is not in use': { ...KEY_AND_BUCKET, ...COLLECTOR, ForwardingDestination: 'CloudOne' },
  'the vendor’s client': { ...KEY_AND_BUCKET, ForwardingDestination: 'VendorClient' },
  'the vendor’s client on a new trail, beside the key of a bucket that is not in use': {
    ...KEY_AND_BUCKET,
    CreateNewTrail: 'true',
    TrailKeyArn: KEY,
    ForwardingDestination: 'VendorClient',
  },
  'a filter': { ...KEY_AND_BUCKET, ForwardingFilter: '[{"drop":{"readOnly":true}}]' },
  'secrets by ARN under a key of their own': {
    CreateNewTrail: 'true',
    CloudOneApiKeySecretArn: secret('key'),
    VisionOneServiceTokenSecretArn: secret('token'),
    SecretsKeyArn: KEY,
  },
};

/** Which parameters the complaint names, by what is wrong. */
const REFUSED: Readonly<Record<string, readonly [Values, complaints: readonly RegExp[]]>> = {
  'the vendor’s client on a bucket with a key': [
    { ...KEY_AND_BUCKET, TrailKeyArn: KEY, ForwardingDestination: 'VendorClient' },
    [/^The vendor's client has no permission to decrypt .*\(TrailKeyArn\).*CloudOne/],
  ],
  'the vendor’s client on a bucket in another region': [
    { ...KEY_AND_BUCKET, CloudtrailBucketRegion: 'eu-west-1', ForwardingDestination: 'VendorClient' },
    [
      /^The vendor's client forwards from a bucket in its own region.*leave CloudtrailBucketRegion and .* empty/,
    ],
  ],
  'the vendor’s client on a bucket of another account': [
    { ...KEY_AND_BUCKET, CloudtrailBucketAccountId: '444455556666', ForwardingDestination: 'VendorClient' },
    [/^The vendor's client forwards from a bucket in its own region and account only/],
  ],
  'a filter with the vendor’s client, which has none': [
    { ...KEY_AND_BUCKET, ForwardingFilter: '[]', ForwardingDestination: 'VendorClient' },
    [/^The vendor's client forwards every record: .*Leave ForwardingFilter empty/],
  ],
  'no API key': [
    { ExistingCloudtrailBucketName: 'logs' },
    [/^Give .*CloudOneApiKey or CloudOneApiKeySecretArn/],
  ],
  'the API key twice': [
    { ...KEY_AND_BUCKET, CloudOneApiKeySecretArn: secret('key') },
    [/^Give either CloudOneApiKey or CloudOneApiKeySecretArn, not both/],
  ],
  'the enrolment token twice': [
    { ...KEY_AND_BUCKET, VisionOneServiceToken: 't', VisionOneServiceTokenSecretArn: secret('t') },
    [/^Give either VisionOneServiceToken or VisionOneServiceTokenSecretArn, not both/],
  ],
  'the Vision One API key twice': [
    { ...KEY_AND_BUCKET, VisionOneApiKey: 'k', VisionOneApiKeySecretArn: secret('k') },
    [/^Give either VisionOneApiKey or VisionOneApiKeySecretArn, not both/],
  ],
  'the ingestion token twice': [
    { ...KEY_AND_BUCKET, ...COLLECTOR, VisionOneIngestTokenSecretArn: secret('i') },
    [/^Give either VisionOneIngestToken or VisionOneIngestTokenSecretArn, not both/],
  ],
  'a token and a Vision One key': [
    { ...KEY_AND_BUCKET, VisionOneServiceToken: 't', VisionOneApiKey: 'k' },
    [/^Give either an enrolment token .* not both/],
  ],
  'a token by ARN and a Vision One key': [
    { ...KEY_AND_BUCKET, VisionOneServiceTokenSecretArn: secret('t'), VisionOneApiKey: 'k' },
    [/^Give either an enrolment token .* not both/],
  ],
  'a token and a Vision One key by ARN': [
    { ...KEY_AND_BUCKET, VisionOneServiceToken: 't', VisionOneApiKeySecretArn: secret('k') },
    [/^Give either an enrolment token .* not both/],
  ],
  'a token and a Vision One key, both by ARN': [
    {
      ...KEY_AND_BUCKET,
      VisionOneServiceTokenSecretArn: secret('t'),
      VisionOneApiKeySecretArn: secret('k'),
    },
    [/^Give either an enrolment token .* not both/],
  ],
  'no bucket': [{ CloudOneApiKey: 'id:secret' }, [/^Name the bucket .*CreateNewTrail/]],
  'a key of the trail without a bucket': [
    { ...NEW_TRAIL, TrailKeyArn: KEY },
    [/^TrailKeyArn .*ExistingCloudtrailBucketName/],
  ],
  'a collector without its address': [
    { ...KEY_AND_BUCKET, ...COLLECTOR, VisionOneIngestUrl: '' },
    [/ needs VisionOneIngestUrl/],
  ],
  'a collector without its token': [
    { ...KEY_AND_BUCKET, ...COLLECTOR, VisionOneIngestToken: '' },
    [/ needs VisionOneIngestToken or VisionOneIngestTokenSecretArn/],
  ],
  'a collector of which nothing is told': [
    { ...KEY_AND_BUCKET, ForwardingDestination: 'VisionOne' },
    [/ needs VisionOneIngestUrl/, / needs VisionOneIngestToken/],
  ],
  'a key of secrets that are given by value': [
    { ...KEY_AND_BUCKET, SecretsKeyArn: KEY },
    [/^SecretsKeyArn .* given by ARN/],
  ],
  'one secret for two credentials': [
    {
      ExistingCloudtrailBucketName: 'logs',
      CloudOneApiKeySecretArn: secret('key'),
      VisionOneApiKeySecretArn: secret('key'),
    },
    [/^CloudOneApiKeySecretArn and VisionOneApiKeySecretArn name the same secret/],
  ],
  'nothing at all': [{}, [/CloudOneApiKey/, /ExistingCloudtrailBucketName/]],
};

export function ruleTests(template: Template): void {
  test.each(Object.entries(ACCEPTED))('%s: accepted', (_case, parameters) => {
    expect(violations(template, parameters)).toEqual([]);
  });

  test.each(Object.entries(REFUSED))('%s: refused', (_case, [parameters, complaints]) => {
    const found = violations(template, parameters);

    expect(found).toHaveLength(complaints.length);
    for (const [index, complaint] of complaints.entries()) {
      expect(found[index]).toMatch(complaint);
    }
  });

  test('every two secrets that are given by ARN are compared', () => {
    const arns = Object.keys(template.Parameters).filter((name) => name.endsWith('SecretArn'));
    const same = Object.fromEntries(arns.map((name) => [name, secret('same')]));
    const pairs = (arns.length * (arns.length - 1)) / 2;

    const found = violations(template, same).filter((text) => text.includes('name the same secret'));
    expect(arns).toHaveLength(4);
    expect(new Set(found).size).toBe(pairs);
  });

  describe('each assertion', () => {
    const assertions = Object.entries(template.Rules)
      .filter(([name]) => name !== 'CheckBootstrapVersion')
      .flatMap(([rule, { Assertions }]) =>
        Assertions.map(({ AssertDescription }) => [rule, AssertDescription]),
      );

    test.each(assertions)('of %s is a sentence that names a parameter: %s', (_rule, description = '') => {
      expect(description).toMatch(/^[A-Z].*\.$/);
      expect(Object.keys(template.Parameters).some((name) => description.includes(name))).toBe(true);
    });
  });
}
