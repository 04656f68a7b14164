/** What holds for every template that is deployed or published, whatever it is for. The list grows by itself. */
import { describe, expect, test } from 'vitest';
import { everyTemplate } from './every-template.ts';
import { alarmTests, runbookTests } from './sweep/alarms.ts';
import { functionTests } from './sweep/functions.ts';
import { permissionTests, wildcardListTests } from './sweep/permissions.ts';
import { resourcePolicyTests } from './sweep/resource-policies.ts';
import { secretTests } from './sweep/secrets.ts';

const templates = await everyTemplate();

test('there is a template to look at', () => {
  expect(templates.map(([name]) => name)).toEqual(expect.arrayContaining(['CloudOne', 'published CloudOne']));
});

describe('the runbook', () => runbookTests(templates));

describe('the list of wildcards', () => wildcardListTests(templates));

describe.each(templates)('%s', (name, template) => {
  describe('permissions', () => permissionTests(name, template));
  describe('functions', () => functionTests(template));
  describe('secrets', () => secretTests(template));
  describe('resource policies', () => resourcePolicyTests(template));
  describe('alarms', () => alarmTests(template));
});
