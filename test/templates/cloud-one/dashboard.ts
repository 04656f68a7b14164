import { expect, test } from 'vitest';
import {
  FORWARDING_METRICS,
  HEALTH_METRICS,
  METRIC_NAMESPACE,
  NOTIFICATION_METRICS,
} from '../../../contract/metrics.ts';
import { resolve } from '../../alarms/alarm.ts';
import { evaluateExpression } from '../../alarms/metric-math.ts';

import { deploy } from '../deployment.ts';
import { property, resourcesOf, type Template } from '../template.ts';
import { DEPLOYMENTS } from './conditions.ts';

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title: string;
    readonly region?: string;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly unknown[])[];
    readonly query?: string;
  };
}

const REFERENCES = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': '123456789012',
  'AWS::StackName': 'CloudOne',
};

const OURS = DEPLOYMENTS.filter(({ ForwardingDestination }) => ForwardingDestination !== 'VendorClient');

export function dashboardTests(template: Template): void {
  test('is JSON, and lies within the grid without an overlap, however the stack is deployed', () => {
    for (const parameters of OURS) {
      const taken = new Set<string>();
      for (const { x, y, width, height, properties } of widgetsOf(template, parameters)) {
        expect(x + width).toBeLessThanOrEqual(24);
        expect(properties.title).toMatch(/^[A-Z]/);
        for (let cell = 0; cell < width * height; cell += 1) {
          const place = `${x + (cell % width)},${y + Math.floor(cell / width)}`;
          expect(taken).not.toContain(place);
          taken.add(place);
        }
      }
    }
  });

  test('shows every alarm that the deployment has, and none that it has not', () => {
    const counts = new Set<number>();
    for (const parameters of OURS) {
      const alarms = resourcesOf(deploy(template, parameters), 'AWS::CloudWatch::Alarm').map(
        ([, alarm]) =>
          `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${resolve(property(alarm, 'AlarmName'), template, REFERENCES)}`,
      );
      const [first] = widgetsOf(template, parameters);
      expect(first?.type).toBe('alarm');
      expect(first?.properties.alarms?.toSorted()).toEqual(alarms.toSorted());
      counts.add(alarms.length);
    }
    // It is not the same list every time.
    expect(counts.size).toBeGreaterThan(1);
  });

  test('shows every metric that Trailbridge’s functions tell, and knows none that they do not', () => {
    const shown = new Set(
      metricsOf(template)
        .filter(([namespace]) => namespace === METRIC_NAMESPACE)
        .map(([, name]) => name),
    );

    expect([...shown].toSorted()).toEqual(
      [FORWARDING_METRICS, HEALTH_METRICS, NOTIFICATION_METRICS].flatMap(Object.values).toSorted(),
    );
  });

  test('the estimate of the cost is what the price list makes of a day', () => {
    const [[{ expression }] = [{ expression: '' }]] = widgetsOf(template, OURS[0] ?? {})
      .flatMap(({ properties }) => properties.metrics ?? [])
      .filter(([first]) => typeof first === 'object') as [{ readonly expression: string }][];
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

function widgetsOf(template: Template, parameters: (typeof OURS)[number]): readonly Widget[] {
  const deployed = deploy(template, parameters);
  const [[, dashboard] = []] = resourcesOf(deployed, 'AWS::CloudWatch::Dashboard');
  const body = resolve(property(dashboard, 'DashboardBody'), template, REFERENCES);
  return (JSON.parse(String(body)) as { readonly widgets: readonly Widget[] }).widgets;
}

/** Namespace and name of every metric on it. */
function metricsOf(template: Template): (readonly unknown[])[] {
  return widgetsOf(template, OURS[0] ?? {})
    .flatMap(({ properties }) => properties.metrics ?? [])
    .filter(([first]) => typeof first === 'string');
}
