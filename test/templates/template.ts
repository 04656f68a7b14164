/** A synthesized template, and how to look things up in it. */
import { isDeepStrictEqual } from 'node:util';

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

export interface Parameter {
  readonly Type: string;
  readonly Default?: string;
  readonly AllowedPattern?: string;
  readonly AllowedValues?: readonly string[];
  readonly ConstraintDescription?: string;
  readonly Description?: string;
  readonly NoEcho?: boolean;
}

/** Checked before anything is created. */
export interface Rule {
  readonly RuleCondition?: unknown;
  readonly Assertions: readonly { readonly Assert: unknown; readonly AssertDescription: string }[];
}

export interface Template {
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly Parameters: Readonly<Record<string, Parameter>>;
  readonly Rules: Readonly<Record<string, Rule>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown; readonly Condition?: string }>>;
}

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * The resources of a type, or of every type that a predicate takes, by logical id. A role comes with the
 * policies that resources of their own put into it.
 */
export function resourcesOf(
  template: Template,
  type: string | ((type: string) => boolean),
): [id: string, resource: Resource][] {
  const isWanted = typeof type === 'string' ? (candidate: string) => candidate === type : type;
  return Object.entries(template.Resources)
    .filter(([, resource]) => isWanted(resource.Type))
    .map(([id, resource]) => [
      id,
      resource.Type === 'AWS::IAM::Role' ? whole(template, id, resource) : resource,
    ]);
}

function whole(template: Template, roleId: string, role: Resource): Resource {
  const grants = Object.values(template.Resources)
    .filter(
      ({ Type, Properties }) =>
        Type === 'AWS::IAM::RolePolicy' && isDeepStrictEqual(Properties?.RoleName, { Ref: roleId }),
    )
    .map(({ Properties }) => Properties);
  const { Policies = [] } = role.Properties as { readonly Policies?: readonly unknown[] };
  return { ...role, Properties: { ...role.Properties, Policies: [...Policies, ...grants] } };
}

/** @throws Error where it has no such property: a test that looks for nothing must not pass. */
export function property<T = unknown>(resource: Resource | undefined, name: string): T {
  const value = resource?.Properties?.[name];
  if (value === undefined) {
    throw new Error(`${resource?.Type ?? 'The missing resource'} has no property ${name}.`);
  }
  return value as T;
}

/** Where a construct stands below the stack, such as `Forwarding/Forwarder/Role`. */
export function pathOf(resource: Resource): string {
  return String(resource.Metadata?.['aws:cdk:path'])
    .split('/')
    .slice(1)
    .join('/')
    .replace(/\/(Resource|Default)(\/Default)?$/, '');
}

/** Everything that a value refers to with `Ref`, `Fn::GetAtt` or `Fn::Sub`. */
export function referencesIn(value: unknown): Set<string> {
  if (Array.isArray(value)) {
    return new Set(value.flatMap((item) => [...referencesIn(item)]));
  }
  if (typeof value !== 'object' || value === null) {
    return new Set();
  }
  return new Set(
    Object.entries(value).flatMap(([key, argument]) => {
      switch (key) {
        case 'Ref':
          return [String(argument)];
        case 'Fn::GetAtt':
          return [String(Array.isArray(argument) ? argument[0] : argument).split('.')[0] ?? ''];
        case 'Fn::Sub':
          return namesInSubstitution(argument);
        default:
          return [...referencesIn(argument)];
      }
    }),
  );
}

function namesInSubstitution(argument: unknown): string[] {
  const [text, values] = Array.isArray(argument) ? argument : [argument, {}];
  const names = [...String(text).matchAll(/\$\{([^!}.]+)[^}]*\}/g)].map(([, name = '']) => name);
  return [...names.filter((name) => !Object.hasOwn(values, name)), ...referencesIn(values)];
}

/** Every statement of a policy document anywhere in a resource: role, key, queue or bucket. */
export function statementsOf(resource: Resource): Statement[] {
  return documentsIn(resource.Properties).flatMap(({ Statement }) => Statement);
}

/** The part of the API key before its colon: its id, which is no secret. Of a key given by ARN, the ARN. */
export const API_KEY_ID = {
  'Fn::If': [
    'CloudOneApiKeyByArn',
    { Ref: 'CloudOneApiKeySecretArn' },
    { 'Fn::Select': [0, { 'Fn::Split': [':', { Ref: 'CloudOneApiKey' }] }] },
  ],
};

/** What a role may do: the statements of its policies, not those that say who may assume it. */
export function permissionsOf(role: Resource): Statement[] {
  return documentsIn(property(role, 'Policies')).flatMap(({ Statement }) => Statement);
}

function documentsIn(value: unknown): { readonly Statement: readonly Statement[] }[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  if ('Statement' in value && 'Version' in value) {
    return [value as { Statement: Statement[] }];
  }
  return Object.values(value).flatMap(documentsIn);
}

export function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  return value === undefined ? [] : ((Array.isArray(value) ? value : [value]) as readonly T[]);
}
