/**
 * What CloudTrail signs, and whether it did.
 *
 * Source: AWS CloudTrail User Guide, "Custom implementations of CloudTrail log file integrity validation": RSA over the
 * SHA-256 of four lines. For a digest without predecessor the last line is the word null: undocumented, but what
 * `aws cloudtrail validate-logs` expects.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { DigestDocument } from './digest-document.ts';

/** The one value of the metadata `signature-algorithm` that is documented. */
export const SIGNATURE_ALGORITHM = 'SHA256withRSA';

const HEXADECIMAL = /^(?:[0-9a-f]{2})+$/i;

export function stringToSign(
  digest: Pick<DigestDocument, 'endText' | 'bucket' | 'key' | 'sha256' | 'previousSignature'>,
): string {
  const { endText, bucket, key, sha256, previousSignature } = digest;
  return [endText, `${bucket}/${key}`, sha256, previousSignature ?? 'null'].join('\n');
}

/** @param signature hexadecimal; anything else is no signature. */
export function isSignedBy(key: KeyObject, text: string, signature: string): boolean {
  return (
    HEXADECIMAL.test(signature) && verify('sha256', Buffer.from(text), key, Buffer.from(signature, 'hex'))
  );
}

/**
 * A public key as `ListPublicKeys` gives it. The API Reference says PKCS #1, and that the encoding may change; one of
 * the User Guide's own examples is a SubjectPublicKeyInfo, so both are taken.
 *
 * @returns `undefined` where it is neither, or no RSA key.
 */
export function importPublicKey(der: Uint8Array): KeyObject | undefined {
  for (const type of ['pkcs1', 'spki'] as const) {
    try {
      const key = createPublicKey({ key: Buffer.from(der), format: 'der', type });
      return key.asymmetricKeyType === 'rsa' ? key : undefined;
    } catch {
      // Not of this encoding: the next is tried.
    }
  }
  return undefined;
}
