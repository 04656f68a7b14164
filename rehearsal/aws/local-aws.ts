import { externalAws } from './external-aws.ts';
import { ensureEmulator } from './install.ts';
import { startMiniStack } from './ministack.ts';

/** An AWS that is not AWS: an emulator on this machine. */
export interface LocalAws {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  readonly provider: {
    readonly name: string;
    readonly version: string;
    /** True when it was running already (`AWS_ENDPOINT_URL`), and stays up. */
    readonly external: boolean;
  };
  /** What an AWS client (the SDK, the CDK, the AWS CLI) needs in its environment to talk to it, and to nothing else. */
  readonly clientEnvironment: Record<string, string>;
  /** Where the emulator's log is. Empty for an external one. */
  readonly log: string;
  /** Ends it with everything that it started, and removes its files except the log. May be called more than once. */
  stop(): Promise<void>;
}

export interface LocalAwsOptions {
  readonly region: string;
  /** Handed on to every function. An external emulator has to be started with it instead. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Whether each call is checked against the policies of the role that makes it: a function's execution role, say. The
   * caller itself is the account's root user. Without effect on an external emulator.
   * @default true
   */
  readonly enforceIam?: boolean;
  /**
   * A JSON file with the keys that check digest files, in the shape of CloudTrail's `PublicKeyList` (times in seconds
   * since 1970). It may be written after the start. Without effect on an external emulator.
   * @default no keys
   */
  readonly trailPublicKeys?: string;
  /**
   * A JSON file that names a resource whose creation is to fail, `{"stack", "resource", "reason", "when"}`: see
   * `extension/additions/failing_creation.py`. It may come and go. Without effect on an external emulator.
   * @default every creation works
   */
  readonly failingCreation?: string;
  /** A folder for the log and for temporary files, which are removed when it stops. */
  readonly workDir: string;
  readonly onProgress?: (message: string) => void;
}

/**
 * Brings up a local AWS: the one that `AWS_ENDPOINT_URL` names, if it is set, or else the pinned emulator, installed on
 * first use, on a free port of the loopback address. It ends with this process, however this process ends.
 *
 * @throws MissingPrerequisite when the emulator cannot be installed on this machine
 * @throws LocalAwsFailure when it does not start, or when the given endpoint does not answer or is the real AWS
 */
export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const given = process.env.AWS_ENDPOINT_URL;
  if (given) return externalAws(given, options.region);
  const emulator = await ensureEmulator(options.onProgress ? { onProgress: options.onProgress } : {});
  options.onProgress?.(`Starting the local AWS (MiniStack ${emulator.version})`);
  return startMiniStack(emulator, options);
}
