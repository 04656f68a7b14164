/**
 * An activity tracking event of IBM Cloud.
 *
 * Source: IBM Cloud documentation, "Event fields" (Activity Tracker Event Routing) and "Activity tracking events for account
 * management". Services fill the fields with different care, so that one that is not as documented is as good as absent.
 */
import * as z from 'zod';

const text = z.string().min(1).optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
const data = z.record(z.string(), z.unknown()).optional().catch(undefined);

const host = z
  .object({
    /** One address, or several with commas between them. */
    address: text,
    addressType: text,
    agent: text,
  })
  .optional()
  .catch(undefined);

export const activityEvent = z.object({
  /** `<service>.<object type>.<action>` */
  action: z.string().min(1),
  /** Such as `2026-03-01T10:00:00.12+0000`. */
  eventTime: z.string(),
  /** Of the event, by the standard that IBM follows (CADF); IBM itself promises no more than that services may correlate by it. */
  id: text,
  correlationId: text,
  /** `success`, `pending`, `failure`, or another word. */
  outcome: text,
  /** `normal`, `warning`, `critical`, or another word. */
  severity: text,
  message: text,
  logSourceCRN: text,
  dataEvent: flag,
  saveServiceCopy: flag,
  observer: z.object({ name: text }).optional().catch(undefined),
  initiator: z
    .object({
      id: text,
      name: text,
      typeURI: text,
      authnId: text,
      authnName: text,
      credential: z.object({ type: text }).optional().catch(undefined),
      host,
    })
    .optional()
    .catch(undefined),
  target: z
    .object({ id: text, name: text, typeURI: text, resourceGroupId: text, host })
    .optional()
    .catch(undefined),
  reason: z
    .object({
      reasonCode: z.union([z.number(), z.string()]).optional().catch(undefined),
      reasonType: text,
      reasonForFailure: text,
    })
    .optional()
    .catch(undefined),
  requestData: data,
  responseData: data,
});

export type ActivityEvent = z.infer<typeof activityEvent>;

/** ISO 8601 with any number of digits behind the second, and a zone as `+0000`, `+00:00` or `Z`; UTC where it is left out. */
const EVENT_TIME =
  /^(?<date>\d{4}-\d\d-\d\d)[T ](?<time>\d\d:\d\d:\d\d)(?:\.(?<fraction>\d+))? ?(?<zone>Z|[+-]\d\d:?\d\d)?$/i;

/** @returns milliseconds since the epoch; `undefined` where the text is no time. */
export function timeOf(eventTime: string): number | undefined {
  const parts = EVENT_TIME.exec(eventTime.trim())?.groups;
  if (parts === undefined) {
    return undefined;
  }
  const { date, time, fraction = '', zone = 'Z' } = parts;
  const milliseconds = `${fraction}000`.slice(0, 3);
  const offset = zone.toUpperCase() === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const parsed = Date.parse(`${date}T${time}.${milliseconds}${offset}`);
  return Number.isNaN(parsed) ? undefined : parsed;
}
