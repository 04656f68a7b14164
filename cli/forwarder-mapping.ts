import {
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
  type LambdaClient,
  ResourceConflictException,
  ResourceInUseException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { askAws } from './aws.ts';
import { UserError } from './errors.ts';
import type { Wait } from './output.ts';

/** `Enabled` or `Disabled`, and since when at the latest; what is on its way to either is waited for. */
export interface MappingState {
  readonly isEnabled: boolean;
  /** When Lambda last changed anything about it. */
  readonly lastModified: Date | undefined;
}

const POLL_MS = 2_000;
/** Lambda takes about a minute; what takes longer than this has another reason. */
const LOOKS = 150;
/** States from which a mapping gets to another by itself (AWS Lambda API Reference, `EventSourceMappingConfiguration`). */
const IN_TRANSITION = new Set(['Creating', 'Enabling', 'Disabling', 'Updating']);

/** The event source mapping that has the forwarder work off its queue: the switch that pausing turns. */
export class ForwarderMapping {
  readonly #lambda: LambdaClient;
  readonly #id: string;
  readonly #wait: Wait;

  constructor(lambda: LambdaClient, id: string, wait: Wait) {
    this.#lambda = lambda;
    this.#id = id;
    this.#wait = wait;
  }

  /** As it is: one that is being disabled is not enabled. */
  async state(): Promise<MappingState> {
    const { State, LastModified } = await this.#get();
    return {
      isEnabled: State === 'Enabled' || State === 'Enabling' || State === 'Creating' || State === 'Updating',
      lastModified: LastModified,
    };
  }

  /** Waits until it is neither on its way to a state nor being changed by somebody else. */
  async settled(): Promise<MappingState> {
    for (let look = 0; look < LOOKS; look += 1) {
      const { State = '', LastModified } = await this.#get();
      if (!IN_TRANSITION.has(State)) {
        return { isEnabled: State === 'Enabled', lastModified: LastModified };
      }
      await this.#wait(POLL_MS);
    }
    throw this.#unsettled();
  }

  /**
   * Enables or disables it, and waits until it is. Nothing is changed where it is so already.
   *
   * @throws UserError where Lambda refuses, or does not come to an end with it.
   */
  async turn(enabled: boolean): Promise<void> {
    for (let look = 0; look < LOOKS; look += 1) {
      const { isEnabled } = await this.settled();
      if (isEnabled === enabled) {
        return;
      }
      await this.#update(enabled);
      await this.#wait(POLL_MS);
    }
    throw this.#unsettled();
  }

  async #get(): Promise<EventSourceMappingConfiguration> {
    return await askAws('Lambda', () =>
      this.#lambda.send(new GetEventSourceMappingCommand({ UUID: this.#id })),
    );
  }

  /** What Lambda cannot change just now is looked at again. */
  async #update(enabled: boolean): Promise<void> {
    try {
      await askAws('Lambda', () =>
        this.#lambda.send(new UpdateEventSourceMappingCommand({ UUID: this.#id, Enabled: enabled })),
      );
    } catch (error) {
      const { cause } = error as Error;
      if (!(cause instanceof ResourceInUseException || cause instanceof ResourceConflictException)) {
        throw error;
      }
    }
  }

  #unsettled(): UserError {
    return new UserError(
      `Lambda has not come to an end with changing the event source mapping ${this.#id} within five minutes. Look at it ` +
        'with aws lambda get-event-source-mapping, and give the same command again: it goes on from there.',
    );
  }
}
