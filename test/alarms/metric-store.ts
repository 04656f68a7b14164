/** CloudWatch's memory of metrics, as far as alarms and dashboards need it. */

export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly value: number;
}

/** Values by the beginning of their period, in milliseconds since 1970. */
export type Series = ReadonlyMap<number, number>;

export interface SeriesQuestion {
  readonly id: MetricId;
  readonly statistic: string;
  readonly periodSeconds: number;
  /** Of samples from here on. */
  readonly from: number;
  /** Of samples before this. */
  readonly until: number;
}

/** Source of the shape: Amazon CloudWatch User Guide, "Specification: Embedded metric format". */
interface EmbeddedMetrics {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  readonly [member: string]: unknown;
}

export class MetricStore {
  readonly #samples = new Map<string, Sample[]>();

  put(id: MetricId, at: number, ...values: readonly number[]): void {
    const key = keyOf(id);
    const samples = this.#samples.get(key) ?? [];
    samples.push(...values.map((value) => ({ at, value })));
    this.#samples.set(key, samples);
  }

  /** Takes a line of a function's log; one that holds no metrics leaves nothing. */
  takeLogLine(line: string): void {
    if (!line.includes('"CloudWatchMetrics"')) {
      return;
    }
    const document = JSON.parse(line) as EmbeddedMetrics;
    for (const { Namespace, Dimensions, Metrics } of document._aws.CloudWatchMetrics) {
      for (const names of Dimensions) {
        const dimensions = Object.fromEntries(names.map((name) => [name, String(document[name])]));
        for (const { Name } of Metrics) {
          const values = [document[Name]].flat() as number[];
          this.put({ namespace: Namespace, name: Name, dimensions }, document._aws.Timestamp, ...values);
        }
      }
    }
  }

  /** The last value that each metric of a namespace was given at a time. */
  valuesAt(namespace: string, at: number): Record<string, number> {
    const values: [string, number][] = [];
    for (const [key, samples] of this.#samples) {
      const [ofNamespace, name] = JSON.parse(key) as [string, string];
      const value = samples.findLast((sample) => sample.at === at)?.value;
      if (ofNamespace === namespace && value !== undefined) {
        values.push([name, value]);
      }
    }
    return Object.fromEntries(values);
  }

  /** One value for each period that has a sample. */
  series({ id, statistic, periodSeconds, from, until }: SeriesQuestion): Series {
    const period = periodSeconds * 1000;
    const within = (this.#samples.get(keyOf(id)) ?? []).filter(({ at }) => at >= from && at < until);
    const byPeriod = Map.groupBy(within, ({ at }) => Math.floor(at / period) * period);
    const beginnings = [...byPeriod.keys()].toSorted((a, b) => a - b);
    return new Map(
      beginnings.map((at) => [
        at,
        aggregate(
          (byPeriod.get(at) ?? []).map(({ value }) => value),
          statistic,
        ),
      ]),
    );
  }
}

function keyOf({ namespace, name, dimensions }: MetricId): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).toSorted()]);
}

/** @throws Error for a statistic that no alarm of ours has had so far. */
function aggregate(values: readonly number[], statistic: string): number {
  const sum = values.reduce((total, value) => total + value, 0);
  switch (statistic) {
    case 'Sum':
      return sum;
    case 'Average':
      return sum / values.length;
    case 'Maximum':
      return Math.max(...values);
    case 'Minimum':
      return Math.min(...values);
    case 'SampleCount':
      return values.length;
    default:
      throw new Error(`The statistic ${statistic} is not known here: say what it makes of samples.`);
  }
}
