import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRecordFilter } from '../../../contract/record-filter.ts';
import { RecordFilter } from '../../../lambda/forwarding/record-filter.ts';
import { arbitraryRules, droppingRule } from './filter-factories.ts';

function filterOf(rules: readonly object[]): RecordFilter {
  const parsed = parseRecordFilter(JSON.stringify(rules));
  if (parsed === undefined) {
    throw new Error('These rules filter nothing.');
  }
  return new RecordFilter(parsed);
}

const DECRYPT = {
  eventSource: 'kms.amazonaws.com',
  eventName: 'Decrypt',
  awsRegion: 'eu-central-1',
  readOnly: true,
  managementEvent: true,
  recipientAccountId: '111122223333',
  userAgent: 'aws-sdk-go/1.55',
  eventCategory: 'Management',
};
const isDropped = (conditions: object, record: object | string = DECRYPT) =>
  filterOf([{ name: 'it', drop: conditions }]).dropping(
    Buffer.from(typeof record === 'string' ? record : JSON.stringify(record)),
  ) === 'it';

describe('RecordFilter', () => {
  it.each([
    [{ eventSource: 'kms.amazonaws.com' }, true],
    [{ eventSource: 'kms.amazonaws.co' }, false],
    [{ eventSource: 'KMS.amazonaws.com' }, false],
    [{ eventSource: 'kms.*' }, true],
    [{ eventName: '*crypt' }, true],
    [{ eventName: 'D*r*t' }, true],
    [{ eventName: 'De*De' }, false],
    // What stands before and behind the asterisk must not overlap.
    [{ eventName: 'Decrypt*crypt' }, false],
    [{ eventName: 'De*e*t' }, false],
    [{ eventName: 'Decrypt*' }, true],
    [{ eventName: 'Decryp' }, false],
    [{ eventName: ['Encrypt', 'Decrypt'] }, true],
    [{ eventName: ['Encrypt', 'Re*'] }, false],
    [{ userAgent: 'aws-sdk-go/1.5.' }, false],
    [{ readOnly: true }, true],
    [{ readOnly: false }, false],
    [{ readOnly: true, awsRegion: 'us-*' }, false],
    [{ readOnly: true, awsRegion: 'eu-*', recipientAccountId: ['111122223333'] }, true],
    [{ managementEvent: true, eventCategory: 'Management' }, true],
    [{ eventSource: 'kms.amazonaws.com', errorCode: 'AccessDenied' }, false],
  ])('drops by %j: %s', (conditions, dropped) => {
    expect(isDropped(conditions)).toBe(dropped);
  });

  it.each([
    [{ readOnly: true }, '{"readOnly":"true"}'],
    [{ readOnly: true }, '{"readOnly":1}'],
    [{ readOnly: false }, '{"readOnly":null}'],
    [{ readOnly: false }, '{}'],
    [{ eventName: 'a*' }, '{"eventName":["abc"]}'],
    [{ eventName: '*1*' }, '{"eventName":1}'],
    [{ recipientAccountId: '111122223333' }, '{"recipientAccountId":111122223333}'],
    [{ eventName: 'a' }, '{"userIdentity":{"eventName":"a"}}'],
    [{ eventName: 'a' }, '{"eventName":"b","requestParameters":{"eventName":"a"}}'],
    [{ eventName: 'a' }, '{"eventName":"a","eventName":"b"}'],
    [{ eventName: 'a' }, '{"eventName":"a","eventName":null}'],
    [{ eventName: 'a' }, 'no JSON at all'],
    [{ eventName: 'a' }, '{"eventName":"a"'],
  ])('a rule %j does not match %s', (conditions, record) => {
    expect(isDropped(conditions, record)).toBe(false);
  });

  it.each([
    [{ eventName: 'Decrypt' }, '{"event\\u004eame":"De\\u0063rypt"}'],
    [{ eventName: 'a"b\\c/d' }, '{"eventName":"a\\"b\\\\c\\/d"}'],
    [{ userAgent: '日本*😀' }, '{"userAgent":"\\u65e5本 \\ud83d\\ude00"}'],
    [{ eventName: 'b' }, '{"eventName":"a","eventName":"b"}'],
    [{ eventName: 'a' }, ' \n{ "eventName" \t: "a" } '],
  ])('a rule %j matches %s, as JSON means it', (conditions, record) => {
    expect(isDropped(conditions, record)).toBe(true);
  });

  it('lets the first rule that matches decide', () => {
    const filter = filterOf([
      { name: 'denied calls', keep: { errorCode: '*' } },
      { name: 'reads', drop: { readOnly: true } },
      { name: 'too late', keep: { eventSource: 'kms.amazonaws.com' } },
      { name: 'this account', drop: { recipientAccountId: '111122223333' } },
    ]);
    const by = (record: object) => filter.dropping(Buffer.from(JSON.stringify(record)));

    expect(by({ ...DECRYPT, errorCode: 'AccessDenied' })).toBeUndefined();
    expect(by(DECRYPT)).toBe('reads');
    expect(by({ ...DECRYPT, readOnly: false })).toBeUndefined();
    expect(by({ recipientAccountId: '111122223333' })).toBe('this account');
    expect(by({ recipientAccountId: '444455556666' })).toBeUndefined();
  });

  it('has a fingerprint that changes with the rules only', () => {
    const [one, spaced, other] = [
      '[{"drop":{"readOnly":true}}]',
      ' [ {"drop" : {"readOnly":\ttrue}} ]',
      '[{"drop":{"readOnly":false}}]',
    ].map(
      (text) =>
        new RecordFilter(parseRecordFilter(text) as NonNullable<ReturnType<typeof parseRecordFilter>>),
    );

    expect(one?.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(spaced?.fingerprint).toBe(one?.fingerprint);
    expect(other?.fingerprint).not.toBe(one?.fingerprint);
  });

  it('decides as the rules read, whatever they are and however the record is spelt', () => {
    const property = fc.property(arbitraryRules, ({ rules, record, spelt }) => {
      expect(filterOf(rules).dropping(Buffer.from(spelt))).toBe(droppingRule(rules, record));
    });
    fc.assert(property, { numRuns: 2000 });
  });
});
