import { expect, test } from 'vitest';
import { readCircuit, UNKNOWN_CIRCUIT } from '../../../contract/circuit.ts';

const open = {
  openedAt: { N: '1' },
  openUntil: { N: '2' },
  openings: { N: '1' },
  reason: { S: 'DestinationUnavailable' },
};

test.each([{ S: 'many' }, { N: '0' }, { N: '-1' }, { N: '1.5' }, { N: '9007199254740992' }, { NULL: true }])(
  'with %j for a revision it is closed, and the next change replaces that',
  (revision) => {
    expect(readCircuit({ ...open, revision })).toEqual({ ...UNKNOWN_CIRCUIT, foreign: revision });
  },
);

test('without a revision it is closed', () => {
  expect(readCircuit(open)).toEqual(UNKNOWN_CIRCUIT);
});

test('with a revision it is what it says', () => {
  expect(readCircuit({ ...open, revision: { N: '7' } })).toMatchObject({
    revision: 7,
    opening: { until: 2, probing: false },
  });
});
