import type { AwsResource } from './resource.ts';

/** Reads every page of a listing, and makes resources of one type of what is on it. */
export async function collect<Page>(
  type: string,
  pages: AsyncIterable<Page>,
  on: (page: Page) => readonly (Omit<AwsResource, 'type'> | string | undefined)[] | undefined,
): Promise<AwsResource[]> {
  const resources: AwsResource[] = [];
  for await (const page of pages) {
    for (const item of on(page) ?? []) {
      if (item !== undefined) resources.push({ type, ...(typeof item === 'string' ? { id: item } : item) });
    }
  }
  return resources;
}
