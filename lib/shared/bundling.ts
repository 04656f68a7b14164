import type { BuildOptions } from 'esbuild';

/** How a function's code is bundled for Lambda; the benchmark bundles what it measures alike. */
export const BUNDLING = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  minify: true,
  // ES modules first: they can be shaken, and the AWS SDK shrinks by it.
  mainFields: ['module', 'main'],
  logLevel: 'warning',
} as const satisfies BuildOptions;
