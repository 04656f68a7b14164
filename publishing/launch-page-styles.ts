/** The launch page's one style sheet; its colours are those of the rehearsal's report. */
import { DARK, declarations, LIGHT } from '../page/palette.ts';

export const STYLES = `
:root { color-scheme: light dark; ${declarations(LIGHT)} }
@media (prefers-color-scheme: dark) { :root { ${declarations(DARK)} } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
main { max-width: 58rem; margin: 0 auto; padding: clamp(1rem, 3vw, 2.5rem) clamp(0.75rem, 2.5vw, 2rem) 3rem; display: grid; gap: 1.25rem; grid-template-columns: minmax(0, 1fr); }
h1, h2, h3, p, dl, dd, ul, ol { margin: 0; padding: 0; }
h1 { font-size: clamp(1.7rem, 5vw, 2.4rem); line-height: 1.15; letter-spacing: -0.015em; }
h2 { font-size: 1.2rem; line-height: 1.3; margin-bottom: 0.75rem; }
h3 { font-size: 0.95rem; line-height: 1.35; margin: 1.4rem 0 0.35rem; color: var(--muted); }
code, pre { font-family: ui-monospace, "Cascadia Code", Menlo, Consolas, "Liberation Mono", monospace; font-size: 0.88em; overflow-wrap: anywhere; }
pre { background: var(--inset); padding: 0.8rem 0.95rem; border-radius: 0.5rem; overflow: auto; margin: 0 0 0.9rem; line-height: 1.5; }
pre code { font-size: 0.86rem; overflow-wrap: normal; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: 0.75rem; top: -4rem; background: var(--card); color: var(--accent); padding: 0.5rem 0.9rem; border-radius: 0 0 0.5rem 0.5rem; }
.skip:focus { top: 0; }
.eyebrow { color: var(--muted); font-size: 0.92rem; margin-bottom: 0.3rem; }
.lead { font-size: 1.1rem; margin-top: 0.7rem; max-width: 62ch; }
.intro { max-width: 68ch; margin-bottom: 0.9rem; }
.intro:last-child { margin-bottom: 0; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; padding: clamp(1rem, 2.5vw, 1.6rem); overflow-wrap: break-word; }
header { padding: 0 clamp(0rem, 1vw, 0.25rem) 0.25rem; }

.steps { padding-left: 1.5rem; max-width: 70ch; }
.steps > li + li { margin-top: 0.5rem; }
.steps > li::marker { color: var(--muted); font-variant-numeric: tabular-nums; }
.dots, .capabilities { padding-left: 1.3rem; max-width: 70ch; }
.dots li + li { margin-top: 0.45rem; }
.dots { margin-bottom: 0.9rem; }
.capabilities { margin-top: 0.3rem; list-style: "☑  "; }

.launches { list-style: none; display: grid; gap: 0.75rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); }
.launch { display: grid; grid-template-columns: 4.2rem minmax(0, 1fr); align-items: center; min-height: 4rem; border: 1px solid var(--accent); border-radius: 0.6rem; overflow: hidden; color: var(--ink); text-decoration: none; }
.launch .code { background: var(--accent); color: var(--card); align-self: stretch; display: grid; place-items: center; font-weight: 700; font-size: 1.1rem; }
.launch .where { padding: 0.5rem 0.9rem; font-weight: 600; line-height: 1.35; }
.launch .place { display: block; font-weight: 400; font-size: 0.9rem; color: var(--muted); }
.launch:hover { background: var(--inset); }
.launch:hover .where { text-decoration: underline; text-underline-offset: 0.2em; }
.launch:hover .place { display: inline-block; width: 100%; }

.parameters > div { padding: 0.55rem 0; border-top: 1px solid var(--line); display: grid; gap: 0.1rem 1.25rem; grid-template-columns: minmax(0, 18rem) minmax(0, 1fr); }
.parameters dt { font-weight: 600; }
.parameters .default { color: var(--muted); }
.mark { display: inline-block; font-size: 0.76rem; font-weight: 400; color: var(--muted); border: 1px solid var(--line); border-radius: 0.7rem; padding: 0 0.5rem; }
.mark.required { color: var(--accent); border-color: var(--accent); }
@media (max-width: 42rem) { .parameters > div { grid-template-columns: minmax(0, 1fr); } }
@media (forced-colors: active) { .launch .code { border-right: 1px solid; } }
@media print { section { break-inside: avoid; } .skip { display: none; } }
`;
