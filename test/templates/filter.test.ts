import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { RecordFilterError } from '../../contract/record-filter.ts';
import { CloudOneStack } from '../../lib/cloud-one-stack.ts';
import { inTemporaryFolder, runApp } from './synthesis.ts';

// Bundling the functions takes seconds.
vi.mock('../../lib/shared/function-code.ts', () => ({ bundledCode: () => theirCode() }));

const theirCode = vi.fn<() => Code>();

beforeEach(() => {
  theirCode.mockImplementation(() => Code.fromAsset(import.meta.dirname));
});

const stackWith = (forwardingFilter?: string) =>
  new CloudOneStack(new App({ context: cdkJson.context }), 'CloudOne', { forwardingFilter });

describe('a filter that is known at synthesis', () => {
  test('goes to the first custom resource without white space, and the parameter must be empty', () => {
    const template = Template.fromStack(stackWith(' [ { "drop": { "readOnly": true } } ]\n'));

    template.hasResourceProperties('Custom::CloudOneAccount', {
      ForwardingFilter: '[{"drop":{"readOnly":true}}]',
    });
    expect(template.toJSON().Rules.FilterIsGivenOnce.Assertions).toEqual([
      {
        Assert: { 'Fn::Equals': [{ Ref: 'ForwardingFilter' }, ''] },
        AssertDescription: expect.stringMatching(/context forwardingFilter.*Leave ForwardingFilter empty/),
      },
      {
        Assert: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'ForwardingDestination' }, 'VendorClient'] }] },
        AssertDescription: expect.stringContaining("The vendor's client has none"),
      },
    ]);
  });

  test('is refused there, before anything is bundled', () => {
    expect(() => stackWith('[{"drop":{"eventSource":"kms"}}]')).toThrow(RecordFilterError);
    expect(theirCode).not.toHaveBeenCalled();
  });

  test.each([undefined, '', '[]'])('%j is none: the parameter decides', (given) => {
    const template = Template.fromStack(stackWith(given));

    template.hasResourceProperties('Custom::CloudOneAccount', {
      ForwardingFilter: { Ref: 'ForwardingFilter' },
    });
    expect(template.toJSON().Rules).not.toHaveProperty('FilterIsGivenOnce');
  });
});

describe('the app', () => {
  test.each<[string, unknown]>([
    ['as text, as on the command line', '[{"drop":{"eventname":"a"}}]'],
    ['as a list, as in cdk.json', [{ drop: { eventname: 'a' } }]],
  ])(
    'ends with what is wrong with the filter, given %s, and without a stack trace',
    async (_, forwardingFilter) => {
      const { status, stderr } = await inTemporaryFolder((outputFolder) =>
        runApp({ outputFolder, context: { forwardingFilter } }),
      );

      expect(status).toBe(1);
      expect(stderr).toMatch(/^The filter \(ForwardingFilter\) cannot be used\. Rule 1 has "eventname"/);
      expect(stderr).not.toContain('    at ');
    },
  );
});
