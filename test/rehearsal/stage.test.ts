import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StageError, setStage } from '../../rehearsal/stage.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailbridge-stage-test-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test.each([undefined, '', 'localhost', 'http://127.0.0.1'])(
  'an AWS given from outside, whose functions find the vendors at %j, cannot be played on',
  async (override) => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:4566');
    vi.stubEnv('VENDOR_ENDPOINT_OVERRIDE', override);

    const stage = setStage(folder, () => undefined);

    await expect(stage).rejects.toThrow(StageError);
    await expect(stage).rejects.toThrow(
      /AWS_ENDPOINT_URL \(http:\/\/127\.0\.0\.1:4566\).*VENDOR_ENDPOINT_OVERRIDE=http/,
    );
  },
);
