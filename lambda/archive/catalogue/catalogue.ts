/** All that is known of the sources' events: what each means, where it belongs in OCSF, and whether to look at it first. */
import type { AuditSource } from '../../../contract/archive.ts';
import type { OcsfEvent } from '../../../contract/ocsf.ts';
import { APPDYNAMICS_CATALOGUE, appDynamicsEvent } from './appdynamics.ts';
import { CLOUD_ONE_CATALOGUE } from './cloudone.ts';
import type { CatalogueEntry } from './entry.ts';
import { IBM_CLOUD_CATALOGUE, ofEveryService } from './ibmcloud.ts';

export type { CatalogueEntry } from './entry.ts';

export const CATALOGUE: Readonly<Record<AuditSource, readonly CatalogueEntry[]>> = {
  cloudone: CLOUD_ONE_CATALOGUE,
  appdynamics: APPDYNAMICS_CATALOGUE,
  ibmcloud: IBM_CLOUD_CATALOGUE,
};

const bySource = new Map(
  Object.entries(CATALOGUE).map(([source, entries]) => [
    source,
    new Map(entries.map((entry) => [entry.event, entry])),
  ]),
);

/**
 * @param event the vendor's name of it; of AppDynamics, as `appDynamicsEvent` makes it.
 * @returns `undefined` for an event that the catalogue does not know.
 */
export function lookUp(source: AuditSource, event: string): CatalogueEntry | undefined {
  return bySource.get(source)?.get(event) ?? (source === 'ibmcloud' ? ofEveryService(event) : undefined);
}

/**
 * Whether the catalogue knows what this event is: to count those that it does not, so that it can be brought up to date. An event
 * of AppDynamics with a known action, done to an unknown type of object, is unknown, too.
 */
export function isKnown({ metadata, entity, unmapped }: OcsfEvent): boolean {
  const { log_source: source, event_code: code } = metadata;
  const objectType = unmapped?.object_type ?? entity?.type;
  return lookUp(source, source === 'appdynamics' ? appDynamicsEvent(code, objectType) : code) !== undefined;
}
