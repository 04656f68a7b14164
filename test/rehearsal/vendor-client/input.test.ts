import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { corpusOf, InputError } from '../../../rehearsal/input/corpus.ts';
import { generatedCorpus } from '../../../rehearsal/input/generated.ts';
import { assertFits, fittingPart } from '../../../rehearsal/vendor-client/input.ts';

const CAP = 716_800;
const file = (name: string, body: Buffer) => ({
  key: `AWSLogs/111122223333/CloudTrail/us-east-1/2026/01/15/${name}.json.gz`,
  body,
});
const document = (pad = '') => gzipSync(JSON.stringify({ Records: [{ eventID: 'a', pad }] }));
/** Bytes that do not shrink. */
const large = document(randomBytes(CAP).toString('base64'));

test('of the generated input, what is too large or unusable is left out, and most of it is left', () => {
  const all = generatedCorpus();
  const fitting = fittingPart(all);

  expect(Math.max(...fitting.files.map(({ body }) => body.length))).toBeLessThanOrEqual(CAP);
  expect(all.files.some(({ body }) => body.length > CAP)).toBe(true);
  expect(fitting.poison.size).toBe(0);
  expect(fitting.expected.size).toBeGreaterThan(500);
  expect(() => assertFits(fitting)).not.toThrow();
});

test('a given input is taken as it is, or refused with the name of the file', () => {
  expect(() => assertFits(corpusOf('given', [file('a', document())]))).not.toThrow();
  expect(() => assertFits(corpusOf('given', [file('a', document()), file('large', large)]))).toThrow(
    /large\.json\.gz has \d+ bytes, .* at most 716800\. Leave it out/,
  );
  expect(() => assertFits(corpusOf('given', [file('poison', Buffer.from('not gzip'))]))).toThrow(
    /poison\.json\.gz is not a CloudTrail log file/,
  );
  expect(() => assertFits(corpusOf('given', [file('large', large)]))).toThrow(InputError);
});
