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
 * - No event, response URL or secret is logged.
 *
 * Source: AWS CloudFormation User Guide, "Custom resource reference".
 */
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { z } from 'zod';
import { sendHttp } from './http.ts';
import { logger } from './logger.ts';
import { withRetries } from './retry.ts';

/** What a custom resource stands for at the other side, and whether it was there before us. */
export interface Registration {
  readonly origin: 'created' | 'adopted';
  /** The other side's own id; stable for the life of the resource. */
  readonly id: string;
}

export interface Outcome {
  readonly registration: Registration;
  /** Attributes for `Fn::GetAtt`. Never a secret: everyone who may describe the stack can read them. */
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface Undo {
  /** What is left if `run` fails: it becomes the answer's physical id, for CloudFormation's own Delete. */
  readonly registration?: Registration;
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
  /** `undefined` where the creation failed or never answered: then only what is provably ours may go. */
  readonly registration: Registration | undefined;
  /** `undefined` where the properties were what made the creation fail. */
  readonly properties: P | undefined;
  readonly stackId: string;
  readonly signal: AbortSignal;
}

export interface CustomResourceDefinition<P> {
  /** What it does, as its messages begin: "Registering the cloud account". */
  readonly step: string;
  readonly properties: z.ZodType<P>;
  /** Looks before it creates: finds, adopts, or makes. */
  create(request: CreateRequest<P>): Promise<Outcome>;
  /** An outcome with another registration id replaces the resource: CloudFormation then deletes the old. */
  update(request: UpdateRequest<P>): Promise<Outcome>;
  /** What is gone already counts as deleted. */
  delete(request: DeleteRequest<P>): Promise<void>;
}

export type CustomResourceHandler = (
  event: CloudFormationCustomResourceEvent,
  context: Context,
) => Promise<void>;

const MAXIMUM_ANSWER_BYTES = 4096;
const MAXIMUM_REASON_CHARACTERS = 1000;
/** Kept back for undoing a failed creation. */
const UNDO_RESERVE_MS = 30_000;
/** Kept back for answering CloudFormation. */
const ANSWER_RESERVE_MS = 10_000;
const FAILED_CREATION = 'failed';

/** Read before the resource's own properties; every custom resource of ours takes it. */
const commonProperties = z.object({ OnVendorDeleteFailure: z.enum(['Fail', 'Continue']).default('Fail') });

interface Answer {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly physicalId: string;
  readonly reason?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Makes the Lambda handler of a custom resource. */
export function customResourceHandler<P>(definition: CustomResourceDefinition<P>): CustomResourceHandler {
  return async (event, context) => {
    logger.info('Custom resource request', {
      step: definition.step,
      requestType: event.RequestType,
      logicalId: event.LogicalResourceId,
      stackId: event.StackId,
    });
    const answer = await perform(definition, event, context);
    logger.info('Custom resource answer', { ...answer, attributes: Object.keys(answer.attributes ?? {}) });
    await sendAnswer(event, answer);
  };
}

/** Reads a physical id that `physicalIdOf` wrote; `undefined` for any other, such as a failed creation's. */
export function registrationOf(physicalId: string): Registration | undefined {
  const separator = physicalId.indexOf(':');
  const origin = physicalId.slice(0, separator);
  if (origin !== 'created' && origin !== 'adopted') {
    return undefined;
  }
  return { origin, id: physicalId.slice(separator + 1) };
}

export function physicalIdOf({ origin, id }: Registration): string {
  return `${origin}:${id}`;
}

function perform<P>(
  definition: CustomResourceDefinition<P>,
  event: CloudFormationCustomResourceEvent,
  context: Context,
): Promise<Answer> {
  switch (event.RequestType) {
    case 'Create':
      return performCreation(definition, event, context, `${FAILED_CREATION}:${event.RequestId}`, (request) =>
        definition.create(request),
      );
    case 'Update': {
      const registration = registrationOf(event.PhysicalResourceId);
      const oldProperties = definition.properties.safeParse(event.OldResourceProperties).data;
      return performCreation(definition, event, context, event.PhysicalResourceId, (request) =>
        registration === undefined
          ? definition.create(request)
          : definition.update({ ...request, registration, oldProperties }),
      );
    }
    case 'Delete':
      return performDeletion(definition, event, context);
  }
}

async function performCreation<P>(
  definition: CustomResourceDefinition<P>,
  event: CloudFormationCustomResourceEvent,
  context: Context,
  physicalIdOnFailure: string,
  act: (request: CreateRequest<P>) => Promise<Outcome>,
): Promise<Answer> {
  const undos: Undo[] = [];
  try {
    const { registration, attributes = {} } = await act({
      properties: parseProperties(definition, event),
      stackId: event.StackId,
      signal: timeLeft(context, UNDO_RESERVE_MS + ANSWER_RESERVE_MS),
      undoOnFailure: (undo) => undos.push(undo),
    });
    return { status: 'SUCCESS', physicalId: physicalIdOf(registration), attributes };
  } catch (error) {
    const reason = reasonOf(definition, error);
    logger.error('Custom resource failed', { step: definition.step, reason });
    const left = await undoAll(undos, timeLeft(context, ANSWER_RESERVE_MS));
    return {
      status: 'FAILED',
      physicalId: left?.registration === undefined ? physicalIdOnFailure : physicalIdOf(left.registration),
      reason: left === undefined ? reason : `${reason} Undoing it failed too: ${left.faults}`,
    };
  }
}

async function performDeletion<P>(
  definition: CustomResourceDefinition<P>,
  event: CloudFormationCustomResourceEvent & { PhysicalResourceId: string },
  context: Context,
): Promise<Answer> {
  const physicalId = event.PhysicalResourceId;
  const registration = registrationOf(physicalId);
  if (registration?.origin === 'adopted') {
    return { status: 'SUCCESS', physicalId };
  }
  try {
    await definition.delete({
      registration,
      properties: definition.properties.safeParse(event.ResourceProperties).data,
      stackId: event.StackId,
      signal: timeLeft(context, ANSWER_RESERVE_MS),
    });
    return { status: 'SUCCESS', physicalId };
  } catch (error) {
    const reason = `${reasonOf(definition, error)} To delete the stack without undoing this, set OnVendorDeleteFailure to Continue.`;
    const { OnVendorDeleteFailure } = commonProperties.parse(event.ResourceProperties);
    logger.error('Deletion failed', { step: definition.step, reason, OnVendorDeleteFailure });
    return { status: OnVendorDeleteFailure === 'Continue' ? 'SUCCESS' : 'FAILED', physicalId, reason };
  }
}

function parseProperties<P>(
  definition: CustomResourceDefinition<P>,
  event: CloudFormationCustomResourceEvent,
): P {
  const parsed = definition.properties.safeParse(event.ResourceProperties);
  if (parsed.success) {
    return parsed.data;
  }
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(
    `the properties of ${event.LogicalResourceId} are not what it takes (${faults.join('; ')}).`,
  );
}

/** Runs every undo, the latest first, and tells what could not be undone. */
async function undoAll(
  undos: readonly Undo[],
  signal: AbortSignal,
): Promise<{ readonly registration?: Registration; readonly faults: string } | undefined> {
  const failed: { registration?: Registration; fault: string }[] = [];
  for (const undo of undos.toReversed()) {
    try {
      await undo.run(signal);
    } catch (error) {
      // The other undos must still run; what failed is told to the user with the rest.
      failed.push({ ...undo, fault: (error as Error).message });
    }
  }
  if (failed.length === 0) {
    return undefined;
  }
  const registration = failed.find((undo) => undo.registration !== undefined)?.registration;
  const faults = failed.map(({ fault }) => fault).join(' ');
  return registration === undefined ? { faults } : { registration, faults };
}

function reasonOf<P>(definition: CustomResourceDefinition<P>, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.startsWith(definition.step) ? message : `${definition.step}: ${message}`;
}

function timeLeft(context: Context, reserveMs: number): AbortSignal {
  return AbortSignal.timeout(Math.max(1000, context.getRemainingTimeInMillis() - reserveMs));
}

async function sendAnswer(event: CloudFormationCustomResourceEvent, answer: Answer): Promise<void> {
  const body = encodeAnswer(event, answer);
  await withRetries(
    async () => {
      const { status } = await sendHttp({
        method: 'PUT',
        url: new URL(event.ResponseURL),
        // S3 has signed an empty content type into the URL.
        headers: { 'content-type': '' },
        body,
        timeoutMs: 5_000,
      });
      if (status < 200 || status > 299) {
        throw new Error(`CloudFormation's response URL answered ${status}.`);
      }
    },
    { attempts: 3, decide: () => ({ retry: true }) },
  );
}

function encodeAnswer(event: CloudFormationCustomResourceEvent, answer: Answer): string {
  const encode = (reason: string | undefined) =>
    JSON.stringify({
      Status: answer.status,
      PhysicalResourceId: answer.physicalId,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
      ...(reason === undefined ? {} : { Reason: reason }),
      ...(answer.attributes === undefined ? {} : { Data: answer.attributes }),
    });
  const body = encode(answer.reason?.slice(0, MAXIMUM_REASON_CHARACTERS));
  if (Buffer.byteLength(body) <= MAXIMUM_ANSWER_BYTES) {
    return body;
  }
  // CloudFormation drops an answer that is too long and waits for its time-out: shorter words are better.
  return encode(answer.reason?.slice(0, 200));
}
