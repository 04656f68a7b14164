import { expect, test } from 'vitest';
import {
  COMPLETENESS_METRICS,
  FORWARDING_METRICS,
  HEALTH_METRICS,
  NOTIFICATION_METRICS,
} from '../../../contract/metrics.ts';
import { evaluateExpression } from '../../alarms/metric-math.ts';
import { dashboardTests, widgetsOf } from '../dashboard.ts';
import type { Template } from '../template.ts';
import { DEPLOYMENTS } from './conditions.ts';

/** One deployment of each kind that has another dashboard. */
const OURS = [
  ...new Map(
    DEPLOYMENTS.filter(({ ForwardingDestination }) => ForwardingDestination !== 'VendorClient').map(
      (each) => [`${each.CreateNewTrail} ${each.ForwardingDestination}`, each],
    ),
  ).values(),
];

export function forwardingDashboardTests(template: Template): void {
  dashboardTests(template, {
    metrics: [COMPLETENESS_METRICS, FORWARDING_METRICS, HEALTH_METRICS, NOTIFICATION_METRICS].flatMap(
      Object.values,
    ),
    deployments: OURS,
  });

  test('the estimate of the cost is what the price list makes of a day', () => {
    const [[{ expression }] = [{ expression: '' }]] = widgetsOf(template, OURS[0] ?? {})
      .flatMap(({ properties }) => properties.metrics ?? [])
      .filter(([first]) => (first as { expression?: string }).expression?.includes('milliseconds')) as [
      { readonly expression: string },
    ][];
    const day = new Map([[0, 1]]);
    const times = (count: number) => new Map([...day].map(([at, value]) => [at, value * count] as const));
    const series = new Map([
      ['milliseconds', times(3_600_000)],
      ['invocations', times(100_000)],
      ['files', times(1_000_000)],
      ['logged', times(1e9)],
    ]);

    const value = evaluateExpression(expression, { series, periods: [0] });

    // An hour of 1 GB, 100,000 requests, a million files at 2 ledger writes, 1 GET, 1 event, 3 requests to queues, 1 GB
    // of logs: 0.048 + 0.02 + (1.25 + 0.4 + 1 + 1.2) + 0.5 dollars.
    expect((value as ReadonlyMap<number, number>).get(0)).toBeCloseTo(4.418, 3);
  });
}
