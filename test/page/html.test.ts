import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html, trusted } from '../../page/html.ts';

test('escapes what could end a text or an attribute', () => {
  const page = html`<a title="${`"'`}">${'<b>&'}</a>`;
  expect(page.text).toBe('<a title="&quot;&#39;">&lt;b&gt;&amp;</a>');
});

test('takes its own markup as it is, in lists of lists too', () => {
  const items = ['<', '>'].map((item) => html`<li>${item}</li>`);
  expect(html`<ul>${[items, [html`<li>${1}</li>`]]}</ul>`.text).toBe(
    '<ul><li>&lt;</li><li>&gt;</li><li>1</li></ul>',
  );
});

test('renders nothing for false, null and undefined, but a zero as a zero', () => {
  expect(html`${false}${null}${undefined}${0}`.text).toBe('0');
});

test('keeps trusted text as it is', () => {
  expect(html`${trusted('<style>')}`.text).toBe('<style>');
});

test('does not take an object that merely looks like markup', () => {
  const forged: unknown = JSON.parse('{"text":"<script>"}');
  expect(html`${forged as string}`.text).not.toContain('<script>');
});

test('replaces control characters and those that turn the direction of writing', () => {
  expect(html`${'a\u0000b\u001b[31m\u202ec\td\ne'}`.text).toBe('a\ufffdb\ufffd[31m\ufffdc\td\ne');
});

test('no text at all makes a tag or ends an attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(html`${text}`.text).not.toMatch(/[<>"']/);
    }),
  );
});
