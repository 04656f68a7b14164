/**
 * The floor: what decompressing and compressing the same bytes takes, and nothing else. One gunzip stream
 * into one gzip stream of level 1, over all files of a case one after the other (RFC 1952 lets members
 * follow each other), so that many small files do not make the floor higher.
 */
import { readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { WorkOrder } from '../work-order.ts';

/** As large as the forwarder's: Node.js' own 16 KB are slower. */
const CHUNK_BYTES = 256 * 1024;

/** @returns what runs the floor once. */
export function floorOf({ bucket, objects, standIns }: WorkOrder): () => Promise<void> {
  const files = objects.map(({ path }) => (path === undefined ? undefined : readFileSync(path)));
  async function* content(): AsyncGenerator<Uint8Array, void, undefined> {
    for (const [index, file] of files.entries()) {
      if (file === undefined) {
        yield* await download(`${standIns}/${bucket}/${objects[index]?.key}`);
      } else {
        for (let start = 0; start < file.length; start += CHUNK_BYTES) {
          yield file.subarray(start, start + CHUNK_BYTES);
        }
      }
    }
  }
  return () =>
    pipeline(
      Readable.from(content(), { objectMode: true, highWaterMark: 1 }),
      createGunzip({ chunkSize: CHUNK_BYTES }),
      createGzip({ level: 1, chunkSize: CHUNK_BYTES }),
      new Writable({ write: (_chunk, _encoding, done) => done() }),
    );
}

function download(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => get(url, resolve).once('error', reject));
}
