/** The stand-ins behave as the services do, where the cases rely on it. */
import { describe, expect, it } from 'vitest';
import { CASES } from '../../faults/cases/index.ts';
import { Queue } from '../../faults/stand-ins/sqs.ts';

describe('the cases', () => {
  it('have names of their own, and say what they are about', () => {
    expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
    expect(CASES.length).toBeGreaterThanOrEqual(200);
    for (const { name, injected, expected } of CASES) {
      expect(name).toMatch(/^[a-z0-9]+\/[a-z0-9-]+$/);
      expect([injected.length > 10, expected.length > 10]).toEqual([true, true]);
    }
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
