import { setTimeout as wait } from 'node:timers/promises';
import {
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { logger } from '../shared/logger.ts';
import {
  calls,
  documentOf,
  hasEventBridge,
  lostEntries,
  type NotificationDocument,
  withEventBridge,
  withoutEventBridge,
  withoutFunctions,
} from './notification-document.ts';
import { type BucketContext, BucketError, explainS3Error } from './s3-errors.ts';

/** Milliseconds before each look at what S3 has made of a change, whose effect S3 does not promise at once. */
export const READ_BACK_DELAYS_MS: readonly number[] = [0, 500, 1000, 2000, 4000];

const MERGES = 3;

/**
 * Switches EventBridge on and off in a bucket's notification configuration and keeps everything else in it.
 *
 * S3 knows only whole documents, and no condition on writing one. So each change reads, writes at once, and
 * reads back; where another tool has written in between and undone it, it is merged into what is there now.
 * (Amazon S3 API reference, PutBucketNotificationConfiguration.)
 */
export class NotificationEditor {
  readonly #s3: S3Client;
  readonly #context: BucketContext;
  readonly #signal: AbortSignal;
  readonly #readBackDelaysMs: readonly number[];

  constructor(
    s3: S3Client,
    context: BucketContext,
    signal: AbortSignal,
    readBackDelaysMs: readonly number[] = READ_BACK_DELAYS_MS,
  ) {
    this.#s3 = s3;
    this.#context = context;
    this.#signal = signal;
    this.#readBackDelaysMs = readBackDelaysMs;
  }

  /** @throws BucketError where S3 refuses, with the cure. */
  async read(): Promise<NotificationDocument> {
    const { bucket, home } = this.#context;
    try {
      return documentOf(
        await this.#s3.send(
          new GetBucketNotificationConfigurationCommand({
            Bucket: bucket,
            ExpectedBucketOwner: home.accountId,
          }),
          { abortSignal: this.#signal },
        ),
      );
    } catch (error) {
      throw await explainS3Error(this.#s3, this.#context, 's3:GetBucketNotification', error, this.#signal);
    }
  }

  /** @throws BucketError where it does not stay on, or an entry of others is gone afterwards. */
  async switchOn(document: NotificationDocument): Promise<void> {
    await this.#change(document, withEventBridge, hasEventBridge);
  }

  /** @throws BucketError where it does not stay off, or an entry of others is gone afterwards. */
  async switchOff(document: NotificationDocument): Promise<void> {
    await this.#change(document, withoutEventBridge, (candidate) => !hasEventBridge(candidate));
  }

  /** @throws BucketError where they do not stay out, or another entry is gone afterwards. */
  async removeFunctions(
    document: NotificationDocument,
    isUnwanted: (functionArn: string) => boolean,
  ): Promise<void> {
    await this.#change(
      document,
      (before) => withoutFunctions(before, isUnwanted),
      (candidate) => !candidate.LambdaFunctionConfigurations?.some(calls(isUnwanted)),
    );
  }

  async #change(
    document: NotificationDocument,
    edit: (before: NotificationDocument) => NotificationDocument,
    isDone: (after: NotificationDocument) => boolean,
  ): Promise<void> {
    let before = document;
    for (let merge = 1; merge <= MERGES; merge += 1) {
      await this.#write(edit(before));
      const after = await this.#readBack(edit(before), isDone);
      if (isDone(after)) {
        this.#assertNothingLost(edit(before), after);
        return;
      }
      logger.warn('Another tool has changed the notification configuration: merging again', {
        bucket: this.#context.bucket,
        merge,
      });
      before = after;
    }
    throw new BucketError(
      `The notification configuration of ${this.#context.bucket} was overwritten ${MERGES} times while it was being ` +
        'changed. Find the tool that keeps writing it, let it keep EventBridge, and try again.',
    );
  }

  /** Looks until the change shows and nothing is missing, or it has had time enough to show. */
  async #readBack(
    before: NotificationDocument,
    isDone: (after: NotificationDocument) => boolean,
  ): Promise<NotificationDocument> {
    let after = before;
    for (const delayMs of this.#readBackDelaysMs) {
      await wait(delayMs);
      this.#signal.throwIfAborted();
      after = await this.read();
      if (isDone(after) && lostEntries(before, after).length === 0) {
        return after;
      }
    }
    return after;
  }

  async #write(document: NotificationDocument): Promise<void> {
    const { bucket, home } = this.#context;
    try {
      await this.#s3.send(
        new PutBucketNotificationConfigurationCommand({
          Bucket: bucket,
          NotificationConfiguration: document,
          // Someone else's stale destination is theirs to mend, and must not break ours.
          SkipDestinationValidation: true,
          ExpectedBucketOwner: home.accountId,
        }),
        { abortSignal: this.#signal },
      );
    } catch (error) {
      throw await explainS3Error(this.#s3, this.#context, 's3:PutBucketNotification', error, this.#signal);
    }
  }

  /**
   * An entry that is gone was either taken out by its owner in the same moment, and stays out, or lost: a
   * person has to look. The whole document of before is logged, so that it can be put back.
   */
  #assertNothingLost(before: NotificationDocument, after: NotificationDocument): void {
    const lost = lostEntries(before, after);
    if (lost.length === 0) {
      return;
    }
    const { bucket } = this.#context;
    logger.error('Notification entries are missing after a change', { bucket, lost, before });
    throw new BucketError(
      `After the change, the notification configuration of ${bucket} lacks or has changed entries that it had before: ` +
        `${lost.join(', ').slice(0, 300)}. Someone may have changed them in the same moment. The configuration as it was is in this function's log.`,
    );
  }
}
