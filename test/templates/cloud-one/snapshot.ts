import { homedir, tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { normalize } from '../normalize.ts';
import { REPOSITORY } from '../synthesis.ts';
import type { Template } from '../template.ts';

export function snapshotTests(template: Template): void {
  test('the whole template, without hashes', () => {
    expect(normalize(template)).toMatchSnapshot();
  });

  test('what is compared has no hash of code and no path of this machine', () => {
    const text = JSON.stringify(normalize(template));

    expect(text).not.toMatch(/[0-9a-f]{40}/);
    for (const folder of [REPOSITORY, homedir(), tmpdir(), 'node_modules']) {
      expect(text).not.toContain(folder);
    }
  });

  test('a template must not have a transform: the console would refuse "use existing value"', () => {
    expect(template).not.toHaveProperty('Transform');
    expect(JSON.stringify(template)).not.toContain('Fn::Transform');
  });
}
