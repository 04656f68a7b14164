/** The process of one function, which is measured: `function.ts BUNDLE` loads the handler as Lambda does, and nothing else. */
import { createRequire } from 'node:module';
import type { FunctionReply, FunctionRequest } from './protocol.ts';

const { handler } = createRequire(import.meta.url)(process.argv[2] as string) as {
  readonly handler: (event: unknown, context: unknown) => Promise<unknown>;
};
let invocations = 0;

process.on('message', ({ timeoutMs }: FunctionRequest) => {
  const processor = process.cpuUsage();
  const begunAt = performance.now();
  invocations += 1;
  const context = {
    awsRequestId: `${process.pid}-${invocations}`,
    getRemainingTimeInMillis: () => timeoutMs - (performance.now() - begunAt),
  };
  const reply = (error?: string) => {
    const { user, system } = process.cpuUsage(processor);
    process.send?.({
      seconds: (performance.now() - begunAt) / 1000,
      processorSeconds: (user + system) / 1e6,
      peakRssMB: process.resourceUsage().maxRSS / 1024,
      ...(error === undefined ? {} : { error }),
    } satisfies FunctionReply);
  };
  handler({}, context).then(
    () => reply(),
    (error: unknown) => reply(String(error)),
  );
});
process.once('disconnect', () => process.exit());
