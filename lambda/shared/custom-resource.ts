/**
 * The one way to write a custom resource: a definition says what create, update and delete do, this file
 * keeps CloudFormation's side of the bargain.
 *
 * What it promises, whatever the definition does:
 * - CloudFormation has its answer before the function's own time-out, in at most 4,096 bytes.
 * - A failed creation undoes what it did. Where even that fails, the answer's physical id still names what
 *   is left, so that the Delete which CloudFormation sends next gets a second chance.
 * - The physical id tells a registration that we created from one that was there before us. The latter is
 *   adopted, and left alone on delete.
 * - A Delete that comes although the creation never answered (it was killed, or CloudFormation cancelled it
 *   and may have overtaken it) looks for what is provably ours, and looks again.
 * - A request that is delivered twice to the same process is carried out once and answered twice.
 * - No event, response URL or secret is logged.
 *
 * Source: AWS CloudFormation User Guide, "Custom resource reference".
 */
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { faultsOf } from '../../contract/faults.ts';
import {
  type Answer,
  assertAttributesFit,
  physicalIdOf,
  type Registration,
  registrationOf,
  sendAnswer,
} from './custom-resource-answer.ts';
import {
  deletionFailed,
  LATE_CREATION_PAUSES_MS,
  MAYBE_LEFT,
  NOTHING_LEFT,
  performDeletion,
} from './custom-resource-deletion.ts';
import { messageOf, reasonOf } from './custom-resource-reason.ts';
import { planTime, settleBy, type TimePlan } from './deadline.ts';
import { logger } from './logger.ts';

export { physicalIdOf, type Registration, registrationOf } from './custom-resource-answer.ts';

