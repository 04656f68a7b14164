import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  FILTER_FIELDS,
  MAXIMUM_FILTER_BYTES,
  parseRecordFilter,
  RecordFilterError,
  recordFilterSchema,
} from '../../contract/record-filter.ts';

function messageOf(text: string): string {
  try {
    parseRecordFilter(text);
  } catch (error) {
    expect(error).toBeInstanceOf(RecordFilterError);
    return (error as Error).message;
  }
  return 'no error';
}

describe('parseRecordFilter', () => {
  it.each(['', ' \n', '[]', ' [ ] '])('filters nothing where there are no rules: %j', (text) => {
    expect(parseRecordFilter(text)).toBeUndefined();
  });

  it('reads rules in their order, one text or several, and names those without a name by their number', () => {
    const filter = parseRecordFilter(`[
      { "keep": { "errorCode": "*" } },
      { "name": "KMS reads", "drop": { "eventSource": "kms.amazonaws.com", "eventName": ["Decrypt", "Generate*"], "readOnly": true } }
    ]`);

    expect(filter?.rules).toEqual([
      { action: 'keep', name: 'rule 1', texts: new Map([['errorCode', ['*']]]), flags: new Map() },
      {
        action: 'drop',
        name: 'KMS reads',
        texts: new Map([
          ['eventSource', ['kms.amazonaws.com']],
          ['eventName', ['Decrypt', 'Generate*']],
        ]),
        flags: new Map([['readOnly', true]]),
      },
    ]);
    expect(filter?.text).toBe(
      '[{"keep":{"errorCode":"*"}},{"name":"KMS reads","drop":{"eventSource":"kms.amazonaws.com",' +
        '"eventName":["Decrypt","Generate*"],"readOnly":true}}]',
    );
  });

  it.each([
    'eventSource',
    'eventName',
    'eventType',
    'eventCategory',
    'userAgent',
    'sourceIPAddress',
    'errorCode',
  ])('lets a rule name the field %s', (field) => {
    expect(parseRecordFilter(JSON.stringify([{ drop: { [field]: 'a.b' } }]))?.rules).toHaveLength(1);
  });

  it.each([
    ['recipientAccountId', '111122223333'],
    ['recipientAccountId', '1111*'],
    ['awsRegion', 'eu-*'],
    ['managementEvent', true],
  ])('lets a rule name the field %s, as %j', (field, value) => {
    expect(parseRecordFilter(JSON.stringify([{ drop: { [field]: value } }]))?.rules).toHaveLength(1);
  });

  it.each<[given: unknown, ...said: string[]]>([
    [{}, 'It is {}', 'must be a list of rules'],
    [['x'], 'Rule 1 is "x"', '{"drop": {…}}'],
    [[{ keep: { eventName: 'a' }, drop: { eventName: 'b' } }], 'Rule 1', 'either "keep" or "drop"'],
    [[{ name: 'nothing' }], 'Rule 1', 'either "keep" or "drop"'],
    [[{ drop: { eventname: 'a' } }], 'Rule 1 has "eventname", which is not known', 'eventName'],
    [[{ drop: { eventName: 'a' }, since: 1 }], 'Rule 1 has "since"', 'allowed: name, keep, drop'],
    [
      [{ drop: { eventName: 'a' } }, { drop: { eventSource: 'kms' } }],
      'Rule 2, field eventSource: given "kms"',
      'allowed: the service as CloudTrail writes it',
    ],
    [[{ drop: { readOnly: 'true' } }], 'Rule 1, field readOnly: given "true"', 'without quotation marks'],
    [
      [{ drop: { recipientAccountId: 111122223333 } }],
      'field recipientAccountId: given 111122223333',
      'between quotation marks',
    ],
    [[{ drop: { recipientAccountId: '1111222233334' } }], 'given "1111222233334"', '12-digit'],
    [[{ drop: { awsRegion: 'Frankfurt' } }], 'given "Frankfurt"', 'such as "eu-central-1"'],
    [[{ drop: { eventName: [] } }], 'Rule 1, field eventName: given []', 'or a list of them'],
    [[{ drop: { eventName: ['a', 3] } }], 'given ["a",3]'],
    [[{ drop: [] }], 'Rule 1, drop: given []', 'conditions'],
    [[{ drop: {} }], 'Rule 1 has no condition'],
    [[{ keep: {} }], 'Rule 1 has no condition'],
    [[{ drop: { eventName: '*' } }], 'Rule 1 would drop whatever has these fields'],
    [[{ drop: { eventName: ['Decrypt', '*'] } }], 'Rule 1 would drop whatever has these fields'],
    [[{ drop: { eventSource: '*.*' } }], 'Rule 1 would drop whatever has these fields'],
    [[{ drop: { awsRegion: '*-*-*' } }], 'Rule 1 would drop whatever has these fields'],
    [[{ name: '', drop: { eventName: 'a' } }], 'Rule 1, name: given ""', '1 to 40 characters'],
    [
      [
        { name: 'twice', drop: { eventName: 'a' } },
        { name: 'twice', drop: { eventName: 'b' } },
      ],
      'Rule 2 is called "twice", like rule 1',
    ],
    [Array.from({ length: 51 }, () => ({ drop: { eventName: 'a' } })), '51 rules', 'may have 50'],
  ])('refuses %j, and says where and why', (given, ...said) => {
    const message = messageOf(JSON.stringify(given));

    for (const words of said) {
      expect(message).toContain(words);
    }
  });

  it('tells every fault at once', () => {
    const message = messageOf(
      '[{"drop":{"readOnly":1}},{"keep":{"eventName":"a"}},{"drop":{"eventname":"b"}}]',
    );

    expect(message).toContain('Rule 1, field readOnly: given 1');
    expect(message).toContain('Rule 3 has "eventname"');
    expect(message).not.toContain('Rule 2');
  });

  it('says where the text is not JSON', () => {
    expect(messageOf('[{"drop": {"eventName": "a"}')).toMatch(/It is not JSON: .*position \d+/);
  });

  it.each([
    '[{"drop":{"eventName":"a","eventName":"b"}}]',
    '[{"drop":{"eventName":"a"},"drop":{"eventName":"b"}}]',
    '[{"drop":{"eventName":"a","event\\u004eame" : "b"}}]',
  ])('refuses a key that stands twice, of which only the last would count: %s', (text) => {
    expect(messageOf(text)).toContain('A key stands twice');
  });

  it('takes a text that only looks like a key for what it is', () => {
    const text = JSON.stringify([{ drop: { userAgent: 'a": "\\" :', eventName: ['"eventName":', '\\'] } }]);

    expect(parseRecordFilter(text)?.text).toBe(text);
  });

  it('measures a filter as the forwarder gets it: in UTF-8, without white space between tokens', () => {
    const withAgent = (userAgent: string) => JSON.stringify([{ drop: { userAgent } }], undefined, 2);
    const room = MAXIMUM_FILTER_BYTES - '[{"drop":{"userAgent":""}}]'.length;

    expect(parseRecordFilter(withAgent('x'.repeat(room)))?.text).toHaveLength(MAXIMUM_FILTER_BYTES);
    expect(messageOf(withAgent('x'.repeat(room + 1)))).toContain(`${MAXIMUM_FILTER_BYTES + 1} bytes`);
    expect(messageOf(withAgent('é'.repeat(room - 10)))).toContain('bytes');
  });
});

