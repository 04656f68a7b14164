import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { MetricUnit as Unit } from '@aws-lambda-powertools/metrics/types';
import { FORWARDING_METRICS } from '../../contract/metrics.ts';

/** What this needs of Powertools' `Metrics`. */
export interface MetricsWriter {
  addMetric(name: string, unit: Unit, value: number): unknown;
}

/** Counts what becomes of objects. */
export class ForwardingMetrics {
  readonly #writer: MetricsWriter;

  constructor(writer: MetricsWriter) {
    this.#writer = writer;
  }

  /** @param lagMs from the object's creation to its acknowledgement; not for objects of long ago. */
  forwarded(records: number, rawBytes: number, lagMs: number | undefined): void {
    this.#count(FORWARDING_METRICS.objectsForwarded, 1);
    this.#count(FORWARDING_METRICS.recordsForwarded, records);
    this.#writer.addMetric(FORWARDING_METRICS.bytesForwarded, MetricUnit.Bytes, rawBytes);
    if (lagMs !== undefined) {
      this.#writer.addMetric(FORWARDING_METRICS.forwardingLag, MetricUnit.Milliseconds, lagMs);
    }
  }

  /** Written only where there are any: without a filter there is no such metric. */
  filtered(records: number): void {
    if (records > 0) {
      this.#count(FORWARDING_METRICS.recordsFiltered, records);
    }
  }

  skipped(): void {
    this.#count(FORWARDING_METRICS.objectsSkipped, 1);
  }

  /** The object comes back. */
  failed(): void {
    this.#count(FORWARDING_METRICS.objectsFailed, 1);
  }

  /** The object comes back untried: the circuit is open. */
  postponed(): void {
    this.#count(FORWARDING_METRICS.objectsPostponed, 1);
  }

  deadLettered(): void {
    this.#count(FORWARDING_METRICS.objectsDeadLettered, 1);
  }

  /** Told with every batch, so that it is seen to be over, too. */
  circuit(isOpen: boolean): void {
    this.#count(FORWARDING_METRICS.circuitOpen, isOpen ? 1 : 0);
  }

  tokenAge(ageMs: number): void {
    this.#writer.addMetric(FORWARDING_METRICS.tokenAge, MetricUnit.Seconds, Math.round(ageMs / 1000));
  }

  #count(name: string, value: number): void {
    this.#writer.addMetric(name, MetricUnit.Count, value);
  }
}
