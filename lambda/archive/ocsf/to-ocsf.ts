import { type ArchivedRecord, type AuditSource, sourceOf } from '../../../contract/archive.ts';
import type { OcsfEvent } from '../../../contract/ocsf.ts';
import { tryParseJson } from '../../shared/remote-words.ts';
import { appDynamicsToOcsf } from './appdynamics.ts';
import { cloudOneToOcsf } from './cloudone.ts';
import { ibmCloudToOcsf } from './ibmcloud.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { unmappable } from './unmappable.ts';

/** A source's mapping: a pure function that bears any object. */
export type ToOcsf = (record: ArchivedRecord, parsed: JsonObject) => OcsfEvent;

const MAPPINGS: Readonly<Record<AuditSource, ToOcsf>> = {
  cloudone: cloudOneToOcsf,
  appdynamics: appDynamicsToOcsf,
  ibmcloud: ibmCloudToOcsf,
};

/**
 * A record of any source as an OCSF event: the same event however often it is asked for. Never throws: what cannot be understood
 * becomes API Activity (6003), with the record's text. `isKnown` tells whether the catalogue knows the event.
 */
export function toOcsf(record: ArchivedRecord): OcsfEvent {
  const parsed = tryParseJson(record.record);
  if (!isJsonObject(parsed)) {
    return unmappable(record);
  }
  try {
    return MAPPINGS[sourceOf(record.id)](record, parsed);
  } catch {
    // A defect of a mapping: one record less well told, where otherwise no event of its hour could be.
    return unmappable(record);
  }
}
