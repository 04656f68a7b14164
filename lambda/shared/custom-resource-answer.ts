/** CloudFormation's side of a custom resource: the physical id, and the answer put to the response URL. */
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { sendHttp } from './http.ts';
import { withRetries } from './retry.ts';

/** What a custom resource stands for at the other side, and whether it was there before us. */
export interface Registration {
  readonly origin: 'created' | 'adopted';
  /** The other side's own id; stable for the life of the resource. */
  readonly id: string;
}

export interface Answer {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly physicalId: string;
  readonly reason?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** The attributes are too long for CloudFormation, which drops an answer of more than 4,096 bytes. */
export class AttributesTooLongError extends Error {
  override readonly name = 'AttributesTooLongError';
}

const MAXIMUM_ANSWER_BYTES = 4096;
/** Leaves room for the ids and names around the attributes; each of them is bounded by AWS. */
const MAXIMUM_ATTRIBUTE_BYTES = 2500;
const MAXIMUM_REASON_CHARACTERS = 1000;
/** Of a reason that is cut: the beginning names step and cause, the end the cure. */
const KEPT_BEGINNING = 0.6;
/** Together below the time that is kept back for answering, and the grace before it. */
const SEND_ATTEMPTS = 3;
const SEND_TIMEOUT_MS = 2_500;

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

/** @throws AttributesTooLongError while there is still time to undo what the attributes tell of. */
export function assertAttributesFit(attributes: Readonly<Record<string, string>>): void {
  const bytes = Buffer.byteLength(JSON.stringify(attributes));
  if (bytes > MAXIMUM_ATTRIBUTE_BYTES) {
    throw new AttributesTooLongError(
      `its attributes ${Object.keys(attributes).join(', ')} take ${bytes} bytes, ` +
        `but CloudFormation has room for ${MAXIMUM_ATTRIBUTE_BYTES}.`,
    );
  }
}

/** @throws HttpConnectionError or Error where CloudFormation could not be told in three tries. */
export async function sendAnswer(event: CloudFormationCustomResourceEvent, answer: Answer): Promise<void> {
  const body = encodeAnswer(event, answer);
  await withRetries(
    async () => {
      const { status } = await sendHttp({
        method: 'PUT',
        url: new URL(event.ResponseURL),
        // S3 has signed an empty content type into the URL.
        headers: { 'content-type': '' },
        body,
        timeoutMs: SEND_TIMEOUT_MS,
      });
      if (status < 200 || status > 299) {
        throw new Error(`CloudFormation's response URL answered ${status}.`);
      }
    },
    { attempts: SEND_ATTEMPTS, decide: () => ({ retry: true }) },
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
      Reason: reason,
      Data: answer.attributes,
    });
  for (let characters = MAXIMUM_REASON_CHARACTERS; ; characters = Math.floor(characters / 2)) {
    const body = encode(answer.reason === undefined ? undefined : shortened(answer.reason, characters));
    // CloudFormation drops an answer that is too long and waits for its time-out: fewer words are better.
    if (characters === 0 || Buffer.byteLength(body) <= MAXIMUM_ANSWER_BYTES) {
      return body;
    }
  }
}

/** @param characters Unicode code points, so that none is cut in two. */
function shortened(reason: string, characters: number): string {
  const all = [...reason];
  if (all.length <= characters) {
    return reason;
  }
  const beginning = Math.floor(characters * KEPT_BEGINNING);
  return `${all.slice(0, beginning).join('')} … ${all.slice(all.length - (characters - beginning)).join('')}`;
}
