import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Some tests wait more than they work: a worker for each processor, instead of one less.
    maxWorkers: '100%',
    // What hangs must fail; nothing is asserted about how long anything takes.
    testTimeout: 60_000,
    hookTimeout: 180_000,
    restoreMocks: true,
    unstubEnvs: true,
  },
});
