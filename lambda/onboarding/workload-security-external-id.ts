import type * as z from 'zod';
import { workloadSecurityExternalIdProperties } from '../../contract/onboarding.ts';
import type { CustomResourceDefinition, Outcome } from '../shared/custom-resource.ts';
import { externalId } from '../vendors/cloudone/workload-security.ts';
import { type ApiKeyReader, cloudOneAccess } from './api-key-reader.ts';

type Properties = z.infer<typeof workloadSecurityExternalIdProperties>;

const STEP = 'Workload Security external id';

/** Asks for the external id that the cross-account role must demand. Nothing is created or deleted. */
export function workloadSecurityExternalId(readApiKey: ApiKeyReader): CustomResourceDefinition<Properties> {
  const lookUp = async ({ CloudOneRegion }: Properties, signal: AbortSignal): Promise<Outcome> => ({
    registration: { origin: 'adopted', id: CloudOneRegion },
    attributes: {
      ExternalId: await externalId(await cloudOneAccess(readApiKey, STEP, signal), CloudOneRegion),
    },
  });
  return {
    step: STEP,
    properties: workloadSecurityExternalIdProperties,
    create: ({ properties, signal }) => lookUp(properties, signal),
    update: ({ properties, signal }) => lookUp(properties, signal),
    delete: async () => {},
  };
}
