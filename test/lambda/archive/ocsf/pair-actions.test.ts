import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OcsfEvent } from '../../../../contract/ocsf.ts';
import {
  type PairedEvent,
  type PairingLimits,
  pairActions,
} from '../../../../lambda/archive/ocsf/pair-actions.ts';
import { toOcsf } from '../../../../lambda/archive/ocsf/to-ocsf.ts';
import { activityEventOf } from '../ibmcloud/events.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 2, 1);

interface Given {
  readonly hours: number;
  readonly outcome: string;
  readonly correlationId?: string | undefined;
  readonly user?: string;
  readonly by?: string;
  readonly action?: string;
}

function eventOf(given: Given, index: number): OcsfEvent {
  const {
    hours,
    outcome,
    correlationId,
    user = 'IBMid-1',
    by = 'IBMid-9',
    action = 'user-management.user.delete',
  } = given;
  const event = activityEventOf({
    action,
    outcome,
    correlationId,
    target: { ...activityEventOf().target, name: user },
    initiator: { id: by },
  });
  const id = `ibmcloud.20260301T00.${String(index).padStart(32, '0')}`;
  return toOcsf({ id, time: START + hours * HOUR, collectedAt: '', record: JSON.stringify(event) });
}

async function* streamOf(events: readonly OcsfEvent[], waits: readonly boolean[] = []) {
  for (const [index, event] of events.entries()) {
    if (waits[index]) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    yield event;
  }
}

async function paired(events: readonly OcsfEvent[], limits?: PairingLimits, waits?: readonly boolean[]) {
  const pairs: PairedEvent[] = [];
  for await (const pair of pairActions(streamOf(events, waits), limits)) {
    pairs.push(pair);
  }
  return pairs;
}

/** Such as `pending 2`: pending, ended by the event 2. */
async function told(given: readonly Given[], limits?: PairingLimits) {
  return (await paired(given.map(eventOf), limits)).map(inWords);
}

function inWords(pair: PairedEvent): string {
  const other = 'endedBy' in pair ? pair.endedBy : 'begunBy' in pair ? pair.begunBy : undefined;
  return other === undefined ? pair.kind : `${pair.kind} ${Number(other.id.slice(-32))}`;
}

describe('a pending event and its final one', () => {
  test('by correlation id, whatever stands between', async () => {
    expect(
      await told([
        { hours: 0, outcome: 'pending', correlationId: 'a' },
        { hours: 1, outcome: 'pending', correlationId: 'b', user: 'IBMid-2' },
        { hours: 2, outcome: 'success', correlationId: 'x', action: 'user-management.user.read' },
        { hours: 3, outcome: 'success', correlationId: 'a' },
        { hours: 4, outcome: 'failure', correlationId: 'b', user: 'IBMid-2' },
      ]),
    ).toEqual(['pending 3', 'pending 4', 'single', 'final 0', 'final 1']);
  });

  test('by target where one correlation id is of several users', async () => {
    expect(
      await told([
        { hours: 0, outcome: 'pending', correlationId: 'a', user: 'IBMid-1' },
        { hours: 0, outcome: 'pending', correlationId: 'a', user: 'IBMid-2' },
        { hours: 1, outcome: 'success', correlationId: 'a', user: 'IBMid-1' },
        { hours: 1, outcome: 'success', correlationId: 'a', user: 'IBMid-2' },
      ]),
    ).toEqual(['pending 2', 'pending 3', 'final 0', 'final 1']);
  });

  test('by name: another action of the same request ends nothing', async () => {
    expect(
      await told([
        { hours: 0, outcome: 'pending', correlationId: 'a' },
        { hours: 1, outcome: 'success', correlationId: 'a', action: 'iam-groups.member.delete' },
      ]),
    ).toEqual(['unended', 'single']);
  });

  test('by target and initiator where there is no correlation id; several that are alike end at once', async () => {
    expect(
      await told([
        { hours: 0, outcome: 'pending' },
        { hours: 1, outcome: 'pending' },
        { hours: 2, outcome: 'success', by: 'IBMid-8' },
        { hours: 3, outcome: 'success' },
        { hours: 4, outcome: 'success' },
      ]),
    ).toEqual(['pending 3', 'pending 3', 'single', 'final 1', 'single']);
  });

  test('of one millisecond, whichever comes first', async () => {
    expect(
      await told([
        { hours: 0, outcome: 'success', correlationId: 'a' },
        { hours: 0, outcome: 'pending', correlationId: 'a' },
        { hours: 1, outcome: 'success', correlationId: 'a' },
      ]),
    ).toEqual(['final 1', 'pending 0', 'single']);
  });

  test('a pending one without an end, and one that ends after more than a day', async () => {
    expect(
      await told([
        { hours: 0, outcome: 'pending', correlationId: 'a' },
        { hours: 25, outcome: 'success', correlationId: 'a' },
        { hours: 26, outcome: 'pending', correlationId: 'b' },
      ]),
    ).toEqual(['unended', 'single', 'unended']);
  });
});

