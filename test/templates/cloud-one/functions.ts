import { expect, test } from 'vitest';
import { listOf, pathOf, permissionsOf, property, resourcesOf, type Template } from '../template.ts';

export function functionTests(template: Template): void {
  const functions = resourcesOf(template, 'AWS::Lambda::Function').map(
    ([id, resource]) => [pathOf(resource), id, resource] as const,
  );

  test('there are functions to look at', () => {
    expect(functions.length).toBeGreaterThan(10);
  });

  test.each(functions)('%s runs Node.js 24 on arm64, and says what it is for', (_path, _id, resource) => {
    expect(resource.Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Description: expect.stringMatching(/^[A-Z].+\.$/),
    });
  });

  test('the forwarder gets the filter that the first custom resource has checked, and never another', () => {
    const filters = functions.flatMap(([, , resource]) => {
      const { Variables } = property<{ Variables?: Record<string, unknown> }>(resource, 'Environment');
      return Variables?.FORWARDING_FILTER ?? [];
    });

    expect(filters).toEqual([{ 'Fn::GetAtt': ['CloudOneAccount', 'ForwardingFilter'] }]);
    expect(template.Resources.CloudOneAccount?.Properties).toMatchObject({
      ForwardingFilter: { Ref: 'ForwardingFilter' },
    });
  });

  test.each(functions)('%s writes JSON into a log group of the stack', (_path, _id, resource) => {
    const { LogGroup, LogFormat } = property<{ LogGroup: { Ref: string }; LogFormat: string }>(
      resource,
      'LoggingConfig',
    );

    expect(LogFormat).toBe('JSON');
    expect(template.Resources[LogGroup.Ref]?.Type).toBe('AWS::Logs::LogGroup');
  });

  test.each(functions)(
    '%s may write into its own log group only, and create none',
    (_path, _id, resource) => {
      const { LogGroup } = property<{ LogGroup: { Ref: string } }>(resource, 'LoggingConfig');
      const [roleId] = property<{ 'Fn::GetAtt': [string] }>(resource, 'Role')['Fn::GetAtt'];
      const role = template.Resources[roleId];
      const logging = permissionsOf(role as NonNullable<typeof role>).filter(({ Action }) =>
        listOf(Action).some((action) => action.startsWith('logs:')),
      );

      expect(logging).toEqual([
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: { 'Fn::GetAtt': [LogGroup.Ref, 'Arn'] },
        },
      ]);
    },
  );

  test('each has a role and a log group of its own', () => {
    for (const name of ['Role', 'LoggingConfig']) {
      const values = functions.map(([, , resource]) => JSON.stringify(property(resource, name)));
      expect(new Set(values).size).toBe(functions.length);
    }
  });

  test('each names itself in its log, and no two alike', () => {
    const names = functions.map(([, , resource]) => {
      const { Variables } = property<{ Variables: Record<string, unknown> }>(resource, 'Environment');
      return Variables.POWERTOOLS_SERVICE_NAME;
    });

    expect(new Set(names).size).toBe(functions.length);
    expect(names).toContain('Forwarder');
    expect(names).toContain('CloudOneAccount');
  });

  test('Lambda itself never calls one again', () => {
    const retries = resourcesOf(template, 'AWS::Lambda::EventInvokeConfig').map(([, resource]) => [
      property<{ Ref: string }>(resource, 'FunctionName').Ref,
      property(resource, 'MaximumRetryAttempts'),
    ]);

    expect(Object.fromEntries(retries)).toEqual(Object.fromEntries(functions.map(([, id]) => [id, 0])));
  });

  test('one that works off a queue has a queue that hides a message for six times its time-out', () => {
    const mappings = resourcesOf(template, 'AWS::Lambda::EventSourceMapping');

    expect(mappings).toHaveLength(2);
    for (const [, mapping] of mappings) {
      const worker = template.Resources[property<{ Ref: string }>(mapping, 'FunctionName').Ref];
      const [queueId] = property<{ 'Fn::GetAtt': [string] }>(mapping, 'EventSourceArn')['Fn::GetAtt'];
      const visibility = property<number>(template.Resources[queueId], 'VisibilityTimeout');
      expect(visibility).toBeGreaterThanOrEqual(6 * property<number>(worker, 'Timeout'));
      expect(property(mapping, 'FunctionResponseTypes')).toEqual(['ReportBatchItemFailures']);
      expect(
        property<{ deadLetterTargetArn: unknown }>(template.Resources[queueId], 'RedrivePolicy'),
      ).toBeDefined();
    }
  });
}
