import { setTimeout as wait } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type DeliveryOptions, deliverFile } from '../../../lambda/forwarding/file-delivery.ts';
import type { Progress } from '../../../lambda/forwarding/ledger.ts';
import { PartLimit } from '../../../lambda/forwarding/part-limit.ts';
import type { OutgoingPart, PartFormat } from '../../../lambda/vendors/destination.ts';
import { noise } from '../../stand-ins/noise.ts';
import { eventsIn } from '../../stand-ins/uploads.ts';
import { gzipDocumentOf, inChunks } from './factories.ts';

// Not a target: only so that a busy machine fails nothing.
vi.setConfig({ testTimeout: 60_000 });

const RECORDS = Array.from({ length: 40 }, (_, i) => `{"eventID":"event-${i}","n":"${noise(7_000, i + 1)}"}`);
const FILE = gzipDocumentOf(RECORDS);

type Answer = (part: OutgoingPart, earlier: number) => Promise<'accepted' | 'too-large'>;

/** Delivers the file, and keeps what was accepted and noted. */
async function deliver(format: PartFormat, answer: Answer, overrides: Partial<DeliveryOptions> = {}) {
  const accepted: string[] = [];
  const notes: Progress[] = [];
  let sent = 0;
  const delivery = await deliverFile({
    objectKey: 'object',
    from: { parts: 0, records: 0 },
    open: async () => ({ length: FILE.length, chunks: inChunks(FILE, 10_000) }),
    format,
    limit: new PartLimit(100_000),
    onProgress: () => undefined,
    recordProgress: async (progress) => void notes.push(progress),
    send: async (part) => {
      sent += 1;
      const outcome = await answer(part, sent - 1);
      if (outcome === 'accepted') {
        accepted.push(...eventsIn(Buffer.isBuffer(part.body) ? part.body : Buffer.concat(part.body)));
      }
      return outcome;
    },
    ...overrides,
  });
  return { delivery, accepted, notes };
}

const ALL = RECORDS.map((_, i) => `event-${i}`);
const sizeOf = ({ body }: OutgoingPart) => (Buffer.isBuffer(body) ? body : Buffer.concat(body)).length;

describe.each<PartFormat>(['records-document', 'json-lines'])('deliverFile, %s', (format) => {
  it('sends no record again that was acknowledged before, beside or behind a part that was too large', async () => {
    const { accepted, notes, delivery } = await deliver(format, async (_part, earlier) => {
      if (earlier === 1) {
        // The part before this one and those behind it are still under way.
        await wait(10);
        return 'too-large';
      }
      if (earlier < 4) {
        await wait(50);
      }
      return 'accepted';
    });

    expect(accepted.toSorted()).toEqual(ALL.toSorted());
    expect(notes.map(({ records }) => records)).toEqual(
      notes.map(({ records }) => records).toSorted((a, b) => a - b),
    );
    expect(delivery).toMatchObject({ records: ALL.length, refusedRecords: [] });
  });

  it('sends each record once, whatever is too large and however slow the answers are', async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 17_000, max: 110_000 }),
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 8, maxLength: 8 }),
      async (limitBytes, delays) => {
        const { accepted, notes, delivery } = await deliver(format, async (part, earlier) => {
          await wait(delays[earlier % delays.length] ?? 0);
          return sizeOf(part) > limitBytes ? 'too-large' : 'accepted';
        });

        expect(accepted.toSorted()).toEqual(ALL.toSorted());
        expect(delivery.records).toBe(ALL.length);
        const reached = notes.map(({ records }) => records);
        expect(reached).toEqual(reached.toSorted((a, b) => a - b));
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });
});

it('packs what is left around acknowledged records into documents of consecutive records', async () => {
  const documents: number[][] = [];
  await deliver('records-document', async (part, earlier) => {
    if (earlier === 0) {
      await wait(30);
      return 'too-large';
    }
    const body = part.body as readonly Buffer[];
    documents.push(JSON.parse(gunzipSync(Buffer.concat(body)).toString()).Records.map(numberOf));
    return 'accepted';
  });

  for (const numbers of documents) {
    expect(numbers).toEqual(numbers.map((_, i) => Number(numbers[0]) + i));
  }
});

function numberOf({ eventID }: { eventID: string }): number {
  return Number(eventID.replace('event-', ''));
}
