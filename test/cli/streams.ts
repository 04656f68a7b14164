import type { Streams } from '../../cli/output.ts';

/** Streams that keep what is written to them, of a user who has time. */
export function captureStreams() {
  const written = { out: '', err: '' };
  const streams: Streams = {
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    drained: async () => {},
    wait: async () => {},
    onInterrupt: () => new AbortController().signal,
  };
  return { streams, written };
}
