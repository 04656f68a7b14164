/** How long files took, from their creation to the destination's acknowledgement. */

import { type Child, html, type Markup } from '../../page/html.ts';
import type { RehearsalReport } from '../report.ts';
import { type Axis, linearAxis, logarithmicAxis } from './axis.ts';
import { type Band, bands, cumulative } from './downsample.ts';
import { counted, latency, tickLabel } from './format.ts';
import { section, verdict } from './parts.ts';
import { type Frame, type LabelledAxis, plot } from './plot.ts';

type Latency = RehearsalReport['latencyMs'];

/** Points of a curve: at the plot's width, more are not seen. */
const CURVE_POINTS = 300;
/** Files that are drawn as a dot each; more are drawn as bands. */
const SINGLE_DOTS = 300;
const BANDS = 120;

/** From here a linear axis would press everything but the slowest files against its beginning. */
const LOGARITHMIC_FROM_RATIO = 20;

export function latencySection({ latencyMs }: RehearsalReport): Markup {
  return section(
    'latency',
    'Latency',
    latencyMs.samples.length === 0
      ? html`<p>${verdict('idle', 'No file was acknowledged, so there is no latency to show.')}</p>`
      : html`
<p class="intro">From the object's creation to the destination's acknowledgement, ${counted(latencyMs.samples.length, 'file')}.</p>
<dl class="percentiles">
<div><dt>p50: half of the files within</dt><dd>${latency(latencyMs.p50)}</dd></div>
<div><dt>p95: 95 in 100 files within</dt><dd>${latency(latencyMs.p95)}</dd></div>
<div><dt>max: the slowest file</dt><dd>${latency(latencyMs.max)}</dd></div>
</dl>
<div class="plots">${distribution(latencyMs)}${inOrder(latencyMs.samples, latencyAxis(latencyMs))}</div>`,
  );
}

function latencyAxis({ samples, p50, max }: Latency): LabelledAxis {
  const [fastest, slowest] = extent(samples);
  const end = Math.max(slowest, max);
  const axis: Axis =
    fastest > 0 && end > LOGARITHMIC_FROM_RATIO * p50 ? logarithmicAxis(fastest, end) : linearAxis(end);
  const seconds = end >= 2000;
  const unit = `${seconds ? 's' : 'ms'}${axis.scale === 'logarithmic' ? ', logarithmic' : ''}`;
  return {
    axis,
    label: `Latency (${unit})`,
    format: (tick) => tickLabel(seconds ? tick / 1000 : tick),
  };
}

/** Not `Math.min(...samples)`: arguments have a limit that many samples exceed. */
function extent(samples: readonly number[]): [number, number] {
  return samples.reduce<[number, number]>(
    ([low, high], sample) => [Math.min(low, sample), Math.max(high, sample)],
    [Number.POSITIVE_INFINITY, 0],
  );
}

function distribution(latencyMs: Latency): Markup {
  const share = { axis: linearAxis(1, 5), label: 'Share of files (%)', format: percent };
  return plot(
    'How many files within which time',
    `Half of the files took at most ${latency(latencyMs.p50)}, 95 percent at most ${latency(latencyMs.p95)}, all at most ${latency(latencyMs.max)}.`,
    latencyAxis(latencyMs),
    share,
    (frame) => html`${curve(latencyMs.samples, frame)}
${mark('p50', latencyMs.p50, 0.5, 'beside', frame)}
${mark('p95', latencyMs.p95, 0.95, 'beside', frame)}
${mark('max', latencyMs.max, 1, 'above', frame)}`,
  );
}

function percent(share: number): string {
  return String(Math.round(100 * share));
}

/** A staircase: the share rises at each sample and nowhere between. */
function curve(samples: readonly number[], frame: Frame): Markup {
  const steps = cumulative(samples, CURVE_POINTS).map(
    ({ value, share }) => `H${frame.x(value)}V${frame.y(share)}`,
  );
  const path = `M${frame.area.left} ${frame.area.bottom}${steps.join('')}`;
  return html`<path class="fill" d="${path}V${frame.area.bottom}Z"/><path class="curve" d="${path}"/>`;
}

function mark(name: string, value: number, share: number, place: 'beside' | 'above', frame: Frame): Markup {
  const [x, y] = [frame.x(value), frame.y(share)];
  const label = `${name} ${latency(value)}`;
  // To the right of its point, under the curve; to the left where the plot's edge is near.
  const nearEdge = x > frame.area.right - 84;
  const [dx, anchor] = nearEdge ? [-8, 'end'] : [8, 'start'];
  const [labelX, labelY] = place === 'above' ? [Math.min(x, frame.area.right - 4), y - 9] : [x + dx, y + 16];
  return html`<path class="drop" d="M${x} ${y}V${frame.area.bottom}"/><circle class="mark" cx="${x}" cy="${y}" r="4"/><text class="mark" x="${labelX}" y="${labelY}" text-anchor="${place === 'above' ? 'end' : anchor}">${label}</text>`;
}

/** Shows what percentiles hide: a queue that fills up, a cold start, a pause of the destination. */
function inOrder(samples: readonly number[], vertical: LabelledAxis): Markup {
  const single = samples.length <= SINGLE_DOTS;
  // Two at least: a single file stands in the middle rather than at the edge.
  const files = linearAxis(Math.max(samples.length, 2));
  const horizontal = {
    axis: { ...files, ticks: files.ticks.filter(Number.isInteger) },
    label: 'Files in the order of creation (number)',
    format: tickLabel,
  };
  const groups = bands(samples, single ? SINGLE_DOTS : BANDS);
  const title = single ? 'File by file' : 'File by file: median, and from fastest to slowest';
  const description = `The latency of ${counted(samples.length, 'file')} in the order of their creation.`;
  return plot(title, description, horizontal, vertical, (frame) =>
    single ? dots(groups, frame) : strips(groups, frame),
  );
}

function dots(groups: readonly Band[], frame: Frame): Child {
  const path = groups.map(({ index, median }) => `M${frame.x(index + 1)} ${frame.y(median)}h0`).join('');
  return html`<path class="dots" d="${path}"/>`;
}

function strips(groups: readonly Band[], frame: Frame): Child {
  const ranges = groups.map(
    ({ index, low, high }) => `M${frame.x(index + 1)} ${frame.y(low)}V${frame.y(high)}`,
  );
  const medians = groups.map(({ index, median }) => `${frame.x(index + 1)} ${frame.y(median)}`);
  return html`<path class="range" d="${ranges.join('')}"/><path class="curve" d="M${medians.join('L')}"/>`;
}
