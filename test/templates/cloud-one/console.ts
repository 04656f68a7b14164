import { expect, test } from 'vitest';
import type { Template } from '../template.ts';

interface ParameterGroup {
  readonly Label: { readonly default: string };
  readonly Parameters: readonly string[];
}

export function consoleTests(template: Template): void {
  const groups = parameterGroups(template);

  test('every parameter stands in one group', () => {
    const grouped = groups.flatMap(({ Parameters }) => Parameters);
    const declared = Object.keys(template.Parameters).filter((name) => name !== 'BootstrapVersion');

    expect(grouped.toSorted()).toEqual(declared.toSorted());
  });

  test('every group has a label', () => {
    for (const { Label } of groups) {
      expect(Label.default).not.toBe('');
    }
  });
}

function parameterGroups({ Metadata = {} }: Template): readonly ParameterGroup[] {
  const console = Metadata['AWS::CloudFormation::Interface'] as { ParameterGroups: ParameterGroup[] };
  return console.ParameterGroups;
}
