import { describe, expect, test } from 'vitest';
import {
  assertTemplateUrl,
  cloudTrailServiceUrl,
  UntrustedUrlError,
  visionOneIngestUrl,
} from '../../../lambda/vendors/endpoints.ts';

/** Addresses that only look like the vendor's: a token sent there would be somebody else's. */
function lookalikesOf(host: string, path: string, neighbour: string): readonly string[] {
  return [
    `http://${host}${path}`,
    `https://${neighbour}${path}`,
    `https://${host}.evil.example${path}`,
    `https://evil.example/${host}${path}`,
    `https://${host}@evil.example${path}`,
    `https://user:password@${host}${path}`,
    `https://${host}:8443${path}`,
    `//${host}${path}`,
    host,
    '',
  ];
}

describe.each([
  {
    what: 'Cloud One’s CloudTrail service',
    host: 'cloudtrail.us-1.cloudone.trendmicro.com',
    path: '',
    neighbour: 'evilcloudone.trendmicro.com',
    trust: (url: string) => cloudTrailServiceUrl(url, '/api/logs'),
  },
  {
    what: 'a collector of Vision One',
    host: 'xlogr-use1.xdr.trendmicro.com',
    path: '/ingest/api/v1/third_party_log/raw',
    neighbour: 'evilxdr.trendmicro.com',
    trust: visionOneIngestUrl,
  },
  {
    what: 'a template',
    host: 'templates.s3.us-east-1.amazonaws.com',
    path: '/client.template',
    neighbour: 'templates.s3.us-east-1.evilamazonaws.com',
    trust: assertTemplateUrl,
  },
])('$what', ({ host, path, neighbour, trust }) => {
  test('is where the vendor has it', () => {
    expect(() => trust(`https://${host}${path}`)).not.toThrow();
  });

  test.each(lookalikesOf(host, path, neighbour))('is not at "%s"', (url) => {
    expect(() => trust(url)).toThrow(UntrustedUrlError);
  });
});
