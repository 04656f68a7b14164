import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  appDynamicsUrl,
  assertTemplateUrl,
  cloudOneUrl,
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

test('Cloud One’s audit service has a host of its own', () => {
  expect(cloudOneUrl('audit', 'us-1', '/api/logs').href).toBe(
    'https://audit.us-1.cloudone.trendmicro.com/api/logs',
  );
});

describe('an AppDynamics controller', () => {
  const PATH = '/controller/ControllerAuditHistory';

  afterEach(() => vi.unstubAllEnvs());

  test.each([
    ['https://acme.saas.appdynamics.com', `https://acme.saas.appdynamics.com${PATH}`],
    ['https://acme.saas.appdynamics.com/', `https://acme.saas.appdynamics.com${PATH}`],
    ['https://acme.saas.appdynamics.com/controller/', `https://acme.saas.appdynamics.com${PATH}`],
    ['https://controller.example:8181/monitoring', `https://controller.example:8181/monitoring${PATH}`],
    ['https://controller.corp.internal', `https://controller.corp.internal${PATH}`],
    ['https://203.0.113.9:8181', `https://203.0.113.9:8181${PATH}`],
    ['https://[2001:4860::8888]', `https://[2001:4860::8888]${PATH}`],
  ])('is called under %s', (given, url) => {
    expect(appDynamicsUrl(given, PATH).href).toBe(url);
  });

  test.each([
    '',
    'acme.saas.appdynamics.com',
    'http://acme.saas.appdynamics.com',
    'https://user:password@acme.saas.appdynamics.com',
    'https://acme.saas.appdynamics.com?a=b',
    'https://acme.saas.appdynamics.com#a',
    'https://localhost',
    'https://localhost.',
    'https://controller.localhost',
    'https://127.0.0.1:8090',
    'https://2130706433',
    'https://0x7f.1',
    'https://10.1.2.3',
    'https://172.31.255.255',
    'https://192.168.0.1',
    'https://169.254.169.254',
    'https://100.64.0.1',
    'https://0.0.0.0',
    'https://[::1]',
    'https://[::]',
    'https://[::ffff:10.0.0.1]',
    'https://[fd00::1]',
    'https://[fe80::1]',
    'https://[fec0::1]',
    'https://[::127.0.0.1]',
    'https://[::a9fe:a9fe]',
    'https://[2001::1]',
    'https://[2002:a9fe:a9fe::]',
    'https://[64:ff9b:1::a9fe:a9fe]',
    'https://a.localhost..',
    'https://localhost.localdomain',
    'https://ip6-localhost',
    'https://instance-data.ec2.internal',
    'https://Metadata.Google.Internal.',
  ])('is not at "%s"', (given) => {
    expect(() => appDynamicsUrl(given, PATH)).toThrow(UntrustedUrlError);
  });

  test('is never shown with its password', () => {
    expect(() => appDynamicsUrl('https://user:hunter2@acme.saas.appdynamics.com', PATH)).toThrow(
      /^(?!.*hunter2).*acme\.saas\.appdynamics\.com/,
    );
  });

  test('may be on this machine in a rehearsal, where nothing else is called anyway', () => {
    vi.stubEnv('VENDOR_ENDPOINT_OVERRIDE', 'http://127.0.0.1:8080');

    expect(appDynamicsUrl('https://127.0.0.1:8090', PATH).href).toBe(
      `http://127.0.0.1:8080/127.0.0.1:8090${PATH}`,
    );
  });
});
