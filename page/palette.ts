/** The page's colours. A test holds each ink against each surface to WCAG's contrast for text. */

export interface Palette {
  /** Behind everything. */
  readonly page: string;
  /** Behind a section's contents. */
  readonly card: string;
  /** Behind nodes, code and tracks. */
  readonly inset: string;
  readonly line: string;
  readonly ink: string;
  readonly muted: string;
  readonly accent: string;
  readonly good: string;
  readonly bad: string;
  readonly note: string;
}

export const LIGHT: Palette = {
  page: '#f4f6f8',
  card: '#ffffff',
  inset: '#eef1f5',
  line: '#d5dbe3',
  ink: '#17202b',
  muted: '#525e6e',
  accent: '#2459a8',
  good: '#136c3d',
  bad: '#b3221b',
  note: '#7f5200',
};

export const DARK: Palette = {
  page: '#0f141a',
  card: '#171e27',
  inset: '#202934',
  line: '#34404e',
  ink: '#e7ecf2',
  muted: '#a5b1c0',
  accent: '#84b4f5',
  good: '#66d09a',
  bad: '#ff9388',
  note: '#efb961',
};

/** As CSS custom properties. */
export function declarations(palette: Palette): string {
  return Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour};`)
    .join('');
}
