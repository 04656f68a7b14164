import type { Fault } from './faults.ts';
import { json, type Reply } from './http.ts';

/** What is sent, and how: whole, cut off after half of it, or not at all. */
export type Delivery =
  | { readonly kind: 'whole' | 'cut'; readonly reply: Reply }
  | { readonly kind: 'reset' | 'hang' | 'drip' };

/** Whether the real operation has to run: for its effect, or because the fault works on its answer. */
export function needsRealAnswer(fault: Fault): boolean {
  if (fault.afterEffect) return true;
  if (fault.action === 'truncate' || fault.action === 'reset-mid-body') return !replacesAnswer(fault);
  return fault.action === undefined && !replacesAnswer(fault);
}

function firstHalf(body: Reply['body']): Reply['body'] {
  const half = body.length / 2;
  return typeof body === 'string' ? body.slice(0, half) : body.subarray(0, half);
}

function replacesAnswer(fault: Fault): boolean {
  return fault.status !== undefined || fault.body !== undefined;
}

/**
 * The answer under a fault.
 * @param path what was asked for
 * @param real the real answer, where there is one (see needsRealAnswer)
 */
export function deliver(fault: Fault, path: string, real: Reply | undefined): Delivery {
  switch (fault.action) {
    case 'reset':
    case 'hang':
    case 'drip':
      return { kind: fault.action };
    case 'truncate': {
      const reply = faulty(fault, real);
      return { kind: 'whole', reply: { ...reply, body: firstHalf(reply.body) } };
    }
    case 'reset-mid-body':
      return { kind: 'cut', reply: faulty(fault, real) };
    case 'html':
      return { kind: 'whole', reply: htmlPage(fault) };
    case 'redirect':
      return { kind: 'whole', reply: redirect(fault, path) };
    default:
      return { kind: 'whole', reply: faulty(fault, real) };
  }
}

function faulty(fault: Fault, real: Reply | undefined): Reply {
  if (replacesAnswer(fault) || real === undefined) return made(fault);
  return { ...real, headers: { ...real.headers, ...fault.headers } };
}

function made(fault: Fault): Reply {
  const { status = 200, body = { message: `Simulated fault${fault.name ? ` "${fault.name}"` : ''}.` } } =
    fault;
  // Cloud One documents Retry-After for 429. Headers given, even none, take its place.
  const headers = fault.headers ?? (status === 429 ? { 'retry-after': '1' } : {});
  if (typeof body !== 'string') return json(status, body, headers);
  return { status, headers: { 'content-type': 'text/plain', ...headers }, body };
}

function htmlPage(fault: Fault): Reply {
  const page =
    '<!doctype html><html><head><title>Sign in</title></head><body>Simulated proxy page</body></html>';
  return {
    status: fault.status ?? 200,
    headers: { 'content-type': 'text/html; charset=utf-8', ...fault.headers },
    body: typeof fault.body === 'string' ? fault.body : page,
  };
}

/** A client that follows, and takes its credentials along, shows in the list of calls under this host. */
function redirect(fault: Fault, path: string): Reply {
  const location = `/redirected.invalid${path}`;
  return { status: fault.status ?? 302, headers: { location, ...fault.headers }, body: '' };
}
