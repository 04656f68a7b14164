/** Moves dead letters back to where they came from: sent first, deleted after. */
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { askAws } from '../aws.ts';
import { askQueueDepth } from '../queue-depth.ts';
import type { DeadLetter, DeadLetterQueue, ReceivedMessage } from './kinds.ts';

export interface RedriveOptions {
  readonly isChosen: (letter: DeadLetter) => boolean;
  /** How many are moved at most. */
  readonly limit: number;
  /** Nothing is moved. */
  readonly dryRun: boolean;
  /** Aborts when the user interrupts: what is begun is ended, and nothing more is begun. */
  readonly signal: AbortSignal;
  readonly onProgress: (tally: RedriveTally) => void;
}

/** What was found and done. */
export interface RedriveTally {
  /** Of everything that was found, by reason. */
  readonly found: Readonly<Record<string, number>>;
  /** One letter of each reason, for the person who reads. */
  readonly examples: Readonly<Record<string, Pick<DeadLetter, 'key' | 'detail'>>>;
  readonly chosen: number;
  readonly moved: number;
  /** Dead-lettered again meanwhile, or twice in the queue: left there. Not among those found. */
  readonly cameBack: number;
  /** Letters that a queue still has and that were not looked at: as many as asked for were found, or SQS gave no more. */
  readonly unseen: number;
}

/** The most that SQS takes in one call. */
const BATCH = 10;
/** Below what SQS has always taken in one call, 262,144 bytes. */
const BATCH_BYTES = 250_000;
/**
 * For so long nobody else sees what was received: until everything has been looked at. What is left of it after an
 * interruption that nobody could answer comes back by itself then.
 */
const HIDDEN_SECONDS = 600;
/** SQS asks all of its servers then, and an empty answer means an empty queue, nearly always. */
const LONG_POLL_SECONDS = 1;
const EMPTY_ANSWERS = 2;
/**
 * As many can be hidden at a time: SQS gives no more until some are let go, and says nothing of it to who waits for
 * messages (Amazon SQS Developer Guide, "Quotas": 120,000 in flight). Some room is left for others.
 */
const MOST_HIDDEN = 115_000;

export class Redrive {
  readonly #sqs: SQSClient;
  readonly #options: RedriveOptions;
  readonly #found: Record<string, number> = {};
  readonly #examples: Record<string, Pick<DeadLetter, 'key' | 'detail'>> = {};
  #chosen = 0;
  #moved = 0;
  #cameBack = 0;
  #unseen = 0;
  /** Bodies that were moved: without them, what fails at once would be moved for ever. */
  readonly #movedBodies = new Set<string>();

  constructor(sqs: SQSClient, options: RedriveOptions) {
    this.#sqs = sqs;
    this.#options = options;
  }

