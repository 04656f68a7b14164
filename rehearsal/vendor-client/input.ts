/** What the vendor's client can forward of an input. */
import { type Corpus, corpusOf, InputError } from '../input/corpus.ts';

/** The client's own cap: larger objects it leaves out (its variable MAXIMUM_S3_OBJECT_SIZE). */
const MAXIMUM_BYTES = 716_800;

/**
 * The files of the generated input that the client forwards: none that is larger, and none that no destination
 * takes, for the client has no dead-letter queue to look into.
 */
export function fittingPart(corpus: Corpus): Corpus {
  return corpusOf(
    corpus.name,
    corpus.files.filter(({ key, body }) => body.length <= MAXIMUM_BYTES && !corpus.poison.has(key)),
  );
}

/** @throws InputError naming a file of the given input that the client does not forward. */
export function assertFits({ files, poison }: Corpus): void {
  const tooLarge = files.find(({ body }) => body.length > MAXIMUM_BYTES);
  if (tooLarge !== undefined) {
    throw new InputError(
      `${tooLarge.key} has ${tooLarge.body.length} bytes, and the vendor's client forwards objects of at most ` +
        `${MAXIMUM_BYTES}. Leave it out, or choose another destination.`,
    );
  }
  const [unusable] = poison;
  if (unusable !== undefined) {
    throw new InputError(
      `${unusable} is not a CloudTrail log file that can be forwarded, and the vendor's client has no dead-letter ` +
        'queue to look for it in. Leave it out, or choose another destination.',
    );
  }
}
