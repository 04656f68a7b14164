import { Aws, Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { FORWARDING_METRICS, METRIC_NAMESPACE, STACK_DIMENSION } from '../../contract/metrics.ts';
import { DOLLARS_PER_FILE, PRICES } from './prices.ts';

export interface CostProps {
  readonly forwarder: IFunction;
  readonly forwarderMemoryMb: number;
  readonly forwarderLogGroupName: string;
}

/**
 * What forwarding costs in a day, as far as it grows with the files: the forwarder's time and invocations, what it logs,
 * and the requests for each file. The formula and what it leaves out are in docs/scale.md.
 */
export function dollarsADay({
  forwarder,
  forwarderMemoryMb,
  forwarderLogGroupName,
}: CostProps): MathExpression {
  const daily = { statistic: Stats.SUM, period: Duration.days(1) };
  const perMillisecond = (PRICES.lambdaGbSecond * forwarderMemoryMb) / 1024 / 1000;
  const terms = [
    `milliseconds * ${inDecimals(perMillisecond)}`,
    `invocations * ${inDecimals(PRICES.lambdaRequest)}`,
    `FILL(files, 0) * ${inDecimals(DOLLARS_PER_FILE)}`,
    `FILL(logged, 0) * ${inDecimals(PRICES.logGb / 1e9)}`,
  ];
  return new MathExpression({
    expression: terms.join(' + '),
    label: '$ a day',
    period: daily.period,
    usingMetrics: {
      milliseconds: forwarder.metricDuration(daily),
      invocations: forwarder.metricInvocations(daily),
      files: new Metric({
        namespace: METRIC_NAMESPACE,
        metricName: FORWARDING_METRICS.objectsForwarded,
        dimensionsMap: { [STACK_DIMENSION]: Aws.STACK_NAME },
        ...daily,
      }),
      logged: new Metric({
        namespace: 'AWS/Logs',
        metricName: 'IncomingBytes',
        dimensionsMap: { LogGroupName: forwarderLogGroupName },
        ...daily,
      }),
    },
  });
}

/** Metric math takes no exponents. */
function inDecimals(price: number): string {
  return price.toFixed(15).replace(/0+$/, '');
}
