/**
 * The properties of the custom resources that prove the audit archive's parameters at deployment, in CloudFormation's
 * spelling. None has an attribute.
 */
import * as z from 'zod';
import { cloudOneRegion } from './cloud-one-region.ts';
import { optionalText } from './environment.ts';

/** What the proof of any source is given. */
const probe = z.object({
  /** Of the secret with the source's credential. */
  SecretArn: z.string().startsWith('arn:'),
  /** The same where the user gave it by ARN: what can be wrong with such a one is told in its own words. */
  GivenSecretArn: optionalText,
});

export const cloudOneProbeProperties = probe.extend({ CloudOneRegion: cloudOneRegion });

export const appDynamicsProbeProperties = probe.extend({
  ControllerUrl: z.string().min(1),
  Authentication: z.enum(['basic', 'oauth']),
  Principal: z.string().min(1),
  /** The controller's own filters, as JSON lists. */
  Include: z.string(),
  Exclude: z.string(),
});

export const ibmCloudProbeProperties = probe.extend({
  Bucket: z.string().min(1),
  BucketRegion: z.string().min(1),
  KeyPrefix: z.string(),
});

export type ProbeProperties = z.infer<typeof probe>;

/** Of the look at the reports' definitions. */
export const reportCheckProperties = z.object({
  /** As JSON; empty where there are none. */
  Reports: z.string(),
  /** Empty where nobody mails them. */
  MailFrom: z.string(),
});
