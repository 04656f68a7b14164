/** What stands above the events: how many there are, of what, and what to look at first. */
import { AUDIT_SOURCES, type AuditSource } from '../../../contract/archive.ts';
import type { EventRow } from '../ocsf/action-course.ts';

/** A name, and how many events have it. */
export type Count = readonly [name: string, count: number];

export interface ReportSummary {
  readonly events: number;
  /** In the order of `AUDIT_SOURCES`; those without an event are absent. */
  readonly bySource: readonly (readonly [source: AuditSource, count: number])[];
  /** The most frequent first, as all that follow. */
  readonly byOutcome: readonly Count[];
  readonly byEvent: readonly Count[];
  /** Reasons to look at events first. */
  readonly attention: readonly Count[];
  /** Actions that were begun, and of which no end is known. */
  readonly unended: number;
  /** Whether AppDynamics told of changed objects, and never of what was changed. */
  readonly changesNotKept: boolean;
  /** Places of the archive that could not be read: what they hold is not in the report. */
  readonly damaged: number;
}

/** Of actions, so that a source that invents names without end does not fill the memory. */
const MOST_NAMES = 2_000;
const OTHERS = '(others)';
const UNKNOWN = 'Unknown';

/** AppDynamics' actions that change an object. Others, such as LOGIN, have no changes anyway. */
const CHANGING = /^(OBJECT_UPDATED?|APP_CONFIGURATION)$/;

export class SummaryTally {
  #events = 0;
  readonly #sources = new Map<string, number>();
  readonly #outcomes = new Map<string, number>();
  readonly #eventNames = new Map<string, number>();
  readonly #attention = new Map<string, number>();
  #changing = 0;
  #withChanges = 0;
  #damaged = 0;
  #unended = 0;

  add(row: EventRow): void {
    this.#events += 1;
    this.#unended += row.course?.kind === 'unended' ? 1 : 0;
    count(this.#sources, String(row.source));
    count(this.#outcomes, String(row.outcome ?? UNKNOWN));
    count(this.#eventNames, String(row.event ?? UNKNOWN));
    if (row.attention !== null) {
      count(this.#attention, String(row.attention));
    }
    if (row.source === 'appdynamics' && CHANGING.test(String(row.event))) {
      this.#changing += 1;
      this.#withChanges += isEmpty(row.changes) ? 0 : 1;
    }
  }

  addDamage(): void {
    this.#damaged += 1;
  }

  summary(): ReportSummary {
    return {
      events: this.#events,
      bySource: AUDIT_SOURCES.flatMap((source) => {
        const events = this.#sources.get(source);
        return events === undefined ? [] : [[source, events] as const];
      }),
      byOutcome: mostFrequent(this.#outcomes),
      byEvent: mostFrequent(this.#eventNames),
      attention: mostFrequent(this.#attention),
      unended: this.#unended,
      changesNotKept: this.#changing > 0 && this.#withChanges === 0,
      damaged: this.#damaged,
    };
  }
}

function isEmpty(changes: unknown): boolean {
  return changes === null || (Array.isArray(changes) && changes.length === 0);
}

function count(counts: Map<string, number>, name: string): void {
  const key = counts.has(name) || counts.size < MOST_NAMES ? name : OTHERS;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Equal ones by name, so that the same events give the same report. */
function mostFrequent(counts: ReadonlyMap<string, number>): readonly Count[] {
  return [...counts].sort(([a, times], [b, others]) => others - times || (a < b ? -1 : 1));
}
