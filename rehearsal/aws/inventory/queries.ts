import * as z from 'zod';
import type { JsonService } from './json-service.ts';
import type { Lister } from './listers.ts';
import type { AwsResource } from './resource.ts';

const named = z.object({ Name: z.string() });
const pageOf = <Item extends z.ZodType>(member: string, item: Item) =>
  z.object({ [member]: z.array(item).default([]), NextToken: z.string().nullish() }) as z.ZodType<{
    readonly [name: string]: readonly z.infer<Item>[] | string | null | undefined;
  }>;

/** Every item of a listing, page by page. */
async function all<Item extends z.ZodType>(
  service: JsonService,
  action: string,
  member: string,
  item: Item,
  input: object = {},
): Promise<z.infer<Item>[]> {
  const found: z.infer<Item>[] = [];
  let NextToken: string | undefined;
  do {
    const page = pageOf(member, item).parse(await service(action, { ...input, NextToken }));
    found.push(...(page[member] as readonly z.infer<Item>[]));
    NextToken = (page.NextToken as string | null | undefined) ?? undefined;
  } while (NextToken !== undefined);
  return found;
}

const databaseNames = async (glue: JsonService): Promise<string[]> =>
  (await all(glue, 'GetDatabases', 'DatabaseList', named)).map(({ Name }) => Name);

/** Without the one that every account has. */
export const databases: Lister = async ({ glue }) =>
  (await databaseNames(glue))
    .filter((name) => name !== 'default')
    .map((id) => ({ type: 'AWS::Glue::Database', id }));

/** By the database's name and its own. */
export const databaseTables: Lister = async ({ glue }) => {
  const tables = await Promise.all(
    (await databaseNames(glue)).map(async (DatabaseName) =>
      (await all(glue, 'GetTables', 'TableList', named, { DatabaseName })).map(
        ({ Name }): AwsResource => ({ type: 'AWS::Glue::Table', id: `${DatabaseName}/${Name}` }),
      ),
    ),
  );
  return tables.flat();
};

const workGroupNames = async (athena: JsonService): Promise<string[]> =>
  (await all(athena, 'ListWorkGroups', 'WorkGroups', named)).map(({ Name }) => Name);

/** Without the one that every account has. */
export const workGroups: Lister = async ({ athena }) =>
  (await workGroupNames(athena))
    .filter((name) => name !== 'primary')
    .map((id) => ({ type: 'AWS::Athena::WorkGroup', id }));

/** Also those whose workgroup is gone, as far as the service lists them without one. */
export const namedQueries: Lister = async ({ athena }) => {
  const inGroups = await Promise.all(
    (await workGroupNames(athena)).map((WorkGroup) =>
      all(athena, 'ListNamedQueries', 'NamedQueryIds', z.string(), { WorkGroup }),
    ),
  );
  const ids = new Set([
    ...inGroups.flat(),
    ...(await all(athena, 'ListNamedQueries', 'NamedQueryIds', z.string())),
  ]);
  return [...ids].map((id) => ({ type: 'AWS::Athena::NamedQuery', id }));
};
