/** What is measured. */
import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseCloudTrailKey } from '../contract/cloudtrail-key.ts';
import { documentText, eventText, hugeEventText, Randomness } from './events.ts';
import type { StoredObject, WorkOrder } from './work-order.ts';

/** A target of the project, as a ratio: reported, never asserted. */
export interface Targets {
  readonly floorRatio?: number;
  readonly bareLoopRatio?: number;
  readonly peakRssMB?: number;
}

export interface Case extends Pick<WorkOrder, 'destination' | 'source' | 'ledger' | 'filter' | 'against'> {
  readonly name: string;
  /** Its files, below `folder`, which is empty. */
  readonly objects: (folder: string) => readonly StoredObject[];
  readonly targets?: Targets;
  /** Passes at most, where one takes long. */
  readonly maximumRepeat?: number;
}

/** How large the generated cases are; tests take smaller ones. */
export interface Sizes {
  readonly small: { readonly objects: number; readonly events: number };
  readonly large: { readonly events: number };
  readonly tiny: { readonly objects: number; readonly events: number };
  readonly hugeRecordBytes: number;
  /** Of the files that are made on the fly, when inflated. */
  readonly streamedMB: readonly number[];
}

/** 400 KB each; 46.6 MB (7.6 MB as gzip); 28 KB each; one record just below the largest that is taken. */
export const SIZES: Sizes = {
  small: { objects: 200, events: 284 },
  large: { events: 33_000 },
  tiny: { objects: 2_000, events: 20 },
  hugeRecordBytes: 12_000_000,
  streamedMB: [50],
};
export const FULL_SIZES: Sizes = { ...SIZES, streamedMB: [50, 2_000] };

/** Drops one event of eight. */
const FILTER = '[{"drop":{"eventSource":"kms.amazonaws.com","eventName":"Decrypt"}}]';
const PEAK_RSS_MB = 150;
/** Seconds a pass. */
const LONG_PASS_MB = 500;

export function generatedCases({ small, large, tiny, hugeRecordBytes, streamedMB }: Sizes): readonly Case[] {
  const largeFile = (folder: string) => [generatedFile(folder, 0, 1, large.events)];
  return [
    {
      name: 'pass-through',
      destination: 'CloudOne',
      source: 'memory',
      ledger: 'dynamodb',
      against: 'floor',
      objects: (folder) => generatedFiles(folder, small.objects, small.events),
      targets: { floorRatio: 0.45, peakRssMB: PEAK_RSS_MB },
    },
    {
      // What the calls of DynamoDB cost is the difference to the case before.
      name: 'pass-through-bytes',
      destination: 'CloudOne',
      source: 'memory',
      ledger: 'memory',
      against: 'floor',
      objects: (folder) => generatedFiles(folder, small.objects, small.events),
      targets: { floorRatio: 0.45, peakRssMB: PEAK_RSS_MB },
    },
    {
      name: 'large',
      destination: 'CloudOne',
      source: 'memory',
      ledger: 'dynamodb',
      against: 'floor',
      objects: largeFile,
      targets: { floorRatio: 1.6, peakRssMB: PEAK_RSS_MB },
    },
    {
      name: 'large-lines',
      destination: 'VisionOne',
      source: 'memory',
      ledger: 'dynamodb',
      against: 'floor',
      objects: largeFile,
      targets: { floorRatio: 0.6, peakRssMB: PEAK_RSS_MB },
    },
    {
      name: 'large-filtered',
      destination: 'CloudOne',
      source: 'memory',
      ledger: 'dynamodb',
      filter: FILTER,
      against: 'floor',
      objects: largeFile,
    },
    {
      name: 'huge-record',
      destination: 'CloudOne',
      source: 'memory',
      ledger: 'dynamodb',
      against: 'floor',
      objects: (folder) => [
        storedFile(folder, 0, documentText([hugeEventText(new Randomness(2), hugeRecordBytes)])),
      ],
    },
    {
      name: 'tiny',
      destination: 'CloudOne',
      source: 's3',
      ledger: 'dynamodb',
      against: 'bare-loop',
      objects: (folder) => generatedFiles(folder, tiny.objects, tiny.events),
      targets: { bareLoopRatio: 1.5, peakRssMB: PEAK_RSS_MB },
    },
    ...streamedMB.map(
      (megabytes): Case => ({
        name: `streamed-${megabytes}MB`,
        destination: 'CloudOne',
        source: 's3',
        ledger: 'dynamodb',
        against: 'floor',
        objects: () => [streamedFile(megabytes)],
        targets: { peakRssMB: PEAK_RSS_MB },
        ...(megabytes > LONG_PASS_MB ? { maximumRepeat: 1 } : {}),
      }),
    ),
  ];
}

/** No file in the folder can be forwarded. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/**
 * The user's own files, once for each destination.
 *
 * @throws InputError
 */
export function inputCases(input: string): readonly Case[] {
  const files = readdirSync(input, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && entry.name.endsWith('.json.gz'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => parseCloudTrailKey(path)?.kind !== 'CloudTrail-Digest')
    .sort();
  if (files.length === 0) {
    throw new InputError(
      `${input} holds no CloudTrail log file (*.json.gz, no digests). Give a folder that does.`,
    );
  }
  const objects = (folder: string) =>
    files.map((path, index) => {
      const key = keyOf(index, basename(path));
      mkdirSync(dirname(join(folder, key)), { recursive: true });
      symlinkSync(resolve(path), join(folder, key));
      return { key, bytes: statSync(path).size, path };
    });
  const common = { source: 'memory', ledger: 'dynamodb', against: 'floor', objects } as const;
  return [
    { ...common, name: 'input', destination: 'CloudOne' },
    { ...common, name: 'input-lines', destination: 'VisionOne' },
    { ...common, name: 'input-through-s3', destination: 'CloudOne', source: 's3', against: 'bare-loop' },
  ];
}

function generatedFiles(folder: string, files: number, events: number): StoredObject[] {
  return Array.from({ length: files }, (_, index) => generatedFile(folder, index, index + 1, events));
}

function generatedFile(folder: string, index: number, seed: number, events: number): StoredObject {
  const random = new Randomness(seed);
  return storedFile(
    folder,
    index,
    documentText(Array.from({ length: events }, (_, at) => eventText(random, at))),
  );
}

function storedFile(folder: string, index: number, text: string): StoredObject {
  const key = keyOf(index, 'generated.json.gz');
  const path = join(folder, key);
  const body = gzipSync(text);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, body);
  return { key, bytes: body.length, path };
}

function streamedFile(megabytes: number): StoredObject {
  return { key: keyOf(0, `on-the-fly-${megabytes}MB.json.gz`), bytes: 0 };
}

/** In CloudTrail's layout, whatever layout the file itself lies in. */
function keyOf(index: number, name: string): string {
  return `AWSLogs/111122223333/CloudTrail/us-east-1/2026/01/15/${index}-${name}`;
}
