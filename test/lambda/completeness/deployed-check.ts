/** The handler as Lambda calls it, at times of the test's choosing, against AWS's protocols. */
import type { Context } from 'aws-lambda';
import { vi } from 'vitest';
import {
  type RoundMemory,
  roundMemoryKey,
  type SeriesMemory,
  seriesMemoryKey,
} from '../../../contract/completeness-round.ts';
import { ledgerKeyOf } from '../../../contract/ledger.ts';
import { type ObjectMessage, objectReferenceOf } from '../../../contract/object-message.ts';
import { digestFolderOf } from '../../../lambda/completeness/digest-key.ts';
import { captureOutput } from '../shared/custom-resource-harness.ts';
import { type AwsStandIn, environmentOf, startAws, TABLE } from './aws-stand-in.ts';
import { HOUR, START, type World } from './world.ts';

export type Metrics = Readonly<Record<string, number>>;

/** As long as the function has. */
const TIMEOUT_MS = 14 * 60_000;

export class DeployedCheck {
  readonly aws: AwsStandIn;
  readonly world: World;
  readonly #output: () => string;

  private constructor(aws: AwsStandIn, output: () => string) {
    this.aws = aws;
    this.world = aws.world;
    this.#output = output;
  }

  static async start(world: World, prefixes: readonly string[] = ['']): Promise<DeployedCheck> {
    const aws = await startAws(world);
    const environment = {
      ...environmentOf(aws),
      STACK_NAME: 'CloudOne',
      BUCKET_NAME: world.series.bucket,
      BUCKET_REGION: 'eu-central-1',
      LEDGER_TABLE: TABLE,
      FORWARDING_QUEUE_URL: `${aws.url}/111122223333/forwarding`,
      TRAIL_PREFIXES: JSON.stringify(prefixes),
    };
    for (const [name, value] of Object.entries(environment)) {
      vi.stubEnv(name, value);
    }
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.resetModules();
    return new DeployedCheck(aws, captureOutput());
  }

  async close(): Promise<void> {
    vi.useRealTimers();
    await this.aws.close();
  }

  /**
   * @param hours after the trail's start.
   * @param looks at the time that is left, after which there is none.
   * @returns the metrics of the call.
   */
  async callAt(hours: number, looks = Number.POSITIVE_INFINITY): Promise<Metrics> {
    const before = this.#output().length;
    vi.setSystemTime(START.getTime() + hours * HOUR);
    const { handler } = await import('../../../lambda/completeness/completeness-handler.ts');
    let left = looks;
    const context = {
      getRemainingTimeInMillis: () => {
        left -= 1;
        return left >= 0 ? TIMEOUT_MS : 30_000;
      },
    } as Context;
    await handler({}, context);
    return metricsIn(this.#output().slice(before));
  }

  /** What the forwarder does with what is queued. */
  forwardQueued(): readonly string[] {
    const messages: readonly ObjectMessage[] = this.aws.queued.splice(0);
    return messages.map((message) => {
      const object = objectReferenceOf(message);
      this.world.forward(object);
      return ledgerKeyOf(object);
    });
  }

  get log(): string {
    return this.#output();
  }

  get round(): RoundMemory {
    return JSON.parse(this.aws.memory.get(roundMemoryKey(this.world.series.bucket)) ?? '{}');
  }

  get series(): SeriesMemory {
    const key = seriesMemoryKey(this.world.series.bucket, digestFolderOf(this.world.series));
    return JSON.parse(this.aws.memory.get(key) ?? '{}');
  }
}

/** Of the embedded metric format: one JSON object a line. A metric that is told several times is added up. */
function metricsIn(output: string): Metrics {
  const sums: Record<string, number> = {};
  for (const line of output.split('\n').filter((each) => each.includes('"_aws"'))) {
    const { _aws, Stack, ...values } = JSON.parse(line) as {
      readonly _aws: object;
      readonly Stack: string;
    } & Metrics;
    for (const [name, value] of Object.entries(values)) {
      if (typeof value === 'number') {
        sums[name] = (sums[name] ?? 0) + value;
      }
    }
  }
  return sums;
}
