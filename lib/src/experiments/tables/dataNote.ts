/** The line below every table that says which data its numbers are measured on. */
import { amazonDomains } from '../givenFolders';
import type { Profile } from '../profiles';

/** What the reader must know of the data before comparing with the paper. */
export function dataNote(profile: Profile): string {
  if (profile.given === undefined) return SHOP;
  const files = profile.own === undefined ? 'the Amazon files given' : givenData(profile);
  return (
    `Our numbers are measured on ${files}, with the language model given; neither is what the paper used, ` +
    'so levels cannot be compared, only orders within a row.'
  );
}

/** Which data a profile on files is on. */
export function givenData(profile: Profile): string {
  const { own } = profile;
  if (own === undefined) return 'Amazon reviews';
  const amazon = amazonDomains(profile);
  const others = amazon.length === 0 ? '' : ` and Amazon reviews of ${amazon.join(', ')}`;
  return `your own data "${own.name}"${others}`;
}

const SHOP =
  "Our numbers are measured on a made-up shop that borrows the names of the paper's domains; the " +
  "paper's are on Amazon reviews. Levels cannot be compared, only orders within a row.";
