/**
 * `mini`, and its Table 3 again in a control world whose pre-training domains have nothing in common with the
 * evaluated ones. It pre-trains a PT there: a little over an hour after `mini`.
 */
import { worlds } from './worlds';
import type { Profile } from './schema';

export const unrelated: Profile = {
  ...worlds,
  name: 'unrelated',
  repetitions: { ...worlds.repetitions, runs: [{ world: 'unrelated', seed: 1 }] },
};
