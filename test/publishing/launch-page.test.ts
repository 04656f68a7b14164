import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launches, urlOf } from '../../publishing/launch-links.ts';
import { launchPage } from '../../publishing/launch-page.ts';
import { PUBLISHED_STACKS } from '../../publishing/stacks.ts';
import { synthesize } from '../../publishing/synthesis.ts';
import type { Template } from '../../publishing/template-facts.ts';
import { findChromium, Page } from './chromium.ts';

const publishedTo = { bucket: 'my-templates', prefix: 'a&b"/<i>', region: 'eu-central-1' };
// Such a prefix cannot be published to: it is to show that the page takes no markup from anything.
const { templates } = synthesize(PUBLISHED_STACKS, { ...publishedTo, prefix: '' });
const template = JSON.parse(templates.get('CloudOne.template.json') ?? '') as Template;
const templateUrl = urlOf(publishedTo, 'CloudOne.template.json');
const list = launches(publishedTo);
const page = launchPage({ launches: list, template, templateUrl });

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};
const plain = (markup: string) =>
  markup.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? '');
const textOf = (markup: string) => plain(markup.replace(/<[^>]+>/g, ' ')).replace(/\s+/g, ' ');

describe('the page', () => {
  test('has a link for each region, which says where it leads', () => {
    const links = [...page.matchAll(/<a class="launch" href="([^"]+)"[^>]*>(.*?)<\/a>/gs)];

    expect(links.map(([, href = '']) => plain(href))).toEqual(list.map(({ url }) => url));
    links.forEach(([, , words = ''], index) => {
      expect(textOf(words)).toContain(list[index]?.cloudOneRegion);
      expect(textOf(words)).toContain(`Launch in ${list[index]?.awsRegion} `);
    });
  });

  test('needs no script and nothing from a network', () => {
    expect(page).not.toMatch(/<script|javascript:|\son\w+=|<img|<link|<iframe|@import|url\(/i);
    expect(page).toContain("default-src 'none'");
    expect(
      [...page.matchAll(/(?:href|src)="([^"]+)"/g)].filter(
        ([, url = '']) => !/^https:\/\/[a-z0-9-]+\.console\.aws|^#/.test(url),
      ),
    ).toEqual([]);
  });

  test('explains every parameter, says which must be given, and which are kept secret', () => {
    for (const [name, { Description = '', Default, NoEcho }] of Object.entries(template.Parameters)) {
      const [, entry = ''] = new RegExp(`<dt><code>${name}</code>(.*?)</div>`, 's').exec(page) ?? [];
      expect(textOf(entry)).toContain(Description);
      expect(entry.includes('required')).toBe(Default === undefined);
      expect(entry.includes('kept secret')).toBe(NoEcho === true);
      const [, value] = /Default: (.*?) ?\./.exec(textOf(entry)) ?? [];
      expect(value).toBe(Default === '' ? 'empty' : Default);
    }
  });

  test('names the capabilities to tick, and what will be created', () => {
    const functions = Object.values(template.Resources).filter(
      ({ Type }) => Type === 'AWS::Lambda::Function',
    );

    expect(textOf(page)).toContain('might create IAM resources with custom names');
    expect(page).toContain('--capabilities CAPABILITY_NAMED_IAM CAPABILITY_AUTO_EXPAND');
    expect(textOf(page)).toContain(`${functions.length} functions`);
    expect(textOf(page)).toContain('2 nested stacks');
  });

  test('is one document with a language, a title, one main heading, and sections named by their headings', () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toContain('<title>Launch Trailbridge</title>');
    expect(page.match(/<h1/g)).toHaveLength(1);
    const sections = [...page.matchAll(/<section aria-labelledby="([^"]+)">\s*<h2 id="([^"]+)"/g)];
    expect(sections.length).toBe(page.match(/<section/g)?.length);
    for (const [, label, id] of sections) {
      expect(label).toBe(id);
    }
  });

  test('takes no markup from what it is given', () => {
    expect(page).not.toContain('<i>');
    expect(textOf(page)).toContain(
      '--template-url https://my-templates.s3.eu-central-1.amazonaws.com/a%26b%22/%3Ci%3E/',
    );
  });
});

