import { describe, expect, test } from 'vitest';
import { conditionsUnder, resourcesUnder, TemplateNotUnderstoodError } from '../../rehearsal/template.ts';

const template = {
  Parameters: { Name: { Default: '' }, Region: { Default: 'de-1' }, List: { Default: 'a,b' }, Needed: {} },
  Mappings: { Regions: { 'de-1': { Aws: 'eu-central-1' } } },
  Conditions: {
    Given: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Name' }, ''] }] },
    Here: {
      'Fn::Equals': [{ 'Fn::FindInMap': ['Regions', { Ref: 'Region' }, 'Aws'] }, { Ref: 'AWS::Region' }],
    },
    NeedsValue: { 'Fn::Equals': [{ Ref: 'Needed' }, ''] },
    Both: { 'Fn::And': [{ Condition: 'Given' }, { Condition: 'Here' }] },
    Either: { 'Fn::Or': [{ Condition: 'Given' }, { Condition: 'Here' }] },
    IsArn: { 'Fn::Equals': [{ 'Fn::Select': [0, { 'Fn::Split': [':', { Ref: 'Name' }] }] }, 'arn'] },
    Joined: { 'Fn::Equals': [{ 'Fn::Join': ['-', { Ref: 'List' }] }, 'a-b'] },
    Unknown: { 'Fn::Equals': [{ 'Fn::GetAZs': '' }, ''] },
    Misspelt: { 'Fn::Equals': [{ Ref: 'Nmae' }, ''] },
  },
  Resources: {
    Always: { Type: 'A', Properties: {} },
    Sometimes: { Type: 'B', Condition: 'Both', Properties: {} },
  },
};

describe('conditions', () => {
  test.each([
    ['Given', {}, false],
    ['Given', { Name: 'x' }, true],
    ['Here', { 'AWS::Region': 'eu-central-1' }, true],
    ['Here', { 'AWS::Region': 'us-east-1' }, false],
    ['Both', { 'AWS::Region': 'eu-central-1' }, false],
    ['Both', { 'AWS::Region': 'eu-central-1', Name: 'x' }, true],
    ['Either', { 'AWS::Region': 'us-east-1' }, false],
    ['Either', { 'AWS::Region': 'us-east-1', Name: 'x' }, true],
    ['IsArn', { Name: 'arn:aws:x' }, true],
    ['IsArn', { Name: 'barn:aws:x' }, false],
    ['Joined', {}, true],
    ['Joined', { List: 'b,a' }, false],
  ])('%s under %j: %j', (name, given, expected) => {
    expect(conditionsUnder(template, given).named(name)).toBe(expected);
  });

  test.each([
    ['Unknown', 'Fn::GetAZs stands in a condition'],
    ['Misspelt', 'the parameter Nmae, which there is not'],
    ['toString', 'the condition toString, which there is not'],
    ['Here', 'the parameter AWS::Region, which there is not'],
    ['NeedsValue', 'The parameter Needed is not given, and has no default'],
  ])('%s is not guessed at', (name, message) => {
    const evaluate = () => conditionsUnder(template, {}).named(name);

    expect(evaluate).toThrow(TemplateNotUnderstoodError);
    expect(evaluate).toThrow(message);
  });
});

test('only what exists under the parameters is listed, in the order of the template', () => {
  const ids = (given: Record<string, string>) =>
    resourcesUnder(template, { 'AWS::Region': 'eu-central-1', ...given }).map(({ logicalId }) => logicalId);

  expect(ids({})).toEqual(['Always']);
  expect(ids({ Name: 'x' })).toEqual(['Always', 'Sometimes']);
});