  get tally(): RedriveTally {
    return {
      found: { ...this.#found },
      examples: { ...this.#examples },
      chosen: this.#chosen,
      moved: this.#moved,
      cameBack: this.#cameBack,
      unseen: this.#unseen,
    };
  }

  /**
   * Looks at everything in a queue, and moves what is chosen, until as many are chosen as are wanted. The rest is let go
   * at the end, so that nothing is looked at twice, and is then visible to others at once.
   *
   * @throws UserError where SQS refuses or cannot be reached: what was not moved stays.
   */
  async workOff(queue: DeadLetterQueue): Promise<void> {
    const seen = new Set<string>();
    const kept: DeadLetter[] = [];
    try {
      for (let empty = 0; empty < EMPTY_ANSWERS && this.#goesOn(kept.length); ) {
        const letters = (await this.#receive(queue)).filter(({ id }) => !seen.has(id));
        empty = letters.length === 0 ? empty + 1 : 0;
        for (const { id } of letters) {
          seen.add(id);
        }
        const chosen = letters.filter((letter) => !this.#isBack(letter) && this.#note(letter));
        const unmoved = new Set(letters);
        try {
          for (const batch of this.#options.dryRun ? [] : batchesOf(chosen)) {
            for (const letter of await this.#move(queue, batch)) {
              unmoved.delete(letter);
            }
          }
        } finally {
          kept.push(...unmoved);
        }
        this.#options.onProgress(this.tally);
      }
      // Asked only then: just after a queue was emptied, SQS may count what is not there any more.
      if (!this.#goesOn(kept.length) && !this.#options.signal.aborted) {
        this.#unseen += (await askQueueDepth(this.#sqs, queue.url)).waiting;
      }
    } finally {
      await this.#release(queue, kept);
    }
  }

  #goesOn(hidden: number): boolean {
    return !this.#options.signal.aborted && this.#chosen < this.#options.limit && hidden < MOST_HIDDEN;
  }

  #isBack({ body }: DeadLetter): boolean {
    const isBack = this.#movedBodies.has(body);
    this.#cameBack += isBack ? 1 : 0;
    return isBack;
  }

  /** @returns whether it is chosen. */
  #note(letter: DeadLetter): boolean {
    const { reason, key, detail } = letter;
    this.#found[reason] = (this.#found[reason] ?? 0) + 1;
    this.#examples[reason] ??= { key, detail };
    const isChosen = this.#chosen < this.#options.limit && this.#options.isChosen(letter);
    this.#chosen += isChosen ? 1 : 0;
    return isChosen;
  }

  async #receive({ url, read }: DeadLetterQueue): Promise<DeadLetter[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: BATCH,
      VisibilityTimeout: HIDDEN_SECONDS,
      WaitTimeSeconds: LONG_POLL_SECONDS,
      MessageAttributeNames: ['All'],
    });
    const { Messages = [] } = await askAws('SQS', () => this.#sqs.send(command));
    return Messages.map((message) => read(received(message)));
  }

  /** @returns those that SQS has taken at the other queue, whether they could be deleted here or not. */
  async #move(
    { url, targetUrl }: DeadLetterQueue,
    letters: readonly DeadLetter[],
  ): Promise<readonly DeadLetter[]> {
    const sending = new SendMessageBatchCommand({
      QueueUrl: targetUrl,
      Entries: letters.map(({ body }, index) => ({ Id: String(index), MessageBody: body })),
    });
    const { Failed = [] } = await askAws('SQS', () => this.#sqs.send(sending));
    const unsent = new Set(Failed.map(({ Id }) => Number(Id)));
    const sent = letters.filter((_, index) => !unsent.has(index));
    for (const { body } of sent) {
      this.#movedBodies.add(body);
    }
    this.#moved += sent.length;
    if (sent.length > 0) {
      const deleting = new DeleteMessageBatchCommand({
        QueueUrl: url,
        Entries: sent.map(({ receiptHandle }, index) => ({
          Id: String(index),
          ReceiptHandle: receiptHandle,
        })),
      });
      // One that is not deleted comes back into view, and can be sent again: that does no harm.
      await askAws('SQS', () => this.#sqs.send(deleting));
    }
    return sent;
  }

  /** Makes them visible again. */
  async #release({ url }: DeadLetterQueue, letters: readonly DeadLetter[]): Promise<void> {
    for (let start = 0; start < letters.length; start += BATCH) {
      const command = new ChangeMessageVisibilityBatchCommand({
        QueueUrl: url,
        Entries: letters.slice(start, start + BATCH).map(({ receiptHandle }, index) => ({
          Id: String(index),
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: 0,
        })),
      });
      try {
        await this.#sqs.send(command);
      } catch {
        // They become visible by themselves, and what was done must be told.
        return;
      }
    }
  }
}

/** What SQS takes in one call: ten messages at most, and not too large together. */
function batchesOf(letters: readonly DeadLetter[]): DeadLetter[][] {
  const batches: DeadLetter[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const letter of letters) {
    const size = Buffer.byteLength(letter.body);
    bytes += size;
    if (bytes > BATCH_BYTES) {
      batches.push([]);
      bytes = size;
    }
    batches.at(-1)?.push(letter);
  }
  return batches;
}

function received({ MessageId, ReceiptHandle, Body, MessageAttributes = {} }: Message): ReceivedMessage {
  const attributes = Object.entries(MessageAttributes).map(
    ([name, { StringValue }]) => [name, StringValue] as const,
  );
  return {
    id: MessageId ?? '',
    receiptHandle: ReceiptHandle ?? '',
    body: Body ?? '',
    attributes: Object.fromEntries(attributes),
  };
}
