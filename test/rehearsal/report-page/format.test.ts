import { expect, test } from 'vitest';
import { bytes, count, counted, duration, latency, moment } from '../../../rehearsal/report-page/format.ts';

test.each([
  [count(12_345), '12,345'],
  [counted(1, 'file'), '1 file'],
  [counted(0, 'file'), '0 files'],
  [counted(2, 'other entry', 'other entries'), '2 other entries'],
  [duration(0), '0.0 s'],
  [duration(74.94), '74.9 s'],
  [duration(192), '3 min 12 s'],
  [duration(119.7), '2 min 0 s'],
  [latency(0), '0 ms'],
  [latency(340.4), '340 ms'],
  [latency(999.6), '1.00 s'],
  [latency(1240), '1.24 s'],
  [latency(30_400), '30.4 s'],
  [bytes(0), '0 bytes'],
  [bytes(1), '1 byte'],
  [bytes(716_800), '716.8 kB'],
  [bytes(4_183_552), '4.2 MB'],
  [moment('2026-11-20T07:41:12.345Z'), '20 Nov 2026, 07:41:12 UTC'],
  [moment('yesterday'), 'yesterday'],
])('%s', (written, expected) => {
  expect(written).toBe(expected);
});
