/**
 * `mini`, and its Table 3 again with LF, PT, FT and the recommenders trained from another seed: an hour and a
 * half after `mini`. More seeds are in `study`.
 */
import { worlds } from './worlds';
import type { Profile } from './schema';

export const seeds: Profile = {
  ...worlds,
  name: 'seeds',
  repetitions: { ...worlds.repetitions, runs: [{ world: 'calibrated', seed: 2 }] },
};
