import type { IncomingMessage } from 'node:http';

/** No call needs more; a client gone wrong must not fill the memory of the machine. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;

export class BodyTooLarge extends Error {
  constructor() {
    super(`The body is larger than ${MAX_BODY_BYTES} bytes, the most that the simulator reads.`);
    this.name = 'BodyTooLarge';
  }
}

/**
 * The whole body as sent.
 * @throws BodyTooLarge
 * @throws Error with code ECONNRESET when the caller gives up while sending
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw new BodyTooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
