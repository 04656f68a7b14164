/** How a digest is tied to the one that it states to have come before it. */
import type { DigestLink, ExaminedDigest } from '../../contract/completeness.ts';
import { signatureMark } from './digest-check.ts';
import type { DigestDocument } from './digest-document.ts';
import { trailOf } from './digest-key.ts';
import type { DigestReader } from './digest-reader.ts';
import { type FoundDigest, firstOfEach } from './digest-search.ts';
import { s3Url } from './ports.ts';

/** @param mark of the digest before; `undefined` where that is no proof. */
export function linkTo(
  { previous, previousSignature }: DigestDocument,
  mark: ExaminedDigest | undefined,
): DigestLink {
  if (mark === undefined) {
    return 'PreviousInvalid';
  }
  const isThat =
    mark.sha256 === previous?.sha256 && mark.signatureSha256 === signatureMark(previousSignature ?? '');
  return isThat ? 'Linked' : 'PreviousReplaced';
}

/**
 * Whether another trail's first digest states that it goes on with this one: the trail has another name since.
 *
 * @throws whatever the reader throws.
 */
export async function goesOnAsAnother(
  newest: FoundDigest,
  all: readonly FoundDigest[],
  reader: DigestReader,
): Promise<boolean> {
  for (const [trail, first] of firstOfEach(all)) {
    if (trail !== trailOf(newest.parsed) && first.parsed.end > newest.parsed.end) {
      const check = (await reader.load(first))?.check;
      const previous = check?.problem === undefined ? check?.document.previous : undefined;
      if (previous !== undefined && s3Url(previous) === s3Url(newest)) {
        return true;
      }
    }
  }
  return false;
}