export interface Outcome {
  readonly registration: Registration;
  /** Attributes for `Fn::GetAtt`. Never a secret: everyone who may describe the stack can read them. */
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface Undo {
  /** What is left if `run` fails: it becomes the answer's physical id, for CloudFormation's own Delete. */
  readonly registration?: Registration;
  /**
   * For an update that replaces: what is left beside the registration that CloudFormation knows, and has no
   * id yet. The answer's physical id then makes CloudFormation send a Delete for it. @default false
   */
  readonly besideKnown?: boolean;
  run(signal: AbortSignal): Promise<unknown>;
}

export interface CreateRequest<P> {
  readonly properties: P;
  /** The ARN of the stack. */
  readonly stackId: string;
  /** Aborted in time to clean up and to answer. */
  readonly signal: AbortSignal;
  /** Registers what must be undone should the rest fail; last registered, first undone. */
  undoOnFailure(undo: Undo): void;
}

export interface UpdateRequest<P> extends CreateRequest<P> {
  readonly registration: Registration;
  /** `undefined` where an earlier version of this resource had other properties. */
  readonly oldProperties: P | undefined;
}

export interface DeleteRequest<P> {
  /** `undefined` where the creation never answered, or failed: then only what is provably ours may go. */
  readonly registration: Registration | undefined;
  /** `undefined` where the properties were what made the creation fail. */
  readonly properties: P | undefined;
  readonly stackId: string;
  readonly signal: AbortSignal;
}

/**
 * A schema of Zod's, of either variant: what stands in a template is written with the small one.
 */
export type PropertiesSchema<P> = z.core.$ZodType<P>;

export interface CustomResourceDefinition<P> {
  /** What it is about, as its messages begin: "Workload Security connector". */
  readonly step: string;
  readonly properties: PropertiesSchema<P>;
  /**
   * Whether `delete` can tell without a registration what is ours. Only then is it asked after a creation
   * that was undone (the same request may have been delivered to another process too), and asked again for a
   * while after one that never answered (which may still be under way). @default false
   */
  readonly knowsItsOwn?: boolean;
  /** Looks before it creates: finds, adopts, or makes. */
  create(request: CreateRequest<P>): Promise<Outcome>;
  /**
   * An outcome with another registration id replaces the resource: CloudFormation then deletes the old.
   * What we created stays ours under the same id, whatever origin the outcome says: otherwise CloudFormation
   * would take it for a replacement, and delete what is still in use.
   */
  update(request: UpdateRequest<P>): Promise<Outcome>;
  /** What is gone already counts as deleted. */
  delete(request: DeleteRequest<P>): Promise<void>;
}

export type CustomResourceHandler = (
  event: CloudFormationCustomResourceEvent,
  context: Context,
) => Promise<void>;

export interface HandlerOptions {
  /** Milliseconds before each further look for what a creation that never answered makes. @default LATE_CREATION_PAUSES_MS */
  readonly lateCreationPausesMs?: readonly number[];
}

/** An update cannot be told from the rollback of one, which the user has to continue by hand where it fails. */
const ROLLBACK_CURE =
  ' Should the stack now be in UPDATE_ROLLBACK_FAILED, put that right and continue the rollback.';

/** Requests whose answers are remembered, against repeated delivery. */
const REMEMBERED_ANSWERS = 20;

/**
 * Makes the Lambda handler of a custom resource.
 *
 * @param define makes the definition. It is called for each request, not when the function starts: what
 * it finds wrong (an environment, a parameter) must reach CloudFormation, which otherwise waits in vain.
 */
export function customResourceHandler<P>(
  define: () => CustomResourceDefinition<P>,
  { lateCreationPausesMs = LATE_CREATION_PAUSES_MS }: HandlerOptions = {},
): CustomResourceHandler {
  const answers = new Map<string, Promise<Answer>>();
  return async (event, context) => {
    logger.info('Custom resource request', {
      requestType: event.RequestType,
      logicalId: event.LogicalResourceId,
      stackId: event.StackId,
    });
    const request = [event.StackId, event.LogicalResourceId, event.RequestType, event.RequestId].join(' ');
    const answering =
      answers.get(request) ??
      perform(define, event, planTime(context.getRemainingTimeInMillis()), lateCreationPausesMs);
    answers.set(request, answering);
    for (const oldest of [...answers.keys()].slice(0, -REMEMBERED_ANSWERS)) {
      answers.delete(oldest);
    }
    const answer = await answering;
    logger.info('Custom resource answer', { ...answer, attributes: Object.keys(answer.attributes ?? {}) });
    await sendAnswer(event, answer);
  };
}

async function perform<P>(
  define: () => CustomResourceDefinition<P>,
  event: CloudFormationCustomResourceEvent,
  time: TimePlan,
  lateCreationPausesMs: readonly number[],
): Promise<Answer> {
  if (event.RequestType === 'Delete' && registrationOf(event.PhysicalResourceId)?.origin === 'adopted') {
    // What was there before us stays.
    return { status: 'SUCCESS', physicalId: event.PhysicalResourceId };
  }
  let definition: CustomResourceDefinition<P>;
  try {
    definition = define();
  } catch (error) {
    // CloudFormation must be told: it waits for its time-out otherwise.
    if (event.RequestType !== 'Delete') {
      return changeFailed(event, messageOf(error));
    }
    const { PhysicalResourceId: physicalId } = event;
    return physicalId.startsWith(NOTHING_LEFT)
      ? { status: 'SUCCESS', physicalId }
      : deletionFailed(event, messageOf(error));
  }
  switch (event.RequestType) {
    case 'Create':
      return performChange(definition, event, time, (request) => definition.create(request));
    case 'Update': {
      const registration = registrationOf(event.PhysicalResourceId);
      const oldProperties = z.safeParse(definition.properties, event.OldResourceProperties).data;
      return performChange(definition, event, time, async (request) =>
        registration === undefined
          ? definition.create(request)
          : keepingOrigin(registration, await definition.update({ ...request, registration, oldProperties })),
      );
    }
    case 'Delete':
      return performDeletion(definition, event, time, lateCreationPausesMs);
  }
}

type Left = Pick<Undo, 'registration' | 'besideKnown'>;

/** @param left what is left of the change, where it is not what was there before. */
function changeFailed(event: CloudFormationCustomResourceEvent, reason: string, left?: Left): Answer {
  logger.error('Custom resource failed', { logicalId: event.LogicalResourceId, reason });
  const before = event.RequestType === 'Create' || left?.besideKnown ? undefined : event.PhysicalResourceId;
  const otherwise = (left === undefined ? NOTHING_LEFT : MAYBE_LEFT) + event.RequestId;
  const physicalId =
    left?.registration === undefined ? (before ?? otherwise) : physicalIdOf(left.registration);
  return { status: 'FAILED', physicalId, reason };
}

async function performChange<P>(
  definition: CustomResourceDefinition<P>,
  event: CloudFormationCustomResourceEvent,
  time: TimePlan,
  act: (request: CreateRequest<P>) => Promise<Outcome>,
): Promise<Answer> {
  const undos: Undo[] = [];
  try {
    const signal = time.actUntil();
    const request = {
      properties: parseProperties(definition, event),
      stackId: event.StackId,
      signal,
      undoOnFailure: (undo: Undo) => undos.push(undo),
    };
    const { registration, attributes = {} } = await settleBy(act(request), signal);
    assertAttributesFit(attributes);
    return { status: 'SUCCESS', physicalId: physicalIdOf(registration), attributes };
  } catch (error) {
    // Whatever it was, CloudFormation must be told, and what was done so far be undone.
    const reason = reasonOf(definition, error) + (event.RequestType === 'Update' ? ROLLBACK_CURE : '');
    const left = await undoAll(undos, time.undoUntil());
    return left === undefined
      ? changeFailed(event, reason)
      : changeFailed(event, `${reason} Undoing it failed too: ${left.faults}`, left);
  }
}

function keepingOrigin(before: Registration, outcome: Outcome): Outcome {
  const { id, origin } = outcome.registration;
  return before.origin === 'created' && origin === 'adopted' && before.id === id
    ? { ...outcome, registration: before }
    : outcome;
}

function parseProperties<P>(
  definition: CustomResourceDefinition<P>,
  event: CloudFormationCustomResourceEvent,
): P {
  const parsed = z.safeParse(definition.properties, event.ResourceProperties);
  if (parsed.success) {
    return parsed.data;
  }
  throw new Error(
    `the properties of ${event.LogicalResourceId} are not what it takes (${faultsOf(parsed.error, 'properties')}).`,
  );
}

/** Runs every undo, the latest first, and tells what could not be undone. */
async function undoAll(
  undos: readonly Undo[],
  signal: AbortSignal,
): Promise<(Left & { readonly faults: string }) | undefined> {
  const failed: (Undo & { readonly fault: string })[] = [];
  for (const undo of undos.toReversed()) {
    try {
      await settleBy(undo.run(signal), signal);
    } catch (error) {
      // The other undos must still run; what failed is told to the user with the rest.
      failed.push({ ...undo, fault: messageOf(error) });
    }
  }
  if (failed.length === 0) {
    return undefined;
  }
  const registration = failed.find((undo) => undo.registration !== undefined)?.registration;
  const faults = failed.map(({ fault }) => fault).join(' ');
  return { registration, besideKnown: failed.some((undo) => undo.besideKnown === true), faults };
}
