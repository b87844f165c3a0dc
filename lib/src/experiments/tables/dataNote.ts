/** A line below every table: what its numbers are measured on. */
import type { Profile } from '../profiles';

/** What the reader must know of the data before comparing with the paper. */
export function dataNote({ given }: Profile): string {
  return given === undefined ? SHOP : GIVEN;
}

const GIVEN =
  'Our numbers are measured on the Amazon files given, with the language model given; neither is what ' +
  'the paper used, so levels cannot be compared, only orders within a row.';
const SHOP =
  "Our numbers are measured on a made-up shop that borrows the names of the paper's domains; the " +
  "paper's are on Amazon reviews. Levels cannot be compared, only orders within a row.";
