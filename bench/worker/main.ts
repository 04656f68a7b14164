/** The process that is measured: it is bundled as a function is, so that it holds what a function holds. */
import type { Timing, WorkOrder, WorkReport } from '../work-order.ts';
import { bareLoopOf } from './bare-loop.ts';
import { floorOf } from './floor.ts';
import { forwarderOf, type PassResult } from './forwarder.ts';

process.once('message', (order: WorkOrder) => {
  measure(order).then(
    (report) => process.send?.(report, () => process.exit()),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function measure(order: WorkOrder): Promise<WorkReport> {
  const forward = forwarderOf(order);
  const forwarder: Timing[] = [];
  const comparison: Timing[] = [];
  let result: PassResult | undefined;
  const forwardTimed = async () => {
    forwarder.push(
      await timed(async () => {
        result = await forward();
      }),
    );
  };

  // First the forwarder alone: what it is compared with must not count as its memory.
  for (let pass = 0; pass < order.repeat; pass += 1) {
    await forwardTimed();
  }
  const peakRssMB = process.resourceUsage().maxRSS / 1024;

  // Then by turns, so that whatever else the machine does meets both alike.
  const other = comparisonOf(order);
  for (let pass = 0; other !== undefined && pass < order.repeat; pass += 1) {
    comparison.push(await timed(other));
    if (order.repeat > 1) {
      await forwardTimed();
    }
  }
  return { ...(result as PassResult), forwarder, comparison, peakRssMB };
}

function comparisonOf(order: WorkOrder): (() => Promise<void>) | undefined {
  switch (order.against) {
    case 'floor':
      return floorOf(order);
    case 'bare-loop':
      return bareLoopOf(order);
    case 'nothing':
      return undefined;
  }
}

async function timed(task: () => Promise<void>): Promise<Timing> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await task();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, processorSeconds: (user + system) / 1e6 };
}
