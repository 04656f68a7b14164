import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { property, resourcesOf, type Template } from '../template.ts';

const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');

export function alarmTests(template: Template): void {
  test('no alarm goes off, or comes to rest, unheard', () => {
    const topics = resourcesOf(template, 'AWS::SNS::Topic').map(([id]) => ({ Ref: id }));

    for (const [id, { Properties }] of resourcesOf(template, 'AWS::CloudWatch::Alarm')) {
      expect({ [id]: [Properties?.AlarmActions, Properties?.OKActions] }).toEqual({ [id]: [topics, topics] });
      expect(topics).not.toEqual([]);
    }
  });
}

/** The alarms of all stacks together are what the runbook is about. */
export function runbookTests(templates: readonly (readonly [string, Template])[]): void {
  test('has an entry for each alarm, and none for an alarm that is not', () => {
    const entries = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    const alarms = templates.flatMap(([, template]) =>
      resourcesOf(template, 'AWS::CloudWatch::Alarm').map(([, alarm]) =>
        nameOf(property(alarm, 'AlarmName')),
      ),
    );

    // A published template has the alarms of the deployed one.
    expect(entries.toSorted()).toEqual([...new Set(alarms)].toSorted());
  });
}

/** Behind the stack's name. */
function nameOf(alarmName: { readonly 'Fn::Join': readonly [string, readonly unknown[]] }): string {
  return String(alarmName['Fn::Join'][1].at(-1)).slice(1);
}
