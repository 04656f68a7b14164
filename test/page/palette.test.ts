import { expect, test } from 'vitest';
import { DARK, LIGHT, type Palette } from '../../page/palette.ts';

const INKS = ['ink', 'muted', 'accent', 'good', 'bad', 'note'] as const;
const SURFACES = ['page', 'card', 'inset'] as const;

const pairs = Object.entries({ light: LIGHT, dark: DARK }).flatMap(([name, palette]) =>
  INKS.flatMap((ink) => SURFACES.map((surface) => ({ name, palette, ink, surface }))),
);

// WCAG 2.2, success criterion 1.4.3: 4.5 to 1 for text.
test.each(pairs)('$ink on $surface is readable in $name', ({ palette, ink, surface }) => {
  expect(contrast(palette, ink, surface)).toBeGreaterThanOrEqual(4.5);
});

function contrast(palette: Palette, ink: keyof Palette, surface: keyof Palette): number {
  const [low, high] = [luminance(palette[ink]), luminance(palette[surface])].toSorted((a, b) => a - b);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

/** Relative luminance as WCAG defines it. */
function luminance(hex: string): number {
  const channel = (start: number) => {
    const value = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}
