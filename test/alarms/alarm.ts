/** An alarm as a template describes it, held against what CloudWatch remembers. */
import { pathOf, property, type Resource, resourcesOf, type Template } from '../templates/template.ts';
import { type AlarmRule, type AlarmState, evaluateAlarm } from './evaluation.ts';
import { evaluateExpression } from './metric-math.ts';
import type { MetricId, MetricStore, Series } from './metric-store.ts';

interface StatQuery {
  readonly id: string;
  readonly metric: MetricId;
  readonly statistic: string;
}

interface ExpressionQuery {
  readonly id: string;
  readonly expression: string;
}

export interface TemplateAlarm {
  /** Where its construct stands, such as `Forwarding/QueueAgeAlarm`. */
  readonly path: string;
  readonly rule: AlarmRule;
  readonly periodSeconds: number;
  readonly queries: readonly (StatQuery | ExpressionQuery)[];
  /** Id of the query whose values count. */
  readonly watched: string;
}

/** What references give: by parameter, by pseudo parameter, and as `<logical id>` or `<logical id>.<attribute>`. */
export type References = Readonly<Record<string, string>>;

/** @throws Error for an alarm that holds what is not known here. */
export function alarmsOf(template: Template, references: References): TemplateAlarm[] {
  return resourcesOf(template, 'AWS::CloudWatch::Alarm').map(([, resource]) =>
    alarmOf(resource, template, references),
  );
}

function alarmOf(resource: Resource, template: Template, references: References): TemplateAlarm {
  const properties = resolve(resource.Properties, template, references) as Record<string, unknown>;
  const number = (name: string) => Number(properties[name]);
  const rule: AlarmRule = {
    threshold: number('Threshold'),
    comparison: String(properties.ComparisonOperator),
    evaluationPeriods: number('EvaluationPeriods'),
    datapointsToAlarm: number(
      properties.DatapointsToAlarm === undefined ? 'EvaluationPeriods' : 'DatapointsToAlarm',
    ),
    treatMissingData: property(resource, 'TreatMissingData'),
  };
  if (Number.isNaN(rule.threshold)) {
    throw new Error(`The threshold of ${pathOf(resource)} is no number: ${JSON.stringify(resource)}`);
  }
  const path = pathOf(resource);
  return properties.Metrics === undefined
    ? {
        path,
        rule,
        periodSeconds: number('Period'),
        queries: [{ id: 'm', metric: metricOf(properties), statistic: String(properties.Statistic) }],
        watched: 'm',
      }
    : { path, rule, ...mathOf(properties.Metrics as readonly MetricQuery[]) };
}

interface MetricQuery {
  readonly Id: string;
  readonly Expression?: string;
  readonly ReturnData?: boolean;
  readonly MetricStat?: { readonly Metric: unknown; readonly Stat: string; readonly Period: number };
}

/** The queries of an alarm on an expression, each after those that it refers to. */
export function mathOf(metrics: readonly MetricQuery[]) {
  const stats = metrics.flatMap(({ Id, MetricStat }) =>
    MetricStat === undefined
      ? []
      : [{ id: Id, metric: metricOf(MetricStat.Metric), statistic: MetricStat.Stat }],
  );
  const expressions = metrics.flatMap(({ Id, Expression }) =>
    Expression === undefined ? [] : [{ id: Id, expression: Expression }],
  );
  const [periodSeconds = 0] = metrics.flatMap(({ MetricStat }) => MetricStat?.Period ?? []);
  const watched = metrics.find(({ ReturnData }) => ReturnData !== false)?.Id ?? '';
  return { periodSeconds, queries: [...stats, ...expressions], watched };
}

function metricOf(given: unknown): MetricId {
  const { Namespace, MetricName, Dimensions } = given as {
    readonly Namespace: string;
    readonly MetricName: string;
    readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  };
  return {
    namespace: Namespace,
    name: MetricName,
    dimensions: Object.fromEntries((Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
  };
}

/**
 * The state that the alarm has at a time.
 *
 * @param extraPeriods how many more periods than it must CloudWatch looks at.
 */
export function stateAt(
  alarm: TemplateAlarm,
  store: MetricStore,
  now: number,
  extraPeriods: number,
): AlarmState {
  const { rule, periodSeconds, queries, watched } = alarm;
  const period = periodSeconds * 1000;
  const until = Math.floor(now / period) * period;
  const length = rule.evaluationPeriods + extraPeriods;
  const periods = Array.from({ length }, (_, index) => until - (length - index) * period);
  const series = new Map<string, Series>();
  for (const query of queries) {
    if ('metric' in query) {
      const { metric: id, statistic } = query;
      series.set(query.id, store.series({ id, statistic, periodSeconds, from: periods[0] ?? until, until }));
    } else {
      const value = evaluateExpression(query.expression, { series, periods });
      series.set(query.id, typeof value === 'number' ? new Map() : value);
    }
  }
  return evaluateAlarm(
    periods.map((at) => series.get(watched)?.get(at)),
    rule,
  );
}

/** Puts values in the place of references. Conditions are resolved before, by `deploy`. */
export function resolve(value: unknown, template: Template, references: References): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => resolve(item, template, references));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const inside = (argument: unknown) => resolve(argument, template, references);
  const [[operator = '', argument] = []] = Object.entries(value);
  switch (operator) {
    case 'Ref':
      return references[String(argument)] ?? template.Parameters[String(argument)]?.Default ?? argument;
    case 'Fn::GetAtt':
      return references[argument.join('.')] ?? argument.join('.');
    case 'Fn::Join':
      return (inside(argument[1]) as unknown[]).join(argument[0]);
    case 'Fn::FindInMap': {
      const [map, first, second] = inside(argument) as [string, string, string];
      return mappingsOf(template)[map]?.[first]?.[second];
    }
    default:
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inside(item)]));
  }
}

type Mappings = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

function mappingsOf(template: Template): Mappings {
  return (template as Template & { readonly Mappings?: Mappings }).Mappings ?? {};
}
