/** The page's one style sheet. */
import { DARK, declarations, LIGHT } from '../../page/palette.ts';

export const STYLES = `
:root { color-scheme: light dark; ${declarations(LIGHT)} }
@media (prefers-color-scheme: dark) { :root { ${declarations(DARK)} } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: clamp(0.75rem, 2.5vw, 2rem); display: grid; gap: 1.25rem; grid-template-columns: minmax(0, 1fr); }
h1, h2, h3, p, dl, dd, ul, ol, figure { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h1 { font-size: clamp(1.5rem, 4vw, 2.1rem); line-height: 1.2; letter-spacing: -0.01em; display: flex; gap: 0.6rem; align-items: flex-start; }
h1 .sign { width: 1.15em; height: 1.15em; flex: none; }
h2 { font-size: 1.15rem; line-height: 1.3; margin-bottom: 0.75rem; }
h3 { font-size: 0.95rem; line-height: 1.35; }
code, pre { font-family: ui-monospace, "Cascadia Code", Menlo, Consolas, "Liberation Mono", monospace; font-size: 0.86em; overflow-wrap: anywhere; }
pre { background: var(--inset); padding: 0.75rem; border-radius: 0.4rem; overflow: auto; margin: 0.35rem 0 0; white-space: pre-wrap; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.muted, .eyebrow, dt, caption, figcaption, .label { color: var(--muted); }
.intro { margin-bottom: 0.9rem; max-width: 65ch; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.hero, section { background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; padding: clamp(1rem, 2.5vw, 1.6rem); overflow-wrap: break-word; }
.hero { border-top: 0.35rem solid var(--bad); }
.hero.good { border-top-color: var(--good); }
.eyebrow { font-size: 0.9rem; margin-bottom: 0.35rem; }
.lead { font-size: 1.08rem; margin-top: 0.6rem; max-width: 65ch; }
h2.problems { margin: 1.1rem 0 0.4rem; font-size: 1rem; }
ul.problems li { border-left: 3px solid var(--bad); padding: 0.3rem 0 0.3rem 0.8rem; margin-bottom: 0.4rem; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.6rem, 1fr)); gap: 1px; margin-top: 1.25rem; border: 1px solid var(--line); border-radius: 0.5rem; overflow: hidden; }
.tiles > div { box-shadow: 0 0 0 1px var(--line); padding: 0.7rem 0.85rem; display: flex; flex-direction: column; }
.tiles dt { font-size: 0.84rem; line-height: 1.3; }
.tiles strong { display: block; font-size: 1.5rem; font-weight: 600; line-height: 1.35; font-variant-numeric: tabular-nums; white-space: nowrap; }
.tiles .verdict { font-size: 0.86rem; }

.sign { width: 1em; height: 1em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; }
.verdict { display: inline-flex; gap: 0.35em; align-items: baseline; }
.verdict .sign { align-self: flex-start; margin-top: 0.25em; }
.good.verdict, .good.sign { color: var(--good); }
.bad.verdict, .bad.sign { color: var(--bad); font-weight: 600; }
.note.verdict, .note.sign { color: var(--note); }
.idle.verdict, .idle.sign { color: var(--muted); }

nav ul { display: flex; flex-wrap: wrap; gap: 0.15rem 1.1rem; font-size: 0.92rem; padding: 0 0.25rem; }
nav a { text-decoration: none; display: inline-block; padding: 0.2rem 0; }
nav a:hover { text-decoration: underline; }

.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.93rem; }
caption { text-align: left; font-size: 0.88rem; padding: 0.35rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.45rem 0.9rem 0.45rem 0; border-bottom: 1px solid var(--line); font-weight: inherit; overflow-wrap: anywhere; min-width: 5.5rem; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--muted); font-size: 0.84rem; vertical-align: bottom; overflow-wrap: normal; }
tbody tr:last-child > * { border-bottom: 0; }
.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; min-width: 4rem; }
.unbroken { white-space: nowrap; padding-right: 1.4rem; }
td .verdict { overflow-wrap: normal; }
td.text:has(> .verdict) { min-width: 6.6rem; }

.timeline { margin-bottom: 1rem; }
.timeline th, .timeline td { border: 0; padding-block: 0.25rem; vertical-align: middle; min-width: 0; }
.timeline .figure { width: 6.2rem; }
.timeline thead th { height: 0; padding-block: 0; }
.timeline tfoot > tr > * { border-top: 1px solid var(--line); font-weight: 600; padding-top: 0.45rem; }
.timeline tbody th { width: 6rem; }
.bar svg { display: block; width: 100%; height: 1.05rem; border-radius: 0.2rem; }
.track { fill: var(--inset); }
.span { fill: var(--accent); min-width: 2px; }

.node { background: var(--inset); border: 1px solid var(--line); border-radius: 0.5rem; padding: 0.7rem 0.85rem; }
.node p { font-size: 0.87rem; color: var(--muted); line-height: 1.4; margin-top: 0.15rem; }
.node strong { color: var(--ink); font-size: 1.1rem; font-variant-numeric: tabular-nums; }
.connections { display: grid; grid-template-columns: minmax(8rem, 1fr) minmax(0, 2.3fr) minmax(8rem, 1fr) minmax(0, 2.3fr) minmax(8rem, 1fr); align-items: stretch; }
.connections .node { display: flex; flex-direction: column; justify-content: center; text-align: center; }
.wires { display: flex; flex-direction: column; justify-content: center; gap: 0.9rem; padding: 0.6rem 0; }
.wires li { text-align: center; font-size: 0.87rem; line-height: 1.35; }
.wires .name { font-weight: 600; display: flex; flex-wrap: wrap; gap: 0 0.6rem; justify-content: center; }
.wires .verdict { font-weight: 400; }
.wires .line { display: block; height: 0; border-top: 2px dashed var(--good); margin: 0.25rem 0; }
.wires .idle .line { border-top: 2px dotted var(--muted); }
.wires .note .line { border-top: 2px solid var(--note); }
.wires .bad .line { border-top: 3px solid var(--bad); }
.wires .state { display: flex; flex-wrap: wrap; gap: 0 0.5rem; justify-content: center; }
.wires .arrow { color: var(--muted); }

.flow { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 1.6rem; margin-bottom: 0.9rem; }
.flow li { position: relative; }
.flow .node { height: 100%; }
.flow .step:not(:nth-child(6))::after, .flow .branch::before { content: ""; position: absolute; width: 0.55rem; height: 0.55rem; border: solid var(--muted); border-width: 2px 2px 0 0; rotate: 45deg; right: -1.15rem; top: calc(50% - 0.3rem); }
.flow .branch { grid-column: 5; }
.flow .branch::before { rotate: 135deg; right: auto; left: calc(50% - 0.3rem); top: -1.15rem; }
section > :last-child { margin-bottom: 0; }
section > h3 { margin: 1rem 0 0.4rem; }

.percentiles, .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(13rem, 100%), 1fr)); gap: 0.75rem 1.5rem; }
.percentiles { margin-bottom: 1rem; }
.percentiles dt, .facts dt { font-size: 0.88rem; }
.percentiles dd { font-size: 1.3rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.facts dd { overflow-wrap: anywhere; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 1.5rem; }
.plot svg { display: block; width: 100%; max-width: 38rem; height: auto; font-size: 12px; fill: var(--muted); font-variant-numeric: tabular-nums; }
.plot figcaption, figcaption { font-size: 0.92rem; margin-bottom: 0.35rem; }
.plot path { fill: none; stroke: var(--line); }
.plot .axis, .plot .tick { stroke: var(--muted); }
.plot .curve { stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; }
.plot path.fill { fill: var(--accent); fill-opacity: 0.1; stroke: none; }
.plot .range { stroke: var(--accent); stroke-opacity: 0.4; stroke-width: 2; }
.plot .dots { stroke: var(--accent); stroke-opacity: 0.65; stroke-width: 4.5; stroke-linecap: round; }
.plot .drop { stroke: var(--muted); stroke-dasharray: 2 3; }
.plot circle.mark { fill: var(--card); stroke: var(--ink); stroke-width: 2; }
.plot text.mark { fill: var(--ink); font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 3px; stroke-linejoin: round; }

.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr)); gap: 1.25rem 1.75rem; }
ul.plain li { padding: 0.3rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
ul.plain li:last-child { border-bottom: 0; }
ul.codes { display: flex; flex-wrap: wrap; gap: 0.4rem; margin: 0.35rem 0; }
ul.codes li { background: var(--inset); border-radius: 0.3rem; padding: 0.05rem 0.5rem; }
blockquote { margin: 1rem 0 0; padding: 0.8rem 1rem; border-left: 4px solid var(--muted); background: var(--inset); border-radius: 0 0.4rem 0.4rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
details { border-top: 1px solid var(--line); }
details > :not(summary) { margin-bottom: 0.75rem; }
summary { cursor: pointer; padding: 0.5rem 0; }
.function { font-weight: 600; margin-right: 0.4rem; overflow-wrap: anywhere; }
summary .muted, summary .verdict { display: inline-flex; margin-right: 0.6rem; font-size: 0.92rem; }

@media screen and (max-width: 60rem) {
  .connections { grid-template-columns: minmax(0, 1fr); }
  .wires { border-left: 2px solid var(--line); margin-left: 1.5rem; padding: 0.8rem 0 0.8rem 1rem; }
  .wires li { text-align: left; }
  .wires .line { display: none; }
  .wires .state, .wires .name { justify-content: flex-start; }
  .connections .node { text-align: left; }
  .flow { grid-template-columns: minmax(0, 1fr); gap: 1.5rem; }
  .flow .branch { grid-column: auto; }
  .flow .step:not(:nth-child(6))::after { rotate: 135deg; right: auto; left: 1.5rem; top: auto; bottom: -0.95rem; }
  .flow .branch::before { display: none; }
  .flow .branch .node { border-style: dashed; }
}
@media screen and (max-width: 44rem) {
  .stacking, .stacking caption, .stacking tbody, .stacking tr, .stacking th, .stacking td { display: block; min-width: 0; padding: 0; border: 0; text-align: left; white-space: normal; }
  .stacking caption { padding: 0.35rem 0; }
  .stacking thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stacking tbody tr { padding: 0.55rem 0; border-bottom: 1px solid var(--line); }
  .stacking tbody tr:last-child { border-bottom: 0; }
  .stacking tbody th { font-weight: 600; }
  .stacking td { display: grid; grid-template-columns: 7rem minmax(0, 1fr); gap: 0.6rem; padding-top: 0.2rem; }
  .stacking td::before { content: attr(data-title); color: var(--muted); font-size: 0.88rem; }
}
@media screen and (max-width: 34rem) {
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .tiles > div:last-child:nth-child(odd) { grid-column: span 2; }
}
@media print {
  :root { color-scheme: light; ${declarations(LIGHT)} --page: #ffffff; }
  html { font-size: 12px; }
  body { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { padding: 0; }
  nav { display: none; }
  .hero, section { border-radius: 0; border-width: 1px 0 0; padding: 0.8rem 0; }
  .hero { border-top-width: 0.3rem; }
  .node, tr, .plot, .tiles, .connections, h2, h3, blockquote { break-inside: avoid; }
  h2, h3, caption, .intro { break-after: avoid; }
  .scroll { overflow: visible; }
  details::details-content { content-visibility: visible; height: auto; }
}
`;
