import { describe, expect, it, vi } from 'vitest';
import { RetryableError } from '../../../lambda/forwarding/failures.ts';
import {
  forwardObject,
  type ObjectForwarderServices,
  type Turn,
} from '../../../lambda/forwarding/object-forwarder.ts';
import { PartLimit } from '../../../lambda/forwarding/part-limit.ts';
import { logger } from '../../../lambda/shared/logger.ts';
import { gzipDocumentOf, inChunks, recordText } from './factories.ts';

const OBJECT = { bucket: 'bucket', key: 'key', versionId: '1' };
const { signal } = new AbortController();
const TURN: Turn = { owner: 'request/message', remainingMs: 60_000, signal, cleanUpSignal: signal };

function servicesWith(overrides: Partial<ObjectForwarderServices> = {}) {
  const ledger = {
    claim: vi.fn<ObjectForwarderServices['ledger']['claim']>(async () => ({
      status: 'claimed',
      progress: { parts: 0, records: 0 },
      unfinishedClaims: 0,
      failedTries: 0,
    })),
    recordProgress: vi.fn(async () => undefined),
    acknowledge: vi.fn(async () => undefined),
    release: vi.fn(async () => undefined),
  };
  const file = gzipDocumentOf([recordText(1)]);
  const services: ObjectForwarderServices = {
    ledger,
    open: async () => ({ length: file.length, chunks: inChunks(file, 100) }),
    sender: { send: async () => 'accepted' },
    format: 'records-document',
    limit: new PartLimit(716_800),
    maximumTries: 5,
    ...overrides,
  };
  return { services, ledger };
}

describe('forwardObject', () => {
  it('holds the lease for longer than the invocation can last', async () => {
    const { services, ledger } = servicesWith();
    const before = Date.now();

    await forwardObject(OBJECT, TURN, services);

    const lease = ledger.claim.mock.calls[0]?.[1];
    expect(lease?.owner).toBe('request/message');
    expect(lease?.until).toBeGreaterThan(before + 60_000);
  });

  it('acknowledges only after the destination did', async () => {
    const order: string[] = [];
    const { services, ledger } = servicesWith({
      sender: {
        send: async () => {
          order.push('sent');
          return 'accepted';
        },
      },
    });
    ledger.acknowledge.mockImplementation(async () => void order.push('acknowledged'));

    await forwardObject(OBJECT, TURN, services);

    expect(order).toEqual(['sent', 'acknowledged']);
    expect(ledger.release).not.toHaveBeenCalled();
  });

  it('turns a defect of ours into a failure that may pass, and gives the lease back', async () => {
    const { services, ledger } = servicesWith({
      open: async () => {
        throw new TypeError('undefined is not a function');
      },
    });

    const forwarding = forwardObject(OBJECT, TURN, services);

    await expect(forwarding).rejects.toMatchObject({
      reason: 'Unexpected',
      message: 'Unexpected: TypeError: undefined is not a function',
    });
    expect(ledger.release).toHaveBeenCalledWith(
      OBJECT,
      'request/message',
      { reason: 'Unexpected', failedTries: 1 },
      signal,
    );
    expect(ledger.acknowledge).not.toHaveBeenCalled();
  });

  it('reports the failure itself where the lease cannot be given back either', async () => {
    vi.spyOn(logger, 'warn').mockReturnValue(undefined);
    const { services, ledger } = servicesWith({
      sender: {
        send: async () => {
          throw new RetryableError('DestinationUnavailable', 'away');
        },
      },
    });
    ledger.release.mockRejectedValue(new RetryableError('LedgerUnavailable', 'throttled'));

    await expect(forwardObject(OBJECT, TURN, services)).rejects.toMatchObject({
      reason: 'DestinationUnavailable',
    });
  });

  it('still notes what happened when the time for the work is over', async () => {
    const cleanUpSignal = AbortSignal.timeout(60_000);
    const { services, ledger } = servicesWith();

    await forwardObject(OBJECT, { ...TURN, cleanUpSignal }, services);

    expect(ledger.claim).toHaveBeenCalledWith(OBJECT, expect.anything(), signal);
    expect(ledger.acknowledge).toHaveBeenCalledWith(OBJECT, expect.anything(), cleanUpSignal);
  });

  it('stops when it has lost the object to another invocation', async () => {
    const records = Array.from({ length: 40 }, (_, i) => recordText(i, 20_000 + i));
    const file = gzipDocumentOf(records);
    const sent: number[] = [];
    const { services, ledger } = servicesWith({
      open: async () => ({ length: 10_000_000, chunks: inChunks(file, 1000) }),
      format: 'json-lines',
      limit: new PartLimit(50_000),
      sender: {
        send: async (part) => {
          sent.push(part.records);
          return 'accepted';
        },
      },
    });
    ledger.recordProgress.mockRejectedValue(new RetryableError('LeaseLost', 'taken over'));

    await expect(forwardObject(OBJECT, TURN, services)).rejects.toMatchObject({ reason: 'LeaseLost' });
    expect(sent.length).toBeLessThan(20);
    expect(ledger.acknowledge).not.toHaveBeenCalled();
  });
});