describe('docs/filters.md', () => {
  const document = readFileSync(new URL('../../docs/filters.md', import.meta.url), 'utf8');

  it('has only examples that can be used', () => {
    const blocks = [...document.matchAll(/^```json\n(.*?)^```/gms)].map(([, text = '']) => text);
    const rules = [...document.matchAll(/`(\{"(?:keep|drop)": .*?\})`/g)].map(([, text]) => `[${text}]`);

    expect(blocks.length).toBeGreaterThan(0);
    expect(rules.length).toBeGreaterThan(4);
    for (const text of [...blocks, ...rules]) {
      expect(parseRecordFilter(text)?.rules.length, text).toBeGreaterThan(0);
    }
  });

  it('names every field, and the limits', () => {
    for (const field of FILTER_FIELDS) {
      expect(document).toMatch(new RegExp(`^\\|.*\`${field}\`.*\\|.*\\|$`, 'm'));
    }
    expect(document).toContain(`${MAXIMUM_FILTER_BYTES.toLocaleString('en')} bytes`);
  });
});

it('has a JSON Schema that names every field, and no other', () => {
  const schema = JSON.stringify(z.toJSONSchema(recordFilterSchema));

  expect(FILTER_FIELDS.length).toBeGreaterThan(8);
  for (const field of FILTER_FIELDS) {
    expect(schema).toContain(`"${field}":{`);
  }
  expect(schema).toContain('"additionalProperties":false');
});
