/**
 * The width of text drawn in Helvetica, or in fonts of the same metrics (Arial, Liberation Sans, Nimbus
 * Sans), from the font's published character widths. Fonts differ between machines; these numbers do not, so
 * neither do a figure's bytes.
 */

/**
 * Widths of the characters from space to tilde, in thousandths of the font size (Adobe's font metrics for
 * Helvetica).
 */
const WIDTHS = [
  278,
  278,
  355,
  556,
  556,
  889,
  667,
  191,
  333,
  333,
  389,
  584,
  278,
  333,
  278,
  278, // space to /
  556,
  556,
  556,
  556,
  556,
  556,
  556,
  556,
  556,
  556,
  278,
  278,
  584,
  584,
  584,
  556, // 0 to ?
  1015,
  667,
  667,
  722,
  722,
  667,
  611,
  778,
  722,
  278,
  500,
  667,
  556,
  833,
  722,
  778, // @ to O
  667,
  778,
  722,
  667,
  611,
  722,
  667,
  944,
  667,
  667,
  611,
  278,
  278,
  278,
  469,
  556, // P to _
  333,
  556,
  556,
  500,
  556,
  556,
  278,
  556,
  556,
  222,
  222,
  500,
  222,
  833,
  556,
  556, // ` to o
  556,
  556,
  333,
  500,
  278,
  556,
  500,
  722,
  500,
  500,
  500,
  334,
  260,
  334,
  584, // p to ~
];

const OTHER_WIDTH = 584;
/** Chinese, Japanese, Korean and emoji are as wide as they are high. */
const FULL_WIDTH = 1000;
const FIRST_FULL_WIDTH = 0x2e80;
/** Helvetica Bold is this much wider, on average over English text. */
const BOLD = 1.07;

/** Width in the unit of `fontSize`. */
export function textWidth(text: string, fontSize: number, bold = false): number {
  let thousandths = 0;
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    thousandths += WIDTHS[code - 32] ?? (code >= FIRST_FULL_WIDTH ? FULL_WIDTH : OTHER_WIDTH);
  }
  return (thousandths * fontSize * (bold ? BOLD : 1)) / 1000;
}
