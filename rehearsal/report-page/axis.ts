/** Axes of the plots: where a value stands, and which values are written beside it. */

export interface Axis {
  readonly scale: 'linear' | 'logarithmic';
  /** In the values' own unit, ascending. */
  readonly ticks: readonly number[];
  /** 0 at the axis's beginning, 1 at its end. */
  position(value: number): number;
}

/** From 0 to a round number at or above `maximum`. */
export function linearAxis(maximum: number, wantedTicks = 5): Axis {
  const step = maximum > 0 ? roundUp(maximum / wantedTicks) : 1 / wantedTicks;
  const steps = maximum > 0 ? Math.ceil(maximum / step - 1e-9) : wantedTicks;
  const end = steps * step;
  return {
    scale: 'linear',
    ticks: Array.from({ length: steps + 1 }, (_, index) => (index * end) / steps),
    position: (value) => clamp(value / end),
  };
}

/** From a round number at or below `minimum` to one at or above `maximum`; both above 0. */
export function logarithmicAxis(minimum: number, maximum: number): Axis {
  const [first, last] = [roundDown(minimum), roundUp(maximum)];
  const [from, to] = [Math.log10(first), Math.log10(last === first ? first * 10 : last)];
  const decades = Array.from(
    { length: Math.ceil(to) - Math.floor(from) + 1 },
    (_, index) => Math.floor(from) + index,
  );
  const mantissas = to - from > 3 ? [1] : [1, 2, 5];
  const ticks = decades.flatMap((decade) => mantissas.map((mantissa) => mantissa * 10 ** decade));
  return {
    scale: 'logarithmic',
    ticks: ticks.filter((tick) => Math.log10(tick) > from - 1e-9 && Math.log10(tick) < to + 1e-9),
    position: (value) => clamp(value <= first ? 0 : (Math.log10(value) - from) / (to - from)),
  };
}

/** The next of 1, 2, 5, 10, 20, 50, … at or above the value. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const mantissa = value / power;
  return ([1, 2, 5].find((round) => mantissa <= round + 1e-9) ?? 10) * power;
}

function roundDown(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  return ([5, 2, 1].find((round) => value / power >= round - 1e-9) ?? 1) * power;
}

function clamp(position: number): number {
  return Math.min(Math.max(position, 0), 1);
}
