import { createHash, createSign, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { importPublicKey, isSignedBy, stringToSign } from '../../../lambda/completeness/digest-signature.ts';

/** Examples of the CloudTrail User Guide, "Custom implementations of CloudTrail log file integrity validation". */
const DOCUMENTED_KEYS = [
  [
    'PKCS #1',
    '8eba5db5bea9b640d1c96a77256fe7f2',
    'MIIBCgKCAQEAn11L2YZ9h7onug2ILi1MWyHiMRsTQjfWE+pHVRLk1QjfWhirG+lpOa8NrwQ/r7Ah5bNL6HepznOU9XTDSfmmnP97mqyc7z/upfZdS/AHhYcGaz7n6Wc/RRBU6VmiPCrAUojuSk6/GjvA8iOPFsYDuBtviXarvuLPlrT9kAd4Lb+rFfR5peEgBEkhlzc5HuWO7S0y+KunqxX6jQBnXGMtxmPBPP0FylgWGNdFtks/4YSKcgqwH0YDcawP9GGGDAeCIqPWIXDLG1jOjRRzWfCmD0iJUkz8vTsn4hq/5ZxRFE7UBAUiVcGbdnDdvVfhF9C3dQiDq3k7adQIziLT0cShgQIDAQAB',
  ],
  [
    'SubjectPublicKeyInfo',
    '31e8b5433410dfb61a9dc45cc65b22ff',
    'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqlzPJbvZJ42UdcmLfPUqXYNfOs6I8lCfao/tOs8CmzPOEdtLWugB9xoIUz78qVHdKIqxbaG4jWHfJBiOSSFBM0lt8cdVo4TnRa7oG9io5pysS6DJhBBAeXsicufsiFJR+wrUNh8RSLxL4k6G1+BhLX20tJkZ/erT97tDGBujAelqseGg3vPZbTx9SMfOLN65PdLFudLP7Gat0Z9p5jw/rjpclKfo9Bfc3heeBxWGKwBBOKnFAaN9V57pOaosCvPKmHd9bg7jsQkI9Xp22IzGLsTFJZYVA3KiTAElDMu80iFXPHEq9hKNbt9e4URFam+1utKVEiLkR2disdCmPTK0VQIDAQAB',
  ],
] as const;

describe('importPublicKey', () => {
  test.each(DOCUMENTED_KEYS)('takes the documented key in %s', (_encoding, fingerprint, base64) => {
    const value = Buffer.from(base64, 'base64');
    const key = importPublicKey(value);
    expect(key?.asymmetricKeyDetails?.modulusLength).toBe(2048);
    // What the generator of digests counts on.
    expect(createHash('md5').update(value).digest('hex')).toBe(fingerprint);
  });

  test('takes no key of another kind, and no bytes that are none', () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    expect(importPublicKey(publicKey.export({ format: 'der', type: 'spki' }))).toBeUndefined();
    expect(importPublicKey(Buffer.from('no key'))).toBeUndefined();
  });
});

describe('stringToSign', () => {
  const digest = {
    endText: '2015-08-12T04:01:31Z',
    bucket: 'S3-bucket-name',
    key: 'AWSLogs/111122223333/CloudTrail-Digest/x.json.gz',
    sha256: '4ff08d7c6ecd6eb313257e839645d20363ee3784a2328a7d76b99b53cc9bcacd',
    previousSignature: '6e8540b83c3ac86a',
  };

  test('is four lines', () => {
    expect(stringToSign(digest)).toBe(
      '2015-08-12T04:01:31Z\n' +
        'S3-bucket-name/AWSLogs/111122223333/CloudTrail-Digest/x.json.gz\n' +
        '4ff08d7c6ecd6eb313257e839645d20363ee3784a2328a7d76b99b53cc9bcacd\n' +
        '6e8540b83c3ac86a',
    );
  });

  test('says null where there is no digest before', () => {
    expect(
      stringToSign({ ...digest, previousSignature: null })
        .split('\n')
        .at(-1),
    ).toBe('null');
  });
});

test('a signature is of its text and its key, and hexadecimal', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signature = createSign('RSA-SHA256').update('text').sign(privateKey, 'hex');
  expect(isSignedBy(publicKey, 'text', signature)).toBe(true);
  expect(isSignedBy(publicKey, 'text', signature.toUpperCase())).toBe(true);
  expect(isSignedBy(publicKey, 'Text', signature)).toBe(false);
  for (const nonsense of [
    '',
    'xyz',
    `${signature}0`,
    `${signature}00`,
    `${signature}zz`,
    signature.slice(2),
  ]) {
    expect(isSignedBy(publicKey, 'text', nonsense)).toBe(false);
  }
});
