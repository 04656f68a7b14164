import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  OPENING_ATTRIBUTES,
  OPENING_REASONS,
  type Opening,
  openingAttributes,
  readCircuit,
  UNKNOWN_CIRCUIT,
} from '../../contract/circuit.ts';

const opening: Opening = {
  openedAt: 1_795_000_000_000,
  until: 1_795_000_030_000,
  openings: 2,
  probing: true,
  reason: 'TokenUnreadable',
  detail: 'It answered 503.',
};
const attributes = openingAttributes(opening);

test('what was written is read', () => {
  const time = fc.integer({ min: 0, max: 4e12 });
  const openings = fc.record({
    openedAt: time,
    until: time,
    openings: fc.integer({ min: 1, max: 1e6 }),
    probing: fc.boolean(),
    reason: fc.constantFrom(...OPENING_REASONS),
    detail: fc.string({ maxLength: 500 }),
  });
  fc.assert(
    fc.property(openings, fc.integer({ min: 1 }), (each, revision) => {
      const item = { revision: { N: String(revision) }, ...openingAttributes(each) };
      expect(readCircuit(item)).toEqual({ revision, opening: each });
    }),
  );
});

test('what is written is what is removed when the circuit closes', () => {
  expect(Object.keys(attributes).toSorted()).toEqual(OPENING_ATTRIBUTES.toSorted());
});

test('a destination that talks much does not fill the item', () => {
  expect(openingAttributes({ ...opening, detail: 'x'.repeat(100_000) }).detail.S).toHaveLength(500);
});

test.each([
  ['there is no item', undefined, 0],
  ['it is closed', { revision: { N: '7' } }, 7],
  ['a time is no number', { revision: { N: '7' }, ...attributes, openUntil: { N: 'soon' } }, 7],
  ['the reason is none of ours', { ...attributes, revision: { N: '7' }, reason: { S: 'Mood' } }, 7],
  ['a part is lacking', { revision: { N: '7' }, openedAt: attributes.openedAt }, 7],
  ['there is no revision', attributes, 0],
])('where %s, the circuit is closed', (_why, item, revision) => {
  expect(readCircuit(item)).toMatchObject({ revision, opening: undefined });
});

test.each([{ S: 'seven' }, { N: '0' }, { N: '-1' }, { N: '1.5' }, { N: '9007199254740992' }, { NULL: true }])(
  'with %j for a revision the circuit is closed, and the next change replaces that',
  (revision) => {
    expect(readCircuit({ ...attributes, revision })).toEqual({ ...UNKNOWN_CIRCUIT, foreign: revision });
  },
);

test('what only informs may be lacking', () => {
  const { probing, detail, ...rest } = attributes;
  expect(readCircuit({ revision: { N: '1' }, ...rest })).toEqual({
    revision: 1,
    opening: { ...opening, probing: false, detail: '' },
  });
});
