import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { IbmUpstream } from './audit-settings.ts';
import { type Call, Refused, type Reply } from './http.ts';

/** What goes on to the real S3; the credentials do not. */
const PASSED_ON = ['range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'];

/** What comes back. The length is set anew, but for an answer without a body. */
const PASSED_BACK =
  /^(?:content-(?:type|encoding|range)|etag|last-modified|accept-ranges|x-amz-(?!id-2|request-id).*)$/;

/**
 * Asks the S3 behind the simulated object storage, byte for byte: nothing is unpacked on the way.
 *
 * @throws Refused with 503 where it does not answer
 */
export async function fetchUpstream({ url, region = 'us-east-1' }: IbmUpstream, call: Call): Promise<Reply> {
  const query = [...call.query]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  const answer = await asked(`${url}${call.path}${query === '' ? '' : `?${query}`}`, call, region);
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  const length = answer.headers['content-length'];
  return {
    status: answer.statusCode ?? 502,
    headers: {
      ...textHeaders(answer, (name) => PASSED_BACK.test(name)),
      ...(call.method === 'HEAD' && length !== undefined && { 'content-length': length }),
    },
    body: Buffer.concat(chunks),
  };
}

async function asked(url: string, call: Call, region: string): Promise<IncomingMessage> {
  const outgoing = request(url, {
    method: call.method,
    headers: {
      ...textHeaders(call, (name) => PASSED_ON.includes(name)),
      authorization: authorization(region),
    },
  });
  outgoing.end();
  try {
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    return answer;
  } catch (error) {
    // Recovery: the caller learns that the bucket behind this host is not there, and may try again.
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new Refused(503, `No answer from ${new URL(url).host}: ${code} ${message}`, 'ServiceUnavailable');
  }
}

/** A local AWS takes the region, and the account, from here, and looks at no signature. */
function authorization(region: string): string {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  return `AWS4-HMAC-SHA256 Credential=test/${day}/${region}/s3/aws4_request, SignedHeaders=host, Signature=simulated`;
}

function textHeaders(
  { headers }: Pick<Call, 'headers'>,
  isWanted: (name: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && isWanted(name) ? [[name, value]] : [],
    ),
  );
}
