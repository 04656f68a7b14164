/** The stand-ins behave as the services do, where the cases rely on it. */
import { describe, expect, it } from 'vitest';
import { CASES } from '../../faults/cases/index.ts';
import { type Item, meets, updated } from '../../faults/stand-ins/expressions.ts';
import { Queue } from '../../faults/stand-ins/sqs.ts';

describe('the cases', () => {
  it('have names of their own, and say what they are about', () => {
    expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
    expect(CASES.length).toBeGreaterThanOrEqual(90);
    for (const { name, injected, expected } of CASES) {
      expect(name).toMatch(/^[a-z0-9]+\/[a-z0-9-]+$/);
      expect([injected.length > 10, expected.length > 10]).toEqual([true, true]);
    }
  });
});

describe("DynamoDB's conditions", () => {
  const item: Item = { state: { S: 'forwarding' }, until: { N: '10' }, on: { BOOL: true } };
  const values = { ':f': { S: 'forwarding' }, ':a': { S: 'a' }, ':9': { N: '9' }, ':n': { N: '100' } };

  it.each([
    ['attribute_not_exists(missing)', true],
    ['attribute_not_exists(#state)', false],
    ['attribute_exists(#state)', true],
    ['#state = :f', true],
    ['#state <> :f', false],
    // What is not there differs from everything, and is in no order with anything.
    ['missing <> :a', true],
    ['missing = :a', false],
    ['missing < :n', false],
    ['until < :n', true],
    ['until < :9', false],
    ['until >= :9', true],
    // Numbers are not text.
    ['until = :a', false],
    ['#state = :a OR until < :n', true],
    ['#state = :a OR until < :n AND missing = :a', false],
    ['(#state = :f OR missing = :a) AND until > :9', true],
  ])('%s', (condition, met) => {
    expect(meets(condition, item, { names: { '#state': 'state' }, values })).toBe(met);
  });

  it.each(['until ~ :9', 'until = :unknown', 'until = :9 until', 'contains(until, :9)', 'until ='])(
    'that they do not know throw: %s',
    (condition) => {
      expect(() => meets(condition, item, { values })).toThrow();
    },
  );
});

describe("DynamoDB's updates", () => {
  it('compute from the item as it was', () => {
    const given = { values: { ':1': { N: '1' }, ':0': { N: '0' } }, names: { '#n': 'n' } };

    expect(
      updated(
        'SET #n = if_not_exists(#n, :0) + :1, m = n REMOVE gone',
        { n: { N: '4' }, gone: { S: 'x' } },
        given,
      ),
    ).toEqual({
      n: { N: '5' },
      m: { N: '4' },
    });
    expect(updated('SET #n = if_not_exists(#n, :0) + :1', {}, given)).toEqual({ n: { N: '1' } });
  });

  it.each(['ADD n :1', 'SET n = missing', 'SET n :1'])('that they do not know throw: %s', (expression) => {
    expect(() => updated(expression, {}, { values: { ':1': { N: '1' } } })).toThrow();
  });
});

describe('the queue', () => {
  let now = 0;
  const HOUR = 3_600_000;
  const queueWith = (maxReceiveCount = 1000) => {
    now = 0;
    const dead = new Queue(() => now, { visibilityTimeoutMs: 30_000 });
    const queue = new Queue(() => now, {
      visibilityTimeoutMs: 60_000,
      redrive: { to: dead, maxReceiveCount },
    });
    return { queue, dead };
  };

  it('hides what was received, and shows it again', () => {
    const { queue } = queueWith();
    queue.send('a');

    expect(queue.receive(10)).toMatchObject([{ body: 'a', receives: 1 }]);
    expect(queue.receive(10)).toEqual([]);
    now = 60_000;
    expect(queue.receive(10)).toMatchObject([{ body: 'a', receives: 2 }]);
  });

  it('heeds only the latest receipt', () => {
    const { queue } = queueWith();
    queue.send('a');
    const [first] = queue.receive(1);
    now = 60_000;
    const [second] = queue.receive(1);

    queue.delete(first?.receiptHandle ?? '');
    expect(queue.changeVisibility(first?.receiptHandle ?? '', 0)).toBe(false);
    expect(queue.messages).toHaveLength(1);
    expect(queue.changeVisibility(second?.receiptHandle ?? '', 5)).toBe(true);
    expect(queue.nextVisibleAt).toBe(65_000);
    queue.delete(second?.receiptHandle ?? '');
    expect(queue.messages).toEqual([]);
  });

  it('gives up after its receives, and drops after two weeks', () => {
    const { queue, dead } = queueWith(2);
    queue.send('a');
    for (let receive = 0; receive < 3; receive += 1) {
      queue.receive(1);
      now += 60_000;
    }
    expect([queue.redriven, dead.messages.length, queue.messages.length]).toEqual([1, 1, 0]);

    queue.send('b');
    now += 14 * 24 * HOUR;
    expect(queue.receive(1)).toEqual([]);
    expect(queue.dropped).toMatchObject([{ body: 'b' }]);
  });
});
