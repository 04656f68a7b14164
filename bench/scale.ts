/** `npm run bench:scale`: writes the figures of docs/scale.md, with what bench/load.json has measured. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LARGEST_GROWTH } from './load.ts';
import { between, type Load, loadText, measuresOf, needsText } from './scale-text.ts';

const LOAD = fileURLToPath(new URL('load.json', import.meta.url));
const DOCUMENT = fileURLToPath(new URL('../docs/scale.md', import.meta.url));

const load = JSON.parse(readFileSync(LOAD, 'utf8')) as Load;
const withLoad = between(readFileSync(DOCUMENT, 'utf8'), 'load', loadText(load, LARGEST_GROWTH));
writeFileSync(DOCUMENT, between(withLoad, 'needs', needsText(measuresOf(load))));
console.log(`Written to ${DOCUMENT}`);
