import { expect, test } from 'vitest';
import {
  listOf,
  pathOf,
  permissionsOf,
  property,
  type Resource,
  referencesIn,
  resourcesOf,
  type Template,
} from '../template.ts';

/** Who runs with which role, and who may call a function. */
export function functionTests(template: Template): void {
  const functions = resourcesOf(template, 'AWS::Lambda::Function').map(
    ([id, resource]) => [pathOf(resource), id, resource] as const,
  );

  test('one role a function, shared with nobody', () => {
    const runningAs = functions.map(([, , resource]) => roleOf(resource));
    const roles = resourcesOf(template, 'AWS::IAM::Role');
    const assumableByLambda = roles.filter(([, role]) =>
      JSON.stringify(property(role, 'AssumeRolePolicyDocument')).includes('"lambda.amazonaws.com"'),
    );

    expect(new Set(runningAs).size).toBe(functions.length);
    expect(assumableByLambda.map(([id]) => id).toSorted()).toEqual(runningAs.toSorted());
    for (const [id, { Properties }] of resourcesOf(template, isBorrower)) {
      const borrowed = [...referencesIn(Properties)].filter(
        (name) => name !== id && runningAs.includes(name),
      );
      expect({ [id]: borrowed }).toEqual({ [id]: [] });
    }
  });

  test('a function reads the secrets that its environment or its custom resource names, and no other', () => {
    for (const [path, id, resource] of functions) {
      const named = referencesIn([property(resource, 'Environment'), ...customResourcesOf(template, id)]);
      const readable = secretsReadableBy(template, roleOf(resource));
      expect({ [path]: readable.filter((secret) => !named.has(secret)) }).toEqual({ [path]: [] });
    }
  });

  test('no function has a URL, and no layer or extension that would run with its role', () => {
    expect(resourcesOf(template, (type) => /^AWS::Lambda::(Url|LayerVersion)$/.test(type))).toEqual([]);
    for (const [, , resource] of functions) {
      expect(resource.Properties).not.toHaveProperty('Layers');
    }
  });

  test('a service may call a function for one thing of this account only', () => {
    for (const [id, { Properties }] of resourcesOf(template, 'AWS::Lambda::Permission')) {
      expect({ [id]: Properties }).toEqual({
        [id]: expect.objectContaining({
          Action: 'lambda:InvokeFunction',
          Principal: expect.stringMatching(/^[a-z]+\.amazonaws\.com$/),
          SourceArn: expect.anything(),
        }),
      });
      // A resource of this stack is one of this account.
      if (!Object.hasOwn(Object(Properties?.SourceArn), 'Fn::GetAtt')) {
        expect({ [id]: Properties?.SourceAccount }).toEqual({ [id]: { Ref: 'AWS::AccountId' } });
      }
      expect(Properties).not.toHaveProperty('FunctionUrlAuthType');
    }
  });
}

/** Neither the function itself nor what adds to the role's own permissions. */
function isBorrower(type: string): boolean {
  return type !== 'AWS::Lambda::Function' && type !== 'AWS::IAM::RolePolicy';
}

/** The properties of the custom resources that a function is called for. */
function customResourcesOf(template: Template, functionId: string): unknown[] {
  return resourcesOf(template, (type) => type.startsWith('Custom::'))
    .map(([, { Properties }]) => Properties)
    .filter((properties) => referencesIn(properties?.ServiceToken).has(functionId));
}

function roleOf(resource: Resource): string {
  return property<{ 'Fn::GetAtt': [string, string] }>(resource, 'Role')['Fn::GetAtt'][0];
}

function secretsReadableBy(template: Template, roleId: string): string[] {
  const role = template.Resources[roleId];
  const reading = role === undefined ? [] : permissionsOf(role);
  return reading
    .filter(({ Action }) => listOf(Action).includes('secretsmanager:GetSecretValue'))
    .flatMap(({ Resource }) => [...referencesIn(Resource)])
    .filter((name) => !name.startsWith('AWS::'));
}
