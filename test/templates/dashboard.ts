import { expect, test } from 'vitest';
import { METRIC_NAMESPACE } from '../../contract/metrics.ts';
import type { Values } from '../../rehearsal/template.ts';
import { resolve } from '../alarms/alarm.ts';
import { deploy } from './deployment.ts';
import { property, resourcesOf, type Template } from './template.ts';

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

export interface DashboardExpectations {
  /** All that the functions tell, each of which must be shown. */
  readonly metrics: readonly string[];
  /** One deployment of each kind that has another dashboard. */
  readonly deployments: readonly Values[];
}

/** Of any stack's dashboard. */
export function dashboardTests(template: Template, { metrics, deployments }: DashboardExpectations): void {
  test('is JSON, and lies within the grid without an overlap, however the stack is deployed', () => {
    for (const parameters of deployments) {
      const taken = new Set<string>();
      for (const { x, y, width, height, properties } of widgetsOf(template, parameters)) {
        expect(x + width).toBeLessThanOrEqual(24);
        expect(properties.title).toMatch(/^[A-Z]/);
        for (let cell = 0; cell < width * height; cell += 1) {
          const place = `${x + (cell % width)},${y + Math.floor(cell / width)}`;
          expect(taken.has(place)).toBe(false);
          taken.add(place);
        }
      }
    }
  });

  test('shows every alarm that the deployment has, and none that it has not', () => {
    const counts = new Set<number>();
    for (const parameters of deployments) {
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
      metricsOf(template, deployments[0] ?? {})
        .filter(([namespace]) => namespace === METRIC_NAMESPACE)
        .map(([, name]) => name),
    );

    expect([...shown].toSorted()).toEqual(metrics.toSorted());
  });
}

export function widgetsOf(template: Template, parameters: Values): readonly Widget[] {
  const deployed = deploy(template, parameters);
  const [[, dashboard] = []] = resourcesOf(deployed, 'AWS::CloudWatch::Dashboard');
  const body = resolve(property(dashboard, 'DashboardBody'), template, REFERENCES);
  return (JSON.parse(String(body)) as { readonly widgets: readonly Widget[] }).widgets;
}

/** Namespace and name of every metric on it. */
function metricsOf(template: Template, parameters: Values): (readonly unknown[])[] {
  return widgetsOf(template, parameters)
    .flatMap(({ properties }) => properties.metrics ?? [])
    .filter(([first]) => typeof first === 'string');
}
