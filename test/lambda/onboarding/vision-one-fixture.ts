/** The two resources of the Vision One connection, on what outlives a process: the mark and the secret. */
import * as z from 'zod';
import type { Enrolment } from '../../../contract/onboarding.ts';
import { type EnrolmentSecret, NoEnrolmentError } from '../../../lambda/onboarding/enrolment-secret.ts';
import { visionOneConnection } from '../../../lambda/onboarding/vision-one-connection.ts';
import { visionOneEnrolmentToken } from '../../../lambda/onboarding/vision-one-enrolment-token.ts';
import type { CustomResourceDefinition } from '../../../lambda/shared/custom-resource.ts';
import { customResourceHandler } from '../../../lambda/shared/custom-resource.ts';
import { parseCloudOneApiKey } from '../../../lambda/vendors/cloudone/api-key.ts';
import type { ReceivedAnswer, ResourceRequest } from '../shared/custom-resource-harness.ts';
import { MemoryMark } from '../shared/memory-mark.ts';
import type { Fixture } from './fixture.ts';

export const TOKEN_PROPERTIES = { CloudOneRegion: 'us-1', VisionOneRegion: 'us' };
export const CONNECTION_PROPERTIES = { CloudOneRegion: 'us-1' };

/** The secret of a stack, which outlives every handler. */
export class MemorySecret implements EnrolmentSecret {
  value: Enrolment | undefined;

  async read(): Promise<Enrolment | undefined> {
    return this.value;
  }

  async readToken(): Promise<string> {
    if (this.value === undefined) {
      throw new NoEnrolmentError();
    }
    return this.value.token;
  }

  async write(generated: Enrolment): Promise<void> {
    this.value = generated;
  }

  async clear(): Promise<void> {
    this.value = undefined;
  }
}

/** Ends a process: thrown where it dies, and not caught by anything of ours. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** A process dies at the n-th touch of what outlives it, before or after it is touched. */
export interface Death {
  readonly at: number;
  readonly when: 'before' | 'after';
}

/** One stack's two resources. */
export class VisionOneStack {
  readonly mark = new MemoryMark();
  readonly secret = new MemorySecret();
  readonly #fixture: Fixture;

  constructor(fixture: Fixture) {
    this.#fixture = fixture;
  }

  /** Answered as by a process that lives. */
  token(request: ResourceRequest, remainingMs?: number): Promise<ReceivedAnswer> {
    const handler = customResourceHandler(() => this.#tokenDefinition(this.mark, this.secret));
    return this.#fixture.sink.send(handler, request, remainingMs);
  }

  /** Likewise; its token is the one that `token` generated. */
  connection(request: ResourceRequest, remainingMs?: number): Promise<ReceivedAnswer> {
    const handler = customResourceHandler(() => this.#connectionDefinition(this.mark, this.secret), {
      lateCreationPausesMs: [1],
    });
    return this.#fixture.sink.send(handler, request, remainingMs);
  }

  /** @returns whether the process died: it does not where it touches less than the death waits for. */
  async tokenCreationDies(death: Death): Promise<boolean> {
    const [mark, secret] = dying(this, death);
    return dies(this.#tokenDefinition(mark, secret), TOKEN_PROPERTIES);
  }

  async connectionCreationDies(death: Death): Promise<boolean> {
    const [mark, secret] = dying(this, death);
    return dies(this.#connectionDefinition(mark, secret), CONNECTION_PROPERTIES);
  }

  #tokenDefinition(mark: MemoryMark, secret: MemorySecret) {
    const { tenant } = this.#fixture.vendors;
    return visionOneEnrolmentToken({
      readApiKey: async () => parseCloudOneApiKey(tenant.cloudOneApiKey),
      readVisionOneApiKey: async () => tenant.visionOneApiKey,
      secret,
      connectionMark: mark,
    });
  }

  #connectionDefinition(mark: MemoryMark, secret: MemorySecret) {
    const { tenant } = this.#fixture.vendors;
    return visionOneConnection({
      readApiKey: async () => parseCloudOneApiKey(tenant.cloudOneApiKey),
      readServiceToken: () => secret.readToken(),
      mark,
      pollMs: 1,
      patienceMs: 50,
    });
  }
}

/** The same mark and secret in the hands of a process that dies. */
function dying({ mark, secret }: VisionOneStack, death: Death): [MemoryMark, MemorySecret] {
  let touches = 0;
  const guarded = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (_, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') {
          return member;
        }
        return async (...args: unknown[]) => {
          touches += 1;
          const dead = touches === death.at;
          if (dead && death.when === 'before') {
            throw new Killed();
          }
          const result: unknown = await Reflect.apply(member, target, args);
          if (dead) {
            throw new Killed();
          }
          return result;
        };
      },
    });
  return [guarded(mark), guarded(secret)];
}

/** Runs a creation without the framework around it: a process that dies undoes nothing, and does not answer. */
async function dies<P>(definition: CustomResourceDefinition<P>, properties: object): Promise<boolean> {
  const request = {
    properties: z.parse(definition.properties, properties),
    stackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/CloudOne/id',
    signal: AbortSignal.timeout(60_000),
    undoOnFailure: () => {},
  };
  try {
    await definition.create(request);
    return false;
  } catch (error) {
    if (error instanceof Killed) {
      return true;
    }
    throw error;
  }
}

/** What the vendors hold of the two. */
export function held({ vendors }: Fixture) {
  const { visionOneConnection: connection, visionOneConnectors } = vendors.state().registered;
  return {
    connected: connection !== null,
    connectors: visionOneConnectors.map(({ connectorId }) => connectorId),
  };
}
