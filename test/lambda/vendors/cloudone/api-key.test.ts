import { expect, test } from 'vitest';
import { parseCloudOneApiKey } from '../../../../lambda/vendors/cloudone/api-key.ts';

test.each([
  ['id:secret', 'id'],
  ['tmc123:se:cr:et', 'tmc123'],
  [' id:secret\n', 'id'],
])('%o is split at the first colon', (text, id) => {
  expect(parseCloudOneApiKey(text)).toEqual({ id, value: text.trim() });
});

test.each(['', ':', 'id', 'id:', ':secret', 'id:sec ret', 'id:sec\nret', '{"apiKey":"a b"}', 'ïd:secret'])(
  '%o is refused and not shown',
  (text) => {
    const parse = () => parseCloudOneApiKey(text);

    expect(parse).toThrow('does not look like one');
    if (text.length > 5) {
      expect(parse).not.toThrow(text);
    }
  },
);
