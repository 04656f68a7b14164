/**
 * What CloudFormation promises a custom resource, as a model that calls a real handler.
 *
 * Documented (AWS CloudFormation User Guide, "Custom resource request types", "Replacing a custom resource
 * during an update", "Continue rolling back an update"; Lambda Developer Guide, "Asynchronous invocation"):
 * - a creation that fails is followed by a Delete of the physical id that was answered, with the properties of
 *   the creation; and so is one that succeeds where another resource fails.
 * - an update whose answer has another physical id replaces: the old one is deleted when everything else is
 *   done. A rollback deletes the new one instead. A clean-up is tried three times, and does not fail the update.
 * - a failed update is followed by an update back to the old properties. Where that fails too, the user puts
 *   the cause right and continues the rollback, or deletes the stack.
 * - a request may be delivered more than once, and to another process of the function.
 *
 * Observed, and not documented: without an answer, or for a creation that it cancels, CloudFormation makes a
 * physical id up. Which of two physical ids the update of a rollback names, and whether a replaced resource is
 * asked at all, differs between reports: a `Course` says which, and a handler has to be right in each.
 */
import type { CustomResourceHandler } from '../../../lambda/shared/custom-resource.ts';
import type { AnswerSink, OpenRequest, ReceivedAnswer, ResourceRequest } from './custom-resource-harness.ts';

export type Properties = Readonly<Record<string, string | readonly string[]>>;

/** What CloudFormation believes there is. */
export interface LiveResource {
  readonly physicalId: string;
  readonly properties: Properties;
}

/** How a request reaches the function: once; again when it has answered, or at the same time. */
export type Delivery = 'once' | 'again' | 'again-cold' | 'twice-at-once';

export interface Incident {
  /** What Lambda leaves the function, in milliseconds. */
  readonly remainingMs: number;
  /** @default 'once' */
  readonly delivery?: Delivery;
  /** The function is killed: what it puts does not arrive. Its other calls are the disturbance's to cut off. @default false */
  readonly killed?: boolean;
}

/** Called before each request: sets up what is to go wrong in it. */
export type Disturbance = (type: ResourceRequest['type']) => Incident;

/** How a stack operation goes on after this resource's part in it. */
export interface Course {
  /** Another resource fails after this one has succeeded. @default false */
  readonly rolledBack?: boolean;
  /** The physical id that the rollback's update names. @default 'after' */
  readonly rollbackNames?: 'before' | 'after';
  /** A resource that was replaced is put back without being asked. @default false */
  readonly replacedIsPutBack?: boolean;
  /** Where the rollback fails: the user deletes the stack, with the properties of before or after. @default continues the rollback */
  readonly givenUp?: 'before' | 'after' | undefined;
}

export interface DriverOptions {
  /** The function as the template with these properties deploys it: the process that is warm, or a new one. @default the one handler */
  readonly instance?: (deployed: Properties, cold: boolean) => CustomResourceHandler;
}

/** One request, and what became of it. */
export interface Exchange {
  readonly request: ResourceRequest;
  readonly incident: Incident;
  readonly puts: OpenRequest['puts'];
  readonly answer: ReceivedAnswer | undefined;
  /** When each process had to be done, in milliseconds since the epoch. */
  readonly deadlines: readonly number[];
}

const CLEAN_UP_ATTEMPTS = 3;
const IN_PEACE: Incident = { remainingMs: 300_000 };

export class LifecycleDriver {
  readonly exchanges: Exchange[] = [];
  readonly #sink: AnswerSink;
  readonly #disturb: Disturbance;
  readonly #calm: () => void;
  readonly #instance: (deployed: Properties, cold: boolean) => CustomResourceHandler;
  #deployed: Properties = {};
  #live: LiveResource | undefined;
  #madeUp = 0;

  constructor(
    sink: AnswerSink,
    handler: CustomResourceHandler,
    disturb: Disturbance,
    calm: () => void,
    { instance = () => handler }: DriverOptions = {},
  ) {
    this.#sink = sink;
    this.#disturb = disturb;
    this.#calm = calm;
    this.#instance = instance;
  }

  get live(): LiveResource | undefined {
    return this.#live;
  }

