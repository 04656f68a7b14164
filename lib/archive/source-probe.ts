import type { Construct } from 'constructs';
import type * as z from 'zod';
import { type AuditSource, SOURCE_NAMES } from '../../contract/archive.ts';
import type { ProbeProperties } from '../../contract/archive-checks.ts';
import type { GivenSecret } from '../shared/given-secret.ts';
import { TrailbridgeCustomResource } from '../shared/trailbridge-custom-resource.ts';
import { readSecret } from '../shared/trailbridge-function.ts';
import type { ArchivePlace } from './collector.ts';

export interface SourceProbeProps<Schema extends z.ZodObject> {
  readonly source: AuditSource;
  readonly handler: string;
  readonly place: Pick<ArchivePlace, 'secretKeyArns' | 'revision'>;
  readonly secret: GivenSecret;
  readonly propertiesSchema: Schema;
  /** What only this source's proof is given. */
  readonly properties: Omit<z.input<Schema>, keyof ProbeProperties>;
  /** What changes with a credential that is given by value, and is no secret. @default - nothing */
  readonly credentialId?: string;
}

/**
 * Asks a source once for a little of its audit log, when it is switched on and when its parameters change: what is
 * wrong with them fails the deployment. It has the source's own secret, and no other permission.
 *
 * @param id the logical id of the custom resource.
 */
export function sourceProbe<Schema extends z.ZodObject>(
  scope: Construct,
  id: string,
  { source, handler, place, secret, propertiesSchema, properties, credentialId }: SourceProbeProps<Schema>,
): TrailbridgeCustomResource {
  return new TrailbridgeCustomResource(scope, id, {
    type: 'SourceProbe',
    handler,
    description: `Proves at deployment that ${SOURCE_NAMES[source]} can be collected.`,
    permissions: readSecret([secret.whereGiven], place.secretKeyArns),
    triggers: {
      Revision: place.revision,
      ...(credentialId === undefined ? {} : { CredentialId: credentialId }),
    },
    propertiesSchema: propertiesSchema as z.ZodObject,
    properties: { SecretArn: secret.whereGiven, GivenSecretArn: secret.foreignArn, ...properties },
  });
}
