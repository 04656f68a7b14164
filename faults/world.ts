/** Everything around the forwarder in one case, and what the case does with it. */

import { ledgerKeyOf } from '../contract/ledger.ts';
import { objectMessageOf } from '../contract/object-message.ts';
import { SimulatedClock } from './clock.ts';
import { type FileOptions, type TrailFile, trailFile } from './files.ts';
import { FunctionProcess } from './function-process.ts';
import { Mapping } from './mapping.ts';
import { CallerGone, type Moment, Moments } from './moments.ts';
import { AwsStandIn } from './stand-ins/aws.ts';
import { DestinationStandIn } from './stand-ins/destination.ts';

export interface WorldOptions {
  readonly destination: 'CloudOne' | 'VisionOne';
  /** See `SimulatedClock`. */
  readonly timeScale: number;
  readonly isVersioned: boolean;
  /** How many look-ups of the destination's name fail in each process. */
  readonly namesNotFound: number;
  /** Paths of bundles, by handler. */
  readonly bundles: { readonly forwarder: string; readonly tokenRotation: string };
}

/** A file that was stored, and of which a message was queued. */
export interface StoredTrailFile extends TrailFile {
  readonly key: string;
  readonly messageBody: string;
  readonly ledgerKey: string;
}

export const TOKEN_ARN = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:token';
export const API_KEY_ARN = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:api-key';
export const FIRST_TOKEN = 'first-token-c0ffee';
const BUCKET = 'trail-bucket';
const ACCOUNT = '111122223333';
const REGION = 'us-east-1';
const FOLDER = `AWSLogs/${ACCOUNT}/CloudTrail/${REGION}/2026/11/20/`;

const DESTINATION_URLS = {
  CloudOne: 'https://cloudtrail.us-1.cloudone.trendmicro.com',
  VisionOne: 'https://xlogr-ue1.xdr.trendmicro.com/ingest/api/v1/third_party_log/raw',
} as const;

export class World {
  readonly clock: SimulatedClock;
  readonly moments = new Moments();
  readonly aws: AwsStandIn;
  readonly destination: DestinationStandIn;
  readonly mapping: Mapping;
  readonly files: StoredTrailFile[] = [];
  /** What the functions logged. */
  readonly lines: string[] = [];
  readonly options: WorldOptions;
  readonly #functions: FunctionProcess[] = [];
  #count = 0;

  constructor(options: WorldOptions) {
    this.options = options;
    this.clock = new SimulatedClock(options.timeScale);
    this.aws = new AwsStandIn(this.clock, this.moments, options.isVersioned);
    this.destination = new DestinationStandIn(this.clock, this.moments);
    this.mapping = new Mapping({ clock: this.clock, queue: this.aws.queue, moments: this.moments });
    this.aws.secrets.store(TOKEN_ARN, FIRST_TOKEN);
  }

  async start(): Promise<void> {
    await Promise.all([this.aws.server.start(), this.destination.server.start()]);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#functions.map((fn) => fn.stop()));
    await Promise.all([this.aws.server.stop(), this.destination.server.stop()]);
  }

  /** Stores a file as CloudTrail does. No message is queued. */
  store(file: TrailFile, key: string = this.newKey()): StoredTrailFile {
    const { versionId, etag } = this.aws.s3.put(key, file.body);
    const createdAt = new Date(this.clock.now()).toISOString();
    const object = { bucket: BUCKET, key, size: file.body.length, etag, createdAt };
    const reference =
      versionId === undefined ? { ...object, sequencer: '0055AED6' } : { ...object, versionId };
    const messageBody = JSON.stringify({ ...objectMessageOf(reference), source: 'aws.s3' });
    const stored = { ...file, key, messageBody, ledgerKey: ledgerKeyOf(reference) };
    this.files.push(stored);
    return stored;
  }

  /** Stores files, and queues a message for each. */
  add(...files: readonly TrailFile[]): StoredTrailFile[] {
    return files.map((file) => {
      const stored = this.store(file);
      this.aws.queue.send(stored.messageBody);
      return stored;
    });
  }

  /** Stores and queues that many files alike. */
  addMany(count: number, options?: FileOptions): StoredTrailFile[] {
    return this.add(...Array.from({ length: count }, () => trailFile(options)));
  }

  newKey(): string {
    this.#count += 1;
    const unique = String(this.#count).padStart(16, '0');
    return `${FOLDER}${ACCOUNT}_CloudTrail_${REGION}_20261120T0700Z_${unique}.json.gz`;
  }

  /** Forwards until the queue is empty, with so many functions at a time. */
  async workOff(forwarders = 1): Promise<void> {
    while (this.#functions.length < forwarders) {
      this.#functions.push(this.newFunction(this.options.bundles.forwarder));
    }
    await this.mapping.workOff(this.#functions.slice(0, forwarders));
  }

  /** A further function, of which the world takes care. */
  newFunction(bundle: string): FunctionProcess {
    return new FunctionProcess({
      bundle,
      environment: this.#environment(),
      clock: this.clock,
      onLine: (line) => this.lines.push(line),
    });
  }

  /** Kills all forwarders, as `kill -9` does, when the moment comes for the n-th times. */
  killAt(moment: Moment, ...times: readonly number[]): void {
    this.moments.on(moment, (count) => {
      if ((times.length === 0 ? [1] : times).includes(count)) {
        this.killForwarders();
        throw new CallerGone();
      }
    });
  }

  killForwarders(): void {
    for (const fn of this.#functions) {
      fn.kill();
    }
  }

  get deaths(): number {
    return this.#functions.reduce((sum, { deaths }) => sum + deaths, 0);
  }

  /** The queues have only to be URLs: the SDK sends everything to `AWS_ENDPOINT_URL`. */
  #environment(): Record<string, string> {
    const { destination, namesNotFound } = this.options;
    const host = namesNotFound > 0 ? 'localhost' : '127.0.0.1';
    const awsUrl = this.aws.server.url;
    return {
      AWS_ENDPOINT_URL: awsUrl,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: 'faults',
      AWS_SECRET_ACCESS_KEY: 'faults',
      POWERTOOLS_SERVICE_NAME: 'Forwarder',
      VENDOR_ENDPOINT_OVERRIDE: `http://${host}:${this.destination.server.port}`,
      FAULTS_NAMES_NOT_FOUND: String(namesNotFound),
      DESTINATION: destination,
      DESTINATION_URL: DESTINATION_URLS[destination],
      DESTINATION_API_VERSION: 'v1',
      DESTINATION_TOKEN_SECRET_ARN: TOKEN_ARN,
      STACK_NAME: 'Faults',
      LEDGER_TABLE: 'ledger',
      BUCKET_REGION: REGION,
      QUEUE_URL: `${awsUrl}/queue`,
      DEAD_LETTER_QUEUE_URL: `${awsUrl}/dead-letters`,
      MAXIMUM_TRIES: '5',
      CLOUD_ONE_API_KEY_SECRET_ARN: API_KEY_ARN,
      SERVICE_TOKEN_SECRET_ARN: TOKEN_ARN,
      CLOUD_ONE_REGION: 'us-1',
      STACK_ACCOUNT_ID: ACCOUNT,
      STACK_REGION: REGION,
      SERVICE_URL: DESTINATION_URLS.CloudOne,
      SERVICE_API_VERSION: 'v1',
    };
  }
}
