import type { NewCloudAccount } from './cloudaccounts.ts';
import { choice, listOf, objectOf, optionalText, text } from './validate.ts';
import type { NewVisionOneAwsAccount } from './vision-one.ts';
import type { ConnectionStatus } from './visionone-connect.ts';
import type { NewAwsConnector } from './workload.ts';

/** Registrations that exist before anybody calls: what an adoption needs. */
export interface Seed {
  readonly visionOneConnection?: { readonly status: ConnectionStatus };
  readonly workloadConnectors?: readonly NewAwsConnector[];
  readonly cloudAccounts?: readonly NewCloudAccount[];
  readonly visionOneAwsAccounts?: readonly NewVisionOneAwsAccount[];
}

const parsers: { readonly [K in keyof Seed]-?: (value: unknown, field: string) => NonNullable<Seed[K]> } = {
  visionOneConnection: (value, field) => {
    const { status } = objectOf(value, field, ['status']);
    return { status: choice(status, `${field}.status`, ['connecting', 'connected']) };
  },
  workloadConnectors: (value, field) =>
    eachOf(value, field, ['displayName', 'accountId', 'crossAccountRoleArn'], (item, at) => ({
      displayName: text(item, 'displayName', at),
      accountId: text(item, 'accountId', at),
      crossAccountRoleArn: text(item, 'crossAccountRoleArn', at),
    })),
  cloudAccounts: (value, field) =>
    eachOf(value, field, ['roleARN', 'alias', 'description'], (item, at) => ({
      roleARN: text(item, 'roleARN', at),
      alias: optionalText(item, 'alias', at),
      description: optionalText(item, 'description', at),
    })),
  visionOneAwsAccounts: (value, field) =>
    eachOf(value, field, ['roleArn', 'name', 'description'], (item, at) => ({
      roleArn: text(item, 'roleArn', at),
      name: optionalText(item, 'name', at),
      description: optionalText(item, 'description', at),
    })),
};

function eachOf<T>(
  value: unknown,
  field: string,
  allowed: readonly string[],
  parse: (item: Record<string, unknown>, field: string) => T,
): T[] {
  return listOf(value, field).map((item, index) => {
    const at = `${field}[${index}]`;
    return parse(objectOf(item, at, allowed), at);
  });
}

/**
 * A seed as a person or a test gave it.
 * @throws InvalidInput that names the field
 */
export function parseSeed(value: unknown, field: string): Seed {
  const object = objectOf(value, field, Object.keys(parsers));
  const parsed = Object.entries(parsers)
    .filter(([name]) => object[name] !== undefined)
    .map(([name, parse]) => [name, parse(object[name], `${field}.${name}`)]);
  return Object.fromEntries(parsed);
}
