/** By what a record is known for one of its vendor's, so that the log of another is not told as if it were. */
import type { AuditSource } from '../../contract/archive.ts';
import { Fields } from '../../lambda/archive/ocsf/fields.ts';
import type { JsonObject } from '../../lambda/archive/ocsf/json.ts';

/**
 * Names of fields, of each list of which a record has one at least. Not its id: IBM Cloud's events have one under the same name as
 * Trend Cloud One's. IBM Cloud's are told apart where its objects are read.
 *
 * Source: Trend Cloud One documentation, "View events in the audit log" (type, event); Splunk AppDynamics documentation,
 * "Controller Audit Log" (action, and who and when).
 */
const MARKS: Readonly<Record<AuditSource, readonly (readonly string[])[]>> = {
  cloudone: [['type', 'eventType', 'event', 'eventName']],
  appdynamics: [['action'], ['timeStamp', 'auditDateTime', 'userName', 'accountName', 'objectType']],
  ibmcloud: [],
};

export function isRecordOf(source: AuditSource, record: JsonObject): boolean {
  const fields = new Fields(record);
  return MARKS[source].every((names) => fields.peek(...names) !== undefined);
}
