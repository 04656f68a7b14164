import { PutBucketNotificationConfigurationCommand, S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { NotificationDocument } from '../../../lambda/trail/notification-document.ts';
import { NotificationEditor } from '../../../lambda/trail/notification-editor.ts';
import { BucketError, bucketContext } from '../../../lambda/trail/s3-errors.ts';
import { captureOutput, STACK_ID } from '../shared/custom-resource-harness.ts';
import { fakeBucket } from './fake-bucket.ts';

const IDS = ['a', 'b', 'c', 'd'];
const WRITES = 6;

/** The ids of queue entries, and whether EventBridge is on: all that matters of a document here. */
interface Simple {
  readonly ids: readonly string[];
  readonly eventBridge: boolean;
}

const simple: fc.Arbitrary<Simple> = fc.record({
  ids: fc.subarray(IDS),
  eventBridge: fc.boolean(),
});

function documentOf({ ids, eventBridge }: Simple): NotificationDocument {
  return {
    ...(eventBridge ? { EventBridgeConfiguration: {} } : {}),
    // Nothing is at the end of these: someone else's stale destinations.
    QueueConfigurations: ids.map((Id) => ({
      Id,
      QueueArn: `arn:aws:sqs:us-east-1:1:gone-${Id}`,
      Events: [],
    })),
  };
}

function simpleOf(document: NotificationDocument): Simple {
  return {
    ids: (document.QueueConfigurations ?? []).map(({ Id = '' }) => Id).toSorted(),
    eventBridge: document.EventBridgeConfiguration !== undefined,
  };
}

/** What another tool does right after one of our writes: nothing, or write a whole document of its own. */
const interference = fc.array(fc.option(simple, { freq: 2 }), { maxLength: WRITES });

function editorOf() {
  const signal = AbortSignal.timeout(10_000);
  return new NotificationEditor(new S3Client({}), bucketContext('trail-logs', STACK_ID), signal, [0]);
}

beforeEach(() => {
  vi.restoreAllMocks();
  captureOutput();
});

describe.each([
  ['on', true],
  ['off', false],
] as const)('switching %s, with other tools that write whole documents in between', (_name, wanted) => {
  test('either leaves exactly what the last of them wrote, but for EventBridge, or says what is wrong', async () => {
    await fc.assert(
      fc.asyncProperty(simple, interference, async (before, others) => {
        const bucket = fakeBucket();
        bucket.notifications = documentOf(before);
        let theirLast: Simple = before;
        let writes = 0;
        bucket.mock.on(PutBucketNotificationConfigurationCommand).callsFake((input) => {
          // Destinations of others are never validated, or a stale one would refuse every change.
          expect(input.SkipDestinationValidation).toBe(true);
          const theirs = others[writes];
          bucket.notifications = theirs
            ? documentOf(theirs)
            : structuredClone(input.NotificationConfiguration);
          theirLast = theirs ?? theirLast;
          writes += 1;
          return {};
        });
        const editor = editorOf();

        const document = await editor.read();
        const change = wanted ? editor.switchOn(document) : editor.switchOff(document);
        const failure = await change.then(
          () => undefined,
          (error: unknown) => error,
        );

        // Never an entry back that its owner has taken out, and never one lost.
        const { ids, eventBridge } = simpleOf(bucket.notifications);
        expect(ids).toEqual(theirLast.ids.toSorted());
        if (failure === undefined) {
          expect(eventBridge).toBe(wanted);
        } else {
          expect(failure).toBeInstanceOf(BucketError);
          expect((failure as Error).message).toMatch(/overwritten 3 times|lacks or has changed entries/);
          expect(writes).toBeGreaterThan(0);
        }
      }),
    );
  });

  test('with nobody in between succeeds, and changes nothing but EventBridge', async () => {
    await fc.assert(
      fc.asyncProperty(simple, async (before) => {
        const bucket = fakeBucket();
        bucket.notifications = documentOf(before);
        const editor = editorOf();

        const document = await editor.read();
        await (wanted ? editor.switchOn(document) : editor.switchOff(document));

        expect(bucket.notifications).toEqual(documentOf({ ...before, eventBridge: wanted }));
      }),
    );
  });
});