  async create(properties: Properties, { rolledBack = false }: Course = {}): Promise<void> {
    this.#deployed = properties;
    const answer = await this.#send({ type: 'Create', properties });
    const made = { physicalId: answer?.PhysicalResourceId ?? this.#makeUp(), properties };
    if (answer?.Status === 'SUCCESS' && !rolledBack) {
      this.#live = made;
    } else {
      await this.#deleteForGood(made);
    }
  }

  /**
   * CloudFormation cancels a creation that is under way, does not wait for its answer, and deletes at once. The
   * deletion is not disturbed: what disturbs it would strike the creation beside it.
   */
  async createCancelled(properties: Properties, running: (creation: Promise<void>) => void): Promise<void> {
    this.#deployed = properties;
    const { remainingMs } = this.#disturb('Create');
    const open = this.#sink.open({ type: 'Create', properties }, true);
    const creation = open.deliver(this.#instance(properties, false), remainingMs).catch(() => {
      // Nobody takes its answer.
    });
    running(creation);
    const made = { physicalId: this.#makeUp(), properties };
    const answer = await this.#send({ type: 'Delete', ...made }, { remainingMs }, true);
    await creation;
    this.#calm();
    if (answer?.Status !== 'SUCCESS') {
      // What disturbs the creation may strike the deletion beside it: the user deletes again.
      await this.#deleteForGood(made);
    }
  }

  async update(properties: Properties, course: Course = {}): Promise<void> {
    const before = this.#live;
    if (before === undefined) {
      return this.create(properties, course);
    }
    this.#deployed = properties;
    const answer = await this.#send(updateOf(before, properties));
    const after = { physicalId: answer?.PhysicalResourceId ?? before.physicalId, properties };
    if (answer?.Status === 'SUCCESS' && !course.rolledBack) {
      this.#live = after;
      await this.#cleanUp([before]);
      return;
    }
    this.#deployed = before.properties;
    const replaced = answer?.Status === 'SUCCESS' && after.physicalId !== before.physicalId;
    if (replaced && course.replacedIsPutBack) {
      await this.#cleanUp([after]);
      return;
    }
    await this.#rollBack(before, after, course);
  }

  async delete(): Promise<void> {
    if (this.#live !== undefined) {
      await this.#deleteForGood(this.#live);
      this.#live = undefined;
    }
  }

  async #rollBack(before: LiveResource, after: LiveResource, course: Course): Promise<void> {
    let current = course.rollbackNames === 'before' ? { ...after, physicalId: before.physicalId } : after;
    const left = [before, after];
    for (const last of [false, true]) {
      const answer = await this.#send(updateOf(current, before.properties), last);
      if (answer?.Status === 'SUCCESS') {
        this.#live = { physicalId: answer.PhysicalResourceId, properties: before.properties };
        await this.#cleanUp(left);
        return;
      }
      if (answer !== undefined) {
        current = { ...current, physicalId: answer.PhysicalResourceId };
        left.push({ ...current, properties: before.properties });
      }
      if (!last && course.givenUp !== undefined) {
        await this.#deleteStack(left, course.givenUp === 'before' ? before.properties : after.properties);
        return;
      }
    }
    throw new Error(`The rollback of an update failed with nothing in its way: ${this.#latestReason()}`);
  }

  /** What is left by an update that could not be rolled back is deleted with the stack. */
  async #deleteStack(left: readonly LiveResource[], properties: Properties): Promise<void> {
    const [before, ...others] = distinct(left);
    for (const other of others.toReversed()) {
      await this.#deleteForGood(other);
    }
    if (before !== undefined) {
      await this.#deleteForGood({
        ...before,
        properties: others.length === 0 ? properties : before.properties,
      });
    }
    this.#live = undefined;
  }

  async #cleanUp(left: readonly LiveResource[]): Promise<void> {
    for (const { physicalId, properties } of distinct(left)) {
      if (physicalId === this.#live?.physicalId) {
        continue;
      }
      const request = { type: 'Delete', properties, physicalId } as const;
      for (let attempt = 1; attempt <= CLEAN_UP_ATTEMPTS; attempt += 1) {
        const answer = await this.#send(request, attempt === CLEAN_UP_ATTEMPTS);
        if (answer?.Status === 'SUCCESS') {
          break;
        }
      }
    }
  }

  /** A deletion may fail, and is then repeated by a user when nothing is in its way. */
  async #deleteForGood({ physicalId, properties }: LiveResource): Promise<void> {
    const request = { type: 'Delete', properties, physicalId } as const;
    for (const last of [false, true]) {
      if ((await this.#send(request, last))?.Status === 'SUCCESS') {
        return;
      }
    }
    throw new Error(`A deletion failed with nothing in its way: ${this.#latestReason()}`);
  }

  /** @param calmly `true` for a request in peace; what is said of it else, instead of asking the disturbance. */
  async #send(
    request: ResourceRequest,
    calmly: boolean | Incident = false,
    cold = false,
  ): Promise<ReceivedAnswer | undefined> {
    const incident = calmly === true ? IN_PEACE : calmly || this.#disturb(request.type);
    const { delivery = 'once', killed = false, remainingMs } = incident;
    const open = this.#sink.open(request, killed);
    const deadlines: number[] = [];
    const deliver = async (toCold: boolean) => {
      deadlines.push(Date.now() + remainingMs);
      try {
        await open.deliver(this.#instance(this.#deployed, toCold), remainingMs);
      } catch (error) {
        // A killed process throws nothing; this one does, for it could not put its answer.
        if (!killed) {
          throw error;
        }
      }
    };
    await (delivery === 'twice-at-once' ? Promise.all([deliver(cold), deliver(true)]) : deliver(cold));
    const answer = open.puts[0]?.answer;
    if (delivery === 'again' || delivery === 'again-cold') {
      this.#calm();
      await deliver(delivery === 'again-cold');
    }
    this.#calm();
    this.exchanges.push({ request, incident, puts: open.puts, answer, deadlines });
    if (answer === undefined && !killed) {
      throw new Error('CloudFormation got no answer.');
    }
    return answer;
  }

  /** As CloudFormation names a resource that has not named itself. */
  #makeUp(): string {
    this.#madeUp += 1;
    return `CloudOne-Resource-${String(this.#madeUp).padStart(12, 'X')}`;
  }

  #latestReason(): string | undefined {
    return this.exchanges.at(-1)?.answer?.Reason;
  }
}

function updateOf(live: LiveResource, properties: Properties): ResourceRequest {
  return { type: 'Update', properties, oldProperties: live.properties, physicalId: live.physicalId };
}

/** One for each physical id, the first of them. */
function distinct(resources: readonly LiveResource[]): LiveResource[] {
  const first = new Map<string, LiveResource>();
  for (const resource of resources) {
    if (!first.has(resource.physicalId)) {
      first.set(resource.physicalId, resource);
    }
  }
  return [...first.values()];
}
