/**
 * Proves at deployment that a source lets itself be collected, so that a mistake in its parameters fails the deployment
 * rather than the collector at night.
 */
import { type AuditSource, SOURCE_NAMES } from '../../../contract/archive.ts';
import type { ProbeProperties } from '../../../contract/archive-checks.ts';
import { readStackArn } from '../../../contract/stack-arn.ts';
import type {
  CreateRequest,
  CustomResourceDefinition,
  Outcome,
  PropertiesSchema,
} from '../../shared/custom-resource.ts';
import { messageOf } from '../../shared/custom-resource-reason.ts';
import type { FreshSecretReader } from '../../shared/fresh-secrets.ts';
import { assertSecretsUsable } from '../../shared/given-secrets.ts';

/** How one source is proven. */
export interface SourceLook<Properties extends ProbeProperties> {
  readonly source: AuditSource;
  readonly properties: PropertiesSchema<Properties>;
  /** The stack's parameters that decide, for the message: what is to be mended is among them. */
  readonly parameters: readonly string[];
  /** The one of them that gives the credential by the ARN of a secret. */
  readonly secretArnParameter: string;
  /** Whether a credential may hold spaces. @default false */
  readonly mayHoldSpaces?: boolean;
  /**
   * Asks the source for a little of its audit log, and changes nothing.
   *
   * @param step what it is for, as messages begin.
   * @throws what the vendor's client throws.
   */
  look(properties: Properties, request: LookRequest): Promise<unknown>;
}

export interface LookRequest {
  /** The source's secret, as it is now. */
  readonly secret: string;
  readonly step: string;
  readonly signal: AbortSignal;
}

/** A source refuses, cannot be reached, or is not what its parameters say. */
export class SourceProbeError extends Error {
  override readonly name = 'SourceProbeError';
}

/** The custom resource of a source. It makes nothing, so what it finds counts as adopted, and there is nothing to delete. */
export function sourceProbe<Properties extends ProbeProperties>(
  { source, properties, parameters, secretArnParameter, mayHoldSpaces, look }: SourceLook<Properties>,
  secrets: FreshSecretReader,
): CustomResourceDefinition<Properties> {
  const step = `Proving that ${SOURCE_NAMES[source]} can be collected`;
  const probe = async (request: CreateRequest<Properties>): Promise<Outcome> => {
    const { stackId, signal } = request;
    const { SecretArn, GivenSecretArn } = request.properties;
    const { region: awsRegion } = readStackArn(stackId);
    const given = { [secretArnParameter]: GivenSecretArn };
    await assertSecretsUsable(secrets, given, { awsRegion, stackId, signal, mayHoldSpaces });
    const secret = await secrets.read(SecretArn, signal);
    try {
      await look(request.properties, { secret, step, signal });
    } catch (cause) {
      // The vendors' clients say what is wrong in their own words, and know nothing of parameters.
      throw new SourceProbeError(`${messageOf(cause)} It was asked as ${inWords(parameters)} say.`, {
        cause,
      });
    }
    return { registration: { origin: 'adopted', id: source } };
  };
  return { step, properties, create: probe, update: probe, delete: async () => {} };
}

function inWords(parameters: readonly string[]): string {
  return `${parameters.slice(0, -1).join(', ')} and ${parameters.at(-1)}`;
}
