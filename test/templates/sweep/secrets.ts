import { expect, test } from 'vitest';
import { property, referencesIn, resourcesOf, type Template } from '../template.ts';

/** No secret's value stands where it can be read without Secrets Manager. */
export function secretTests(template: Template): void {
  const secretParameters = Object.entries(template.Parameters ?? {}).filter(([, { NoEcho }]) => NoEcho);
  const names = secretParameters.map(([name]) => name);
  const secretsIn = (value: unknown) =>
    [...referencesIn(withoutKeyIds(value))].filter((name) => names.includes(name));

  test('a parameter that takes a secret shows none as its default', () => {
    for (const [, { Default = '' }] of secretParameters) {
      expect(Default).toBe('');
    }
    const lookSecret = Object.keys(template.Parameters ?? {}).filter((name) =>
      /(ApiKey|Token|Password|Secret)$/.test(name),
    );
    expect(names).toEqual(expect.arrayContaining(lookSecret));
  });

  test('a secret goes into the value of a secret, and nowhere else', () => {
    for (const [id, { Type, Properties = {}, Metadata }] of Object.entries(template.Resources)) {
      const elsewhere = Object.entries(Properties)
        .filter(([property]) => `${Type} ${property}` !== 'AWS::SecretsManager::Secret SecretString')
        .map(([, value]) => value);
      expect({ [id]: secretsIn([elsewhere, Metadata]) }).toEqual({ [id]: [] });
    }
    expect(secretsIn([template.Outputs ?? {}, template.Metadata ?? {}])).toEqual([]);
  });

  test('no environment variable holds one, and only a nested stack is handed one, by reference', () => {
    for (const [, resource] of resourcesOf(template, 'AWS::Lambda::Function')) {
      const { Variables } = property<{ Variables: Record<string, unknown> }>(resource, 'Environment');
      // The prefix of objects' keys is none of those.
      const suspects = Object.keys(Variables).filter(
        (name) => /KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL/.test(name) && name !== 'KEY_PREFIX',
      );
      expect(suspects.filter((name) => !name.endsWith('_SECRET_ARN'))).toEqual([]);
    }
    // The one that the vendor's own stack is given; see ADR 15.
    const { CTrl: _, ...resources } = template.Resources;
    expect(JSON.stringify({ ...template, Resources: resources })).not.toContain('{{resolve:');
  });
}

/** Credentials that are `<id>:<secret>` by their parameters' patterns. */
const WITH_AN_ID = ['CloudOneApiKey', 'IbmCloudHmacKey'];

/** The part before the colon is the key's id, and no secret. */
function withoutKeyIds(value: unknown): unknown {
  const ids = WITH_AN_ID.map((name) => ({ 'Fn::Select': [0, { 'Fn::Split': [':', { Ref: name }] }] }));
  const text = ids.reduce(
    (rest, id) => rest.replaceAll(JSON.stringify(id), '"the id"'),
    JSON.stringify(value ?? null),
  );
  return JSON.parse(text);
}
