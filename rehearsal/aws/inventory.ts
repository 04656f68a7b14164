import { clientsFor } from './inventory/clients.ts';
import { globalListers, regionalListers } from './inventory/listers.ts';
import type { AwsResource } from './inventory/resource.ts';
import type { LocalAws } from './local-aws.ts';

export type { AwsResource } from './inventory/resource.ts';

/**
 * Everything in the account that a stack of ours could leave behind, sorted by type and id. What AWS itself owns is not
 * listed: managed policies, managed keys, the default event bus.
 *
 * @param regions where to look for what belongs to a region
 */
export async function inventory(
  aws: LocalAws,
  regions: readonly string[] = [aws.region],
): Promise<AwsResource[]> {
  const everywhere = ask(aws, aws.region, globalListers);
  const byRegion = regions.map((region) => ask(aws, region, regionalListers));
  const found = (await Promise.all([everywhere, ...byRegion])).flat();
  return found.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/**
 * What is in the second inventory and not in the first, by type and id: a bucket that has gained an object, or a key
 * whose deletion is now scheduled, was there before.
 */
export function difference(before: readonly AwsResource[], after: readonly AwsResource[]): AwsResource[] {
  const known = new Set(before.map(keyOf));
  return after.filter((resource) => !known.has(keyOf(resource)));
}

async function ask(aws: LocalAws, region: string, listers: typeof globalListers): Promise<AwsResource[]> {
  const clients = clientsFor(aws, region);
  try {
    return (await Promise.all(listers.map((list) => list(clients)))).flat();
  } finally {
    for (const client of Object.values(clients)) {
      // What is asked with `fetch` holds nothing.
      if ('destroy' in client) client.destroy();
    }
  }
}

const keyOf = ({ type, id }: AwsResource): string => `${type} ${id}`;
