/** The frame of a plot: its area, its axes with units, and where a pair of values stands in it. */

import { type Child, html, type Markup } from '../../page/html.ts';
import type { Axis } from './axis.ts';

/** In the SVG's own units. Small enough for a phone; on wide screens it grows with its labels. */
const SIZE = { width: 440, height: 264 };
const AREA = { left: 50, top: 26, right: 414, bottom: 214 };

export interface LabelledAxis {
  readonly axis: Axis;
  /** With the unit in brackets. */
  readonly label: string;
  readonly format: (tick: number) => string;
}

export interface Frame {
  x(value: number): number;
  y(value: number): number;
  readonly area: typeof AREA;
}

export function frameOf(horizontal: Axis, vertical: Axis): Frame {
  return {
    area: AREA,
    x: (value) => round(AREA.left + horizontal.position(value) * (AREA.right - AREA.left)),
    y: (value) => round(AREA.bottom - vertical.position(value) * (AREA.bottom - AREA.top)),
  };
}

/** `description` is what a reader who does not see the plot is told instead. */
export function plot(
  title: string,
  description: string,
  horizontal: LabelledAxis,
  vertical: LabelledAxis,
  drawing: (frame: Frame) => Child,
): Markup {
  const frame = frameOf(horizontal.axis, vertical.axis);
  return html`
<figure class="plot">
<figcaption>${title}</figcaption>
<svg viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" aria-label="${title}. ${description}">
${vertical.axis.ticks.map((tick) => {
  const y = frame.y(tick);
  return html`<path class="grid" d="M${AREA.left} ${y}H${AREA.right}"/><text x="${AREA.left - 8}" y="${y + 4}" text-anchor="end">${vertical.format(tick)}</text>`;
})}
${horizontal.axis.ticks.map((tick) => {
  const x = frame.x(tick);
  return html`<path class="tick" d="M${x} ${AREA.bottom}v5"/><text x="${x}" y="${AREA.bottom + 18}" text-anchor="middle">${horizontal.format(tick)}</text>`;
})}
<path class="axis" d="M${AREA.left} ${AREA.bottom}H${AREA.right}"/>
<text class="label" x="${(AREA.left + AREA.right) / 2}" y="${SIZE.height - 10}" text-anchor="middle">${horizontal.label}</text>
<text class="label" x="4" y="12">${vertical.label}</text>
${drawing(frame)}
</svg>
</figure>`;
}

/** A tenth of a unit is finer than anyone sees, and keeps the file small. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