const chromium = findChromium();
if (chromium === undefined) {
  console.warn(
    'The launch page is not tested in a browser: there is no Chromium on the path. Install it (Debian: apt-get install ' +
      'chromium), or name it in CHROMIUM.',
  );
}

describe.skipIf(chromium === undefined)('in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailbridge-launch-page-'));
  const file = join(folder, 'launch.html');
  let browser: Page;
  beforeAll(async () => {
    writeFileSync(file, page);
    browser = await Page.open(chromium ?? '');
    await browser.ask('Emulation.setScriptExecutionDisabled', { value: true });
    await browser.load(file);
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  test('requests nothing but itself', () => {
    expect(browser.requested).toEqual([pathToFileURL(file).href]);
  });

  test('the buttons are links to assistive technology, and named', async () => {
    const { nodes } = await browser.ask<{ nodes: readonly AccessibleNode[] }>('Accessibility.getFullAXTree');
    const names = nodes.filter(({ role }) => role?.value === 'link').map(({ name }) => name?.value ?? '');
    const headings = nodes.filter(({ role }) => role?.value === 'heading');

    expect(names.slice(1)).toEqual(
      list.map(({ cloudOneRegion, awsRegion }) =>
        expect.stringMatching(`${cloudOneRegion} Launch in ${awsRegion} \\w+`),
      ),
    );
    expect(headings.length).toBeGreaterThan(7);
  });

  const widths = [320, 390, 768, 1280, 1920];
  test.each(
    widths.flatMap((width) => (['light', 'dark'] as const).map((scheme) => [width, scheme] as const)),
  )(
    'at %d pixels, %s: nothing sticks out, every button can be hit, all text can be read',
    async (width, scheme) => {
      await browser.show(width, scheme);

      expect(await browser.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      const buttons = await browser.evaluate<Box[]>(
        `[...document.querySelectorAll('a.launch')].map((a) => a.getBoundingClientRect()).map(({left, right, width, height}) => ({left, right, width, height}))`,
      );
      expect(buttons).toHaveLength(8);
      for (const box of buttons) {
        // WCAG 2.2, "Target Size (Enhanced)".
        expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(44);
        expect(box.left).toBeGreaterThanOrEqual(0);
        expect(box.right).toBeLessThanOrEqual(width);
      }
      expect(await browser.evaluate<string[]>(`(${tooFaint})()`)).toEqual([]);
    },
  );

  test('light is light and dark is dark', async () => {
    const brightness = async (scheme: 'light' | 'dark') => {
      await browser.show(1280, scheme);
      const colour = await browser.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      return Math.max(...[...colour.matchAll(/\d+/g)].map(Number));
    };

    expect(await brightness('light')).toBeGreaterThan(200);
    expect(await brightness('dark')).toBeLessThan(60);
  });

  test('the keyboard reaches the skip link first and then the buttons, each with its focus shown', async () => {
    const focused: string[] = [];
    for (let presses = 0; presses < 9; presses += 1) {
      await browser.ask('Input.dispatchKeyEvent', {
        type: 'rawKeyDown',
        key: 'Tab',
        code: 'Tab',
        windowsVirtualKeyCode: 9,
      });
      await browser.ask('Input.dispatchKeyEvent', {
        type: 'keyUp',
        key: 'Tab',
        code: 'Tab',
        windowsVirtualKeyCode: 9,
      });
      focused.push(
        await browser.evaluate<string>(
          `document.activeElement.className + ' ' + getComputedStyle(document.activeElement).outlineStyle`,
        ),
      );
    }

    expect(focused).toEqual(['skip solid', ...list.map(() => 'launch solid')]);
  });
});

interface AccessibleNode {
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly width: number;
  readonly height: number;
}

/** Runs in the page: texts whose contrast with what is behind them is below WCAG's 4.5 to 1. */
const tooFaint = `() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = channels(colour).map((value) => value / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      const [, , , alpha = 1] = channels(colour);
      if (alpha > 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  return [...document.body.querySelectorAll('*')]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ''))
    .filter((element) => {
      const [light, dark] = [getComputedStyle(element).color, behind(element)].map(luminance).sort((a, b) => b - a);
      return (light + 0.05) / (dark + 0.05) < 4.5;
    })
    .map((element) => element.textContent.trim());
}`;
