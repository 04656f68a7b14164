import { fileURLToPath } from 'node:url';

const here = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** The repository's root folder. */
export const repository = here('../..');
/** The emulator and its dependencies, pinned with hashes. */
export const requirementsFile = here('requirements.txt');
/** Starts the emulator with our additions. */
export const launcher = here('extension/launch.py');
/** Node.js 24, which the functions run on. */
export const binFolder = here('../../node_modules/.bin');
/** Where installed emulators are kept from run to run. */
export const defaultCache = here('../../.cache/local-aws');
