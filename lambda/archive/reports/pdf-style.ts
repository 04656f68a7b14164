/** Colours of a report's pages; they tell apart in black and white, too. */
export const COLOURS = {
  text: '#1b2330',
  quiet: '#5b6573',
  line: '#c9d0d9',
  heading: '#22364f',
  onHeading: '#ffffff',
  panel: '#f1f4f8',
  attention: '#fdf0d0',
  failure: '#a51d1d',
  former: '#8a4b16',
  present: '#14532d',
  label: '#a51d1d',
} as const;

/** Points. */
export const MARGINS = { left: 32, top: 50, right: 32, bottom: 38 } as const;

/** Of A4 landscape, in points, between the margins. */
export const PAGE_WIDTH = 841.89 - MARGINS.left - MARGINS.right;
