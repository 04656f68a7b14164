import type * as z from 'zod';
import { EnvironmentError } from '../../contract/environment.ts';
import type { destinationEnvironment } from '../../contract/forwarding.ts';
import { type CloudTrailService, cloudTrailService } from './cloudtrail-service.ts';
import type { Destination } from './destination.ts';
import { visionOneCollector } from './visionone-ingest.ts';

export type DestinationEnvironment = z.infer<typeof destinationEnvironment>;

/** The destination that the stack was deployed with. */
export function destinationOf(environment: DestinationEnvironment): Destination {
  switch (environment.DESTINATION) {
    case 'CloudOne':
      return cloudTrailServiceOf(environment);
    case 'VisionOne':
      return visionOneCollector(environment.DESTINATION_URL);
  }
}

/** @throws EnvironmentError where the environment lacks what Cloud One needs. */
export function cloudTrailServiceOf(environment: DestinationEnvironment): CloudTrailService {
  const { DESTINATION_URL: serviceUrl, DESTINATION_API_VERSION: apiVersion } = environment;
  if (apiVersion === undefined) {
    throw new EnvironmentError('DESTINATION_API_VERSION is missing, which destination CloudOne needs.');
  }
  return cloudTrailService({ serviceUrl, apiVersion });
}
