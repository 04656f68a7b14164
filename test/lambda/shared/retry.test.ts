import { beforeEach, describe, expect, test, vi } from 'vitest';
import { retryAfterMs, withRetries } from '../../../lambda/shared/retry.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

beforeEach(() => {
  vi.restoreAllMocks();
  vi.spyOn(Math, 'random').mockReturnValue(0);
});

const failing = (times: number) => {
  let calls = 0;
  return vi.fn(async () => {
    calls += 1;
    if (calls <= times) {
      throw new Error(`failure ${calls}`);
    }
    return 'done';
  });
};
const always = () => ({ retry: true }) as const;

describe('withRetries', () => {
  test('repeats until it succeeds', async () => {
    const operation = failing(2);

    await expect(withRetries(operation, { attempts: 3, decide: always })).resolves.toBe('done');
    expect(operation).toHaveBeenCalledTimes(3);
  });

  test('gives the last error when the tries are used up', async () => {
    await expect(withRetries(failing(9), { attempts: 3, decide: always })).rejects.toThrow('failure 3');
  });

  test('does not repeat what cannot be helped', async () => {
    const operation = failing(1);

    await expect(withRetries(operation, { attempts: 3, decide: () => ({ retry: false }) })).rejects.toThrow();
    expect(operation).toHaveBeenCalledOnce();
  });

  test('does not wait longer than its patience', async () => {
    const operation = failing(1);
    const decide = () => ({ retry: true, afterMs: 50 }) as const;

    await expect(withRetries(operation, { attempts: 3, patienceMs: 49, decide })).rejects.toThrow();
    await expect(withRetries(failing(1), { attempts: 3, patienceMs: 50, decide })).resolves.toBe('done');
    expect(operation).toHaveBeenCalledOnce();
  });

  test('stops waiting when aborted, with the error that made it wait', async () => {
    const decide = () => ({ retry: true, afterMs: 10_000 }) as const;
    const signal = AbortSignal.timeout(10);

    await expect(withRetries(failing(1), { attempts: 3, signal, decide })).rejects.toThrow('failure 1');
  });
});

describe('retryAfterMs', () => {
  test.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%o asks for %o', (header, expected) => {
    expect(retryAfterMs(header, NOW)).toBe(expected);
  });
});
