import { setTimeout as sleep } from 'node:timers/promises';

/** What an emulator says about itself. */
export interface Health {
  readonly name: string;
  readonly version: string;
}

// MiniStack and LocalStack each have their own page; MiniStack also serves LocalStack's, so its own comes first.
const pages = [
  ['MiniStack', '/_ministack/health'],
  ['LocalStack', '/_localstack/health'],
] as const;

/** Asks an emulator for its health until it answers or the time is up, then gives `undefined`. */
export async function waitForHealth(endpoint: string, limitMs: number): Promise<Health | undefined> {
  const deadline = Date.now() + limitMs;
  do {
    const health = await askHealth(endpoint);
    if (health) return health;
    await sleep(50);
  } while (Date.now() < deadline);
  return undefined;
}

async function askHealth(endpoint: string): Promise<Health | undefined> {
  for (const [name, page] of pages) {
    try {
      const response = await fetch(new URL(page, endpoint), { signal: AbortSignal.timeout(5000) });
      const body: unknown = response.ok ? await response.json() : undefined;
      if (body) return { name, version: String((body as { version?: unknown }).version ?? 'unknown') };
    } catch {
      // Not up yet, or not this kind: asked again until the time is up.
    }
  }
  return undefined;
}
