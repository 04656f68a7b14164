import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { expect, test, vi } from 'vitest';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { ReportDefinitionError } from '../../contract/report.ts';
import { AuditArchiveStack } from '../../lib/audit-archive-stack.ts';
import { inTemporaryFolder, runApp } from './synthesis.ts';

// Bundling the functions takes seconds.
vi.mock('../../lib/shared/function-code.ts', () => ({
  bundledCode: () => Code.fromAsset(import.meta.dirname),
}));

const defaultWith = (auditReports?: string) => {
  const stack = new AuditArchiveStack(new App({ context: cdkJson.context }), 'AuditArchive', {
    auditReports,
  });
  return Template.fromStack(stack).toJSON().Parameters.AuditReports.Default;
};

test('definitions that are known at synthesis become the parameter’s default, without white space', () => {
  expect(defaultWith(' [ {"name": "a", "title": "A b", "every": "day"} ]\n')).toBe(
    '[{"name":"a","title":"A b","every":"day"}]',
  );
});

test.each([undefined, '', '[]'])('%j are none', (given) => {
  expect(defaultWith(given)).toBe('');
});

test('wrong ones are refused there', () => {
  expect(() => defaultWith('[{"name":"a"}]')).toThrow(ReportDefinitionError);
});

test('the app says what is wrong with them, in a line', async () => {
  const { status, stderr } = await inTemporaryFolder((outputFolder) =>
    runApp({ outputFolder, context: { auditReports: [{ name: 'a', title: 'A', every: 'hour' }] } }),
  );

  expect(status).toBe(1);
  expect(stderr).toMatch(/^Not usable as a report: Report 1, field every: given "hour"; allowed: .*\n$/);
});
