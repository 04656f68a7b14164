/** One look at all series: delivers what is due. */
import type { ScheduledReport } from '../../../contract/report.ts';
import { logger } from '../../shared/logger.ts';
import { type DeliveryServices, deliver, isTooEarly, undelivered } from './delivery.ts';
import type { DueReport } from './period.ts';

export interface LookAtReports {
  readonly now: () => Date;
  /** Whether to leave the rest to the next look. */
  readonly timeIsUp: () => boolean;
}

/**
 * Never rejects: a report that fails is taken up at the next look, and keeps nothing from the others.
 *
 * @returns how many could not be delivered, series that could not be looked at included
 */
export async function runReports(
  reports: readonly ScheduledReport[],
  services: DeliveryServices,
  look: LookAtReports,
): Promise<number> {
  let failed = 0;
  for (const report of reports) {
    try {
      for (const due of await undelivered(services.store, report, look.now().getTime())) {
        if (look.timeIsUp()) {
          logger.info('Left to the next look', { report: report.name, period: due.name });
          return failed;
        }
        failed += (await delivered(report, due, services, look)) ? 0 : 1;
      }
    } catch (error) {
      failed += 1;
      logger.error('Could not look for reports', { report: report.name, error: error as Error });
    }
  }
  return failed;
}

/** @returns `false` where it failed, or is not complete for damage to the archive; waiting is no failure. */
async function delivered(
  report: ScheduledReport,
  due: DueReport,
  services: DeliveryServices,
  { now }: LookAtReports,
): Promise<boolean> {
  const facts = { report: report.name, period: due.name };
  try {
    const collected = await services.collected(report.sources);
    if (isTooEarly(collected, due, now().getTime())) {
      logger.info('Waits until everything of its time is collected', facts);
      return true;
    }
    const made = { at: now().getTime(), place: services.store.place };
    const order = { definition: report, period: due.period, collected, made };
    const { events, damaged } = await deliver(order, due, services, now);
    logger.info('Delivered', { ...facts, events, damaged });
    // It says so itself; and is counted, so that somebody looks at the archive.
    return damaged === 0;
  } catch (error) {
    logger.error('Could not deliver', { ...facts, error: error as Error });
    return false;
  }
}
