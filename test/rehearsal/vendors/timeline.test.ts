import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type History, historyOf } from '../../../rehearsal/vendors/audit-events/history.ts';
import { Timeline } from '../../../rehearsal/vendors/timeline.ts';

const history = (count: number): History =>
  historyOf({ seed: 's', count, from: 0, to: 100 }, (time, index) => `generated ${index} at ${time}`);

/** Events of few times, so that many share one; `delay` of them come later. */
const additions = fc.array(
  fc.record({ time: fc.integer({ min: -5, max: 110 }), delay: fc.integer({ min: 0, max: 3 }) }),
  {
    maxLength: 30,
  },
);

test('gives the order of time and of arrival, as sorting all of them would', () => {
  fc.assert(
    fc.property(fc.nat(60), additions, fc.nat(3), (count, added, now) => {
      const timeline = new Timeline();
      const generated = history(count);
      const early = added.slice(0, 5);
      const events = added.map(({ time, delay }, index) => ({
        visibleAt: delay,
        event: { time, text: `added ${index}` },
      }));
      timeline.add(events.slice(0, early.length));
      timeline.settle(now);
      timeline.generate(generated);
      timeline.add(events.slice(early.length));
      timeline.settle(now);

      const visible = [
        ...Array.from({ length: count }, (_, index) => ({
          time: generated.timeAt(index),
          text: generated.textAt(index),
        })),
        ...[events.slice(0, early.length), events.slice(early.length)].flatMap((part) =>
          part
            .filter(({ visibleAt }) => visibleAt <= now)
            .toSorted((one, other) => one.visibleAt - other.visibleAt)
            .map(({ event }) => event),
        ),
      ].map((event, arrival) => ({ ...event, arrival }));
      const sorted = visible.toSorted((one, other) => one.time - other.time || one.arrival - other.arrival);
      const numbers = visible.map((_, index) => index);

      expect(timeline.length).toBe(visible.length);
      expect(timeline.awaited).toBe(added.length + count - visible.length);
      expect(numbers.map((index) => timeline.arrivalAt(index))).toEqual(visible);
      expect(numbers.map((index) => timeline.timeAt(index))).toEqual(sorted);
      expect(sorted.map((event) => timeline.countBefore(event))).toEqual(numbers);
      expect([...timeline.between(20, 60)]).toEqual(sorted.filter(({ time }) => time >= 20 && time <= 60));
      expect([...timeline.all()]).toHaveLength(count + added.length);
    }),
  );
});
