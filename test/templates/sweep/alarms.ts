import { expect, test } from 'vitest';
import { resourcesOf, type Template } from '../template.ts';

export function alarmTests(template: Template): void {
  test('no alarm goes off, or comes to rest, unheard', () => {
    const topics = resourcesOf(template, 'AWS::SNS::Topic').map(([id]) => ({ Ref: id }));

    for (const [id, { Properties }] of resourcesOf(template, 'AWS::CloudWatch::Alarm')) {
      expect({ [id]: [Properties?.AlarmActions, Properties?.OKActions] }).toEqual({ [id]: [topics, topics] });
      expect(topics).not.toEqual([]);
    }
  });
}
