/** Chromium without a window, spoken to over its DevTools protocol: no driver, no port, no library. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** Path or name of a Chromium of this machine: that of `CHROMIUM`, else whatever is on the path. */
export function findChromium(): string | undefined {
  const { CHROMIUM } = process.env;
  const candidates = CHROMIUM === undefined ? NAMES : [CHROMIUM];
  return candidates.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly request?: { readonly url: string } };
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** One page of a browser of its own. */
export class Page {
  /** Every request that the page has made. */
  readonly requested: string[] = [];
  readonly #browser: ChildProcess;
  readonly #profile: string;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #events = new Map<string, () => void>();
  #session: string | undefined;
  #count = 0;

  private constructor(browser: ChildProcess, profile: string) {
    this.#browser = browser;
    this.#profile = profile;
    let rest = '';
    (browser.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => {
      const messages = (rest + text).split('\0');
      rest = messages.pop() ?? '';
      for (const message of messages) {
        this.#receive(JSON.parse(message) as Message);
      }
    });
  }

  static async open(chromium: string): Promise<Page> {
    const profile = mkdtempSync(join(tmpdir(), 'trailbridge-chromium-'));
    const browser = spawn(
      chromium,
      // No sandbox: as root, as in most containers, it does not start. It sees this repository's own page only.
      ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'].concat(
        '--remote-debugging-pipe',
        `--user-data-dir=${profile}`,
      ),
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    );
    const page = new Page(browser, profile);
    const { targetId } = await page.ask<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
    const attached = await page.ask<{ sessionId: string }>('Target.attachToTarget', {
      targetId,
      flatten: true,
    });
    page.#session = attached.sessionId;
    await page.ask('Page.enable');
    await page.ask('Network.enable');
    return page;
  }

  async load(file: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => this.#events.set('Page.loadEventFired', resolve));
    await this.ask('Page.navigate', { url: pathToFileURL(file).href });
    await loaded;
  }

  /** @throws Error with the browser's words. */
  ask<T>(method: string, params: object = {}): Promise<T> {
    this.#count += 1;
    const id = this.#count;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.set(id, ({ result, error }) => {
      if (error === undefined) {
        resolve(result as T);
      } else {
        reject(new Error(`${method}: ${error.message}`));
      }
    });
    (this.#browser.stdio[3] as Writable).write(
      `${JSON.stringify({ id, method, params, sessionId: this.#session })}\0`,
    );
    return promise;
  }

  /** The value of an expression in the page; JSON. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result } = await this.ask<{ result: { value: T } }>('Runtime.evaluate', {
      expression,
      returnByValue: true,
    });
    return result.value;
  }

  /** @param scheme what the user prefers. */
  async show(width: number, scheme: 'light' | 'dark'): Promise<void> {
    await this.ask('Emulation.setDeviceMetricsOverride', {
      width,
      height: 900,
      deviceScaleFactor: 1,
      mobile: false,
    });
    await this.ask('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: scheme }],
    });
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#browser.once('close', () => resolve()));
    this.#browser.kill('SIGKILL');
    await closed;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #receive(message: Message): void {
    if (message.id !== undefined) {
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
      return;
    }
    if (message.method === 'Network.requestWillBeSent') {
      this.requested.push(message.params?.request?.url ?? '');
    }
    this.#events.get(message.method ?? '')?.();
  }
}
