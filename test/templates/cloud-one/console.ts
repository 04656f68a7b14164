import { expect, test } from 'vitest';
import type { Template } from '../template.ts';

interface ParameterGroup {
  readonly Label: { readonly default: string };
  readonly Parameters: readonly string[];
}

interface ConsoleInterface {
  readonly ParameterGroups: readonly ParameterGroup[];
  readonly ParameterLabels: Readonly<Record<string, { readonly default: string }>>;
}

export function consoleTests(template: Template): void {
  const { ParameterGroups: groups, ParameterLabels: labels } = consoleInterface(template);
  const declared = Object.keys(template.Parameters).filter((name) => name !== 'BootstrapVersion');

  test('every parameter stands in one group', () => {
    const grouped = groups.flatMap(({ Parameters }) => Parameters);

    expect(grouped.toSorted()).toEqual(declared.toSorted());
  });

  test('every group has a label', () => {
    for (const { Label } of groups) {
      expect(Label.default).not.toBe('');
    }
  });

  test('every parameter has a label of its own, short and without a full stop', () => {
    const texts = declared.map((name) => labels[name]?.default ?? '');

    expect(Object.keys(labels).toSorted()).toEqual(declared.toSorted());
    expect(texts.filter((text) => !/^\S.{1,60}[^.\s]$/.test(text))).toEqual([]);
    expect(new Set(texts).size).toBe(declared.length);
  });
}

function consoleInterface({ Metadata = {} }: Template): ConsoleInterface {
  return Metadata['AWS::CloudFormation::Interface'] as ConsoleInterface;
}
