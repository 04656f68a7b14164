/** What the dashboards' widgets have in common. */
import { GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';

/** Columns of a dashboard's grid. */
export const FULL_WIDTH = 24;
export const WIDGET_HEIGHT = 6;

/** @param share how many of its kind fill a row. */
export function graph(share: number, title: string, left: IMetric[], unit?: string): GraphWidget {
  return new GraphWidget({
    title,
    left,
    leftYAxis: { min: 0, showUnits: false, ...(unit === undefined ? {} : { label: unit }) },
    width: FULL_WIDTH / share,
    height: WIDGET_HEIGHT,
  });
}
