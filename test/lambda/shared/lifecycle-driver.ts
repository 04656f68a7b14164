/**
 * What CloudFormation promises a custom resource, as a model that calls a real handler: rollback after a
 * failed creation, rollback after a failed update, the clean-up after a replacement, and nothing else.
 *
 * Source: AWS CloudFormation User Guide, "Custom resource request types" and "Replacing a custom resource
 * during an update".
 */
import type { CustomResourceHandler } from '../../../lambda/shared/custom-resource.ts';
import type { AnswerSink, ReceivedAnswer, ResourceRequest } from './custom-resource-harness.ts';

type Properties = Readonly<Record<string, string>>;

/** What CloudFormation believes there is. */
export interface LiveResource {
  readonly physicalId: string;
  readonly properties: Properties;
}

/** Called around each request: sets up what is to go wrong in it, and how long it may take. */
export type Disturbance = (type: ResourceRequest['type']) => { readonly remainingMs: number };

export class LifecycleDriver {
  readonly #sink: AnswerSink;
  readonly #handler: CustomResourceHandler;
  readonly #disturb: Disturbance;
  readonly #calm: () => void;
  #live: LiveResource | undefined;

  constructor(sink: AnswerSink, handler: CustomResourceHandler, disturb: Disturbance, calm: () => void) {
    this.#sink = sink;
    this.#handler = handler;
    this.#disturb = disturb;
    this.#calm = calm;
  }

  get live(): LiveResource | undefined {
    return this.#live;
  }

  async create(properties: Properties): Promise<void> {
    const answer = await this.#send({ type: 'Create', properties });
    if (answer.Status === 'SUCCESS') {
      this.#live = { physicalId: answer.PhysicalResourceId, properties };
    } else {
      await this.#deleteForGood({ physicalId: answer.PhysicalResourceId, properties });
    }
  }

  async update(properties: Properties): Promise<void> {
    const before = this.#live;
    if (before === undefined) {
      return this.create(properties);
    }
    const answer = await this.#send(updateOf(before, properties));
    const after = { physicalId: answer.PhysicalResourceId, properties };
    if (answer.Status === 'SUCCESS') {
      this.#live = after;
      await this.#deleteIfReplaced(before, after);
      return;
    }
    // Back to the old properties, which must succeed in the end; then what the failure left is cleaned up.
    this.#calm();
    const current = { physicalId: before.physicalId, properties };
    const restored = await this.#sink.send(this.#handler, updateOf(current, before.properties));
    if (restored.Status !== 'SUCCESS') {
      throw new Error(`The rollback of an update failed: ${restored.Reason}`);
    }
    this.#live = { physicalId: restored.PhysicalResourceId, properties: before.properties };
    await this.#deleteIfReplaced(before, this.#live);
    await this.#deleteIfReplaced(after, this.#live);
  }

  async delete(): Promise<void> {
    if (this.#live !== undefined) {
      await this.#deleteForGood(this.#live);
      this.#live = undefined;
    }
  }

  async #deleteIfReplaced(old: LiveResource, current: LiveResource): Promise<void> {
    if (old.physicalId !== current.physicalId) {
      await this.#deleteForGood(old);
    }
  }

  /** A deletion may fail, and is then repeated by a user when nothing is in its way. */
  async #deleteForGood({ physicalId, properties }: LiveResource): Promise<void> {
    const request = { type: 'Delete', properties, physicalId } as const;
    const answer = await this.#send(request);
    if (answer.Status === 'FAILED') {
      this.#calm();
      const again = await this.#sink.send(this.#handler, request);
      if (again.Status === 'FAILED') {
        throw new Error(`A deletion failed with nothing in its way: ${again.Reason}`);
      }
    }
  }

  async #send(request: ResourceRequest): Promise<ReceivedAnswer> {
    const { remainingMs } = this.#disturb(request.type);
    const answer = await this.#sink.send(this.#handler, request, remainingMs);
    this.#calm();
    return answer;
  }
}

function updateOf(live: LiveResource, properties: Properties): ResourceRequest {
  return { type: 'Update', properties, oldProperties: live.properties, physicalId: live.physicalId };
}
