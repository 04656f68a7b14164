import { displayWidth } from '../text-width.ts';

/** Columns as wide as they need to be; colours take no room. @param numbersFrom the first column of numbers. */
export function table(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  numbersFrom: number,
): readonly string[] {
  const all = [titles, ...rows];
  const widths = titles.map((_, column) => Math.max(...all.map((row) => displayWidth(row[column] ?? ''))));
  return all.map((row) =>
    row
      .map((cell, column) => {
        const padding = ' '.repeat((widths[column] ?? 0) - displayWidth(cell));
        return column < numbersFrom ? cell + padding : padding + cell;
      })
      .join('  ')
      .trimEnd(),
  );
}
