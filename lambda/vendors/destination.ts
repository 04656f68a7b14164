/** What the forwarder needs of a destination, whichever it is. Each adapter is one file beside this one. */
import {
  HttpConnectionError,
  type HttpResponse,
  HttpResponseTooLargeError,
  sendHttp,
} from '../shared/http.ts';
import { isHtml, remoteWords } from '../shared/remote-words.ts';
import { retryAfterMs } from '../shared/retry.ts';

/**
 * - `records-document`: a gzip document `{"Records":[…]}`, CloudTrail's own form.
 * - `json-lines`: one record a line, not compressed.
 */
export type PartFormat = 'records-document' | 'json-lines';

/** What is sent in one request: some consecutive records of one object. */
export interface OutgoingPart {
  readonly body: Buffer | readonly Buffer[];
  readonly records: number;
  /** The same for the same records of the same object, whoever sends them and however often. */
  readonly idempotencyKey: string;
}

/** How a destination answered. `detail` is a sentence for a person, without secrets. */
export type SendOutcome =
  | { readonly status: 'accepted' }
  /** Another try may succeed. `afterMs` is how long the destination asked to wait. */
  | { readonly status: 'retryable'; readonly detail: string; readonly afterMs?: number }
  /** The token was not accepted. */
  | { readonly status: 'unauthorized'; readonly detail: string }
  | { readonly status: 'too-large'; readonly detail: string }
  /** The destination understood and says no to this content: another try would get the same answer. */
  | { readonly status: 'refused'; readonly detail: string };

export interface Destination {
  /** The value of the parameter `ForwardingDestination`; what the ledger notes. */
  readonly name: string;
  readonly format: PartFormat;
  /** Bytes of a body, as sent. A single record that is larger goes alone all the same. */
  readonly maximumPartBytes: number;
  /** Tries once. Never rejects for anything that the other side or the network does. */
  send(part: OutgoingPart, token: string, signal: AbortSignal): Promise<SendOutcome>;
}

export interface PartRequest {
  /** As sentences name it: "Vision One's collector". */
  readonly receiver: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: OutgoingPart['body'];
  readonly signal: AbortSignal;
}

/** For one part; generous, because a slow answer that is not waited for becomes a duplicate. */
const SEND_TIMEOUT_MS = 30_000;

/**
 * Statuses about the content. Every other refusal is about the way (a wrong address, a proxy, an outage)
 * and may pass, so that it must not condemn the object.
 */
const CONTENT_REFUSED = new Set([400, 409, 415, 422]);

/** Posts a part and classifies the answer: what all destinations have in common. */
export async function postPart(request: PartRequest): Promise<SendOutcome> {
  const { receiver, url, headers, body, signal } = request;
  try {
    const response = await sendHttp({
      method: 'POST',
      url,
      headers,
      body,
      timeoutMs: SEND_TIMEOUT_MS,
      signal,
    });
    return outcomeOf(receiver, response, tokensOf(headers));
  } catch (error) {
    if (error instanceof HttpConnectionError || error instanceof HttpResponseTooLargeError) {
      return { status: 'retryable', detail: `No usable answer from ${receiver}: ${error.message}` };
    }
    throw error;
  }
}

/** Classifies an answer by its status (RFC 9110, section 15) and by whether it is a proxy's page. */
export function outcomeOf(
  receiver: string,
  response: HttpResponse,
  secrets: readonly string[] = [],
): SendOutcome {
  const { status } = response;
  const detail = `${receiver} answered ${status}${remoteWords(response, secrets)}.`;
  if (status >= 200 && status <= 299) {
    // Proxies and captive portals answer 200 with a page. What they swallowed, nobody has.
    return isHtml(response)
      ? {
          status: 'retryable',
          detail: `${detail} A proxy seems to answer in its place: nothing counts as delivered.`,
        }
      : { status: 'accepted' };
  }
  if (status === 401 || status === 403) {
    return { status: 'unauthorized', detail };
  }
  if (status === 413) {
    return { status: 'too-large', detail };
  }
  if (CONTENT_REFUSED.has(status)) {
    return { status: 'refused', detail };
  }
  const afterMs = retryAfterMs(response.headers['retry-after']);
  return { status: 'retryable', detail, afterMs };
}

/** What must not be shown again, should the destination echo our request. */
function tokensOf(headers: PartRequest['headers']): string[] {
  const credential = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  return credential === undefined ? [] : [credential.replace(/^\S+\s+/, '')];
}
