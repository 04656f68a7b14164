/** Whether one digest, by itself, is what CloudTrail wrote where it lies. */
import { createHash } from 'node:crypto';
import type { DigestProblem, ExaminedDigest } from '../../contract/completeness.ts';
import { type DigestDocument, DigestUnreadableError, readDigest } from './digest-document.ts';
import type { DigestKey } from './digest-key.ts';
import { isSignedBy, SIGNATURE_ALGORITHM, stringToSign } from './digest-signature.ts';
import type { StoredDigest } from './ports.ts';
import type { PublicKeys } from './public-keys.ts';

export type DigestCheck =
  | {
      readonly problem?: undefined;
      readonly document: DigestDocument;
      /** What the digest after it is compared with. */
      readonly mark: ExaminedDigest;
    }
  | { readonly problem: DigestProblem; readonly detail: string };

/**
 * @param key what the object's key says.
 * @throws whatever the source of the public keys throws.
 */
export async function checkDigest(
  stored: StoredDigest,
  key: DigestKey,
  keys: PublicKeys,
): Promise<DigestCheck> {
  const read = tryRead(stored);
  if (!('document' in read)) {
    return read;
  }
  const { document } = read;
  const misplaced = misplacement(document, stored, key);
  if (misplaced !== undefined) {
    return misplaced;
  }
  const { signature, 'signature-algorithm': statedAlgorithm } = stored.metadata;
  if (signature === undefined) {
    return {
      problem: 'SignatureMissing',
      detail: 'The object has no metadata x-amz-meta-signature: it may have been copied without.',
    };
  }
  const algorithms = [document.signatureAlgorithm, statedAlgorithm ?? SIGNATURE_ALGORITHM];
  const unknown = algorithms.find((algorithm) => algorithm !== SIGNATURE_ALGORITHM);
  if (unknown !== undefined) {
    return { problem: 'AlgorithmUnknown', detail: `It names ${unknown}, not ${SIGNATURE_ALGORITHM}.` };
  }
  const signedAt = (key.isBackfill ? backfilledAt(stored) : undefined) ?? document.end;
  const found = await keys.find(key.region, document.keyFingerprint, signedAt);
  if (found.problem === 'KeysOutOfReach') {
    return { problem: found.problem, detail: found.reason };
  }
  if (found.problem !== undefined) {
    return {
      problem: found.problem,
      detail: `The key ${document.keyFingerprint}, at ${signedAt.toISOString()} in ${key.region}.`,
    };
  }
  if (!isSignedBy(found.key, stringToSign(document), signature)) {
    return { problem: 'SignatureWrong', detail: 'Its content, place or signature was changed.' };
  }
  return { document, mark: markOf(document, signature) };
}

/** Signatures are compared as this, whatever the case of their digits. */
export function signatureMark(signature: string): string {
  return createHash('sha256').update(signature.toLowerCase()).digest('hex');
}

function markOf({ bucket, key, sha256 }: DigestDocument, signature: string): ExaminedDigest {
  return { bucket, key, sha256, signatureSha256: signatureMark(signature) };
}

function tryRead(stored: StoredDigest): { readonly document: DigestDocument } | DigestCheck {
  try {
    return { document: readDigest(stored.body) };
  } catch (error) {
    if (error instanceof DigestUnreadableError) {
      return { problem: error.code, detail: error.message };
    }
    throw error;
  }
}

function misplacement(
  document: DigestDocument,
  stored: StoredDigest,
  key: DigestKey,
): DigestCheck | undefined {
  if (document.bucket !== stored.bucket || document.key !== stored.key) {
    return { problem: 'Moved', detail: `It was delivered as s3://${document.bucket}/${document.key}.` };
  }
  if (document.accountId !== key.accountId) {
    return { problem: 'OtherAccount', detail: `It is the account ${document.accountId}'s.` };
  }
  return undefined;
}

/**
 * When a backfill digest was made, and signed: long after the end of what it covers. From its metadata
 * (AWS CloudTrail User Guide, "CloudTrail digest file structure").
 */
function backfilledAt({ metadata }: StoredDigest): Date | undefined {
  const text = metadata['backfill-generation-timestamp'];
  const time = new Date(text ?? Number.NaN);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
