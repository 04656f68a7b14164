import type { OcsfClassName } from '../../../contract/ocsf.ts';

/** What is known of a kind of event before one is seen. */
export interface CatalogueEntry {
  /** The vendor's own name of it. */
  readonly event: string;
  /** One sentence in English. */
  readonly description: string;
  readonly className: OcsfClassName;
  /** An OCSF activity of that class; 99 (Other) where it has none for it. */
  readonly activityId: number;
  /** What an activity 99 is called. @default the vendor's name of the event */
  readonly activityName?: string;
  /** Why an analyst should look at it first; absent where there is no special reason. */
  readonly attention?: string;
}

export const OTHER_ACTIVITY = 99;
