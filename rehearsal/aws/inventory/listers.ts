import type { Clients } from './clients.ts';
import { eventSourceMappings, functions, layers } from './compute.ts';
import { oidcProviders, policies, roles, users } from './identity.ts';
import { eventBuses, queues, rules, subscriptions, topics } from './messaging.ts';
import { alarms, dashboards, logGroups, stacks, trails } from './operations.ts';
import { databases, databaseTables, namedQueries, workGroups } from './queries.ts';
import type { AwsResource } from './resource.ts';
import { aliases, buckets, keys, parameters, repositories, secrets, tables } from './storage.ts';

/** Lists every resource of one type. */
export type Lister = (clients: Clients) => Promise<AwsResource[]>;

/** Of services whose answer is the same in every region. */
export const globalListers: readonly Lister[] = [buckets, oidcProviders, policies, roles, users];

export const regionalListers: readonly Lister[] = [
  alarms,
  aliases,
  dashboards,
  databases,
  databaseTables,
  eventBuses,
  eventSourceMappings,
  functions,
  keys,
  layers,
  logGroups,
  namedQueries,
  parameters,
  queues,
  repositories,
  rules,
  secrets,
  stacks,
  subscriptions,
  tables,
  topics,
  trails,
  workGroups,
];
