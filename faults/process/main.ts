/** The process of one Lambda function: loads the bundle as Lambda does, and works at one invocation at a time. */
import { setNow } from './time.ts';
import './names.ts';
import { createRequire, flushCompileCache } from 'node:module';
import type { InvokeReply, InvokeRequest } from './protocol.ts';

const require = createRequire(import.meta.url);
const { handler } = require(process.env.FAULTS_BUNDLE as string) as {
  readonly handler: (event: unknown, context: unknown) => Promise<unknown>;
};

process.on('message', ({ requestId, event, now, timeoutMs }: InvokeRequest) => {
  setNow(now);
  const endsAt = Date.now() + timeoutMs;
  const context = { awsRequestId: requestId, getRemainingTimeInMillis: () => endsAt - Date.now() };
  handler(event, context).then(
    (answer) => reply({ kind: 'answer', requestId, answer: answer ?? null }),
    (error: unknown) => reply({ kind: 'error', requestId, error: String(error) }),
  );
});
process.once('disconnect', () => process.exit());
// Now, because processes of this kind are killed.
flushCompileCache();
reply({ kind: 'ready' });

function reply(message: InvokeReply): void {
  process.send?.(message);
}
