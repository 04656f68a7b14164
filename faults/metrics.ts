/** What the functions' logs say: metrics in CloudWatch's embedded metric format, and sentences. */

interface EmbeddedMetrics {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly { readonly Metrics: readonly { readonly Name: string }[] }[];
  };
}

export class LoggedMetrics {
  readonly #values = new Map<string, number[]>();

  constructor(lines: readonly string[]) {
    for (const line of lines.filter((text) => text.includes('"_aws"'))) {
      const fields = JSON.parse(line) as EmbeddedMetrics & Record<string, number | number[]>;
      for (const { Name } of fields._aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics)) {
        const values = [fields[Name] ?? []].flat();
        this.#values.set(Name, [...(this.#values.get(Name) ?? []), ...values]);
      }
    }
  }

  values(name: string): readonly number[] {
    return this.#values.get(name) ?? [];
  }

  sum(name: string): number {
    return this.values(name).reduce((sum, value) => sum + value, 0);
  }
}
