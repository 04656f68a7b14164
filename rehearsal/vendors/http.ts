import type { IncomingHttpHeaders } from 'node:http';

/** One request to a simulated vendor, its body read to the end. */
export interface Call {
  readonly method: string;
  /** The host that the caller would have called, for example `accounts.cloudone.trendmicro.com`. */
  readonly host: string;
  /** The path on that host, percent-encoding as sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The bytes as sent: still compressed if they were. */
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** A service says no. Each vendor writes it in its own error format. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string | undefined;

  constructor(status: number, message: string, code?: string) {
    super(message);
    this.name = 'Refused';
    this.status = status;
    this.code = code;
  }
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

export function noContent(): Reply {
  return { status: 204, headers: {}, body: '' };
}

/** The media type without its parameters, in lower case; empty if the header is missing. */
export function mediaType(headers: IncomingHttpHeaders): string {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  return type.trim().toLowerCase();
}

/** What follows the scheme in `Authorization: <scheme> <credentials>`, or undefined for another scheme. */
export function credentials(headers: IncomingHttpHeaders, scheme: string): string | undefined {
  const [given, value, ...rest] = (headers.authorization ?? '').split(' ');
  return given === scheme && rest.length === 0 ? value : undefined;
}

/**
 * The body as JSON.
 * @throws Refused with 400
 */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    // Recovery: the caller's mistake, answered as such. The text of the error would quote the body: left out.
    if (error instanceof SyntaxError) throw new Refused(400, 'The body is not JSON.');
    throw error;
  }
}
