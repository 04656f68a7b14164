import { parseArgs } from 'node:util';
import { startSimulator } from './simulator.ts';

const USAGE = `Usage: npm run simulator -- [--port N]

Starts the simulated Cloud One, Vision One, AppDynamics and IBM Cloud on 127.0.0.1 and runs until interrupted.

  --port N   the port to listen on (default: a free one)
  --help     this text`;

function parsePort(value: string | undefined): number {
  if (value === undefined) return 0;
  const port = Number(value);
  if (!/^\d+$/.test(value) || port > 65_535) {
    throw new Error(`--port ${value}: expected a number from 0 to 65535.`);
  }
  return port;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const simulator = await startSimulator({ port: parsePort(values.port) });
  const { tenant, url } = simulator;
  console.log(`Simulated vendors at ${url}

A vendor's address goes behind it, for example
  ${url}/accounts.cloudone.trendmicro.com/api/apikeys/<id>

The simulated customer (Cloud One ${tenant.cloudOneRegion}, Vision One ${tenant.visionOneRegion}; nothing here is a real secret)
  Cloud One API key            ${tenant.cloudOneApiKey}
  Vision One enrollment token  ${tenant.visionOneEnrollmentToken}
  Vision One API key           ${tenant.visionOneApiKey}
  HTTP collector               ${tenant.ingestUrl}
  HTTP collector token         ${tenant.ingestToken}
  AppDynamics controller       https://${tenant.appDynamicsHost}
    user and password          ${tenant.appDynamicsUser}@${tenant.appDynamicsAccount}:${tenant.appDynamicsPassword}
    API client and secret      ${tenant.appDynamicsApiClient}@${tenant.appDynamicsAccount}:${tenant.appDynamicsApiClientSecret}
  IBM Cloud HMAC credentials   ${tenant.ibmAccessKeyId}:${tenant.ibmSecretAccessKey} (${tenant.ibmCloudRegion})

What happened so far: ${url}/_sim/state
Stop with Ctrl+C.`);
  const stop = () => void simulator.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

main().catch((error: NodeJS.ErrnoException) => {
  // A person started this: one line tells more than a stack.
  const taken = error.code === 'EADDRINUSE';
  console.error(
    taken ? `${error.message}. Choose another --port, or leave it out for a free one.` : error.message,
  );
  process.exitCode = taken ? 1 : 2;
});
