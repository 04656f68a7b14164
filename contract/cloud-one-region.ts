import * as z from 'zod';
import { type CloudOneRegion, parseCloudOneRegion, UnknownCloudOneRegionError } from './regions.ts';

/** A Cloud One region as a property or a variable holds it. */
export const cloudOneRegion = z.string().transform((text, context): CloudOneRegion => {
  try {
    return parseCloudOneRegion(text);
  } catch (error) {
    // A schema reports its findings itself, with those of the other properties.
    if (error instanceof UnknownCloudOneRegionError) {
      context.addIssue(error.message);
      return z.NEVER;
    }
    throw error;
  }
});