test('is told as soon as it can be, and holds no more back than it may', async () => {
  const events = Array.from({ length: 50 }, (_, hours) =>
    eventOf({ hours: hours / 10, outcome: hours === 5 ? 'pending' : 'success', user: `u${hours}` }, hours),
  );
  let given = 0;
  let most = 0;
  const counted = async function* () {
    for (const event of events) {
      given += 1;
      yield event;
    }
  };
  let taken = 0;
  for await (const _ of pairActions(counted(), { mostHeld: 10 })) {
    taken += 1;
    most = Math.max(most, given - taken);
  }
  expect(taken).toBe(50);
  expect(most).toBe(10);
});

const anything = fc.array(
  fc.record({
    gap: fc.constantFrom(0, 0.1, 1, 5, 20),
    outcome: fc.constantFrom('pending', 'success', 'failure'),
    correlationId: fc.constantFrom('a', 'b', undefined),
    user: fc.constantFrom('IBMid-1', 'IBMid-2'),
    by: fc.constantFrom('IBMid-8', 'IBMid-9'),
    action: fc.constantFrom('user-management.user.delete', 'user-management.user.invite'),
  }),
  { maxLength: 25 },
);

test('nothing is dropped or reordered, and pairs are told by both, however the stream is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      anything,
      fc.array(fc.boolean(), { maxLength: 25 }),
      fc.integer({ min: 1, max: 30 }),
      async (given, waits, mostHeld) => {
        let hours = 0;
        const events = given.map((each, index) => {
          hours += each.gap;
          return eventOf({ ...each, hours }, index);
        });
        const pairs = await paired(events, { mostHeld });

        expect(pairs.map(({ event }) => event)).toEqual(events);
        expect(await paired(events, { mostHeld }, waits)).toEqual(pairs);
        for (const pair of pairs) {
          const id = pair.event.metadata.uid;
          if (pair.kind === 'pending') {
            const other = pairs.find(({ event }) => event.metadata.uid === pair.endedBy.id);
            expect(other).toMatchObject({ kind: 'final' });
            expect(other?.event.metadata.event_code).toBe(pair.event.metadata.event_code);
            expect(pair.endedBy.time - pair.event.time).toBeLessThan(24 * HOUR);
            expect(pair.endedBy.time).toBeGreaterThanOrEqual(pair.event.time);
          } else if (pair.kind === 'final') {
            expect(pairs.find(({ event }) => event.metadata.uid === pair.begunBy.id)).toMatchObject({
              kind: 'pending',
              endedBy: { id },
            });
          }
          expect(pair.kind === 'pending' || pair.kind === 'unended').toBe(pair.event.status === 'Pending');
        }
      },
    ),
    { numRuns: 300 },
  );
});
