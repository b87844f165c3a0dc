/** The items of a domain as rows in the order of their ids, with the number of interactions of each. */
import type { ItemText } from '../../data';
import type { Profile } from '../profiles';
import { loadDataset } from '../stages/storedDataset';
import { view } from './view';

export interface ItemRow extends ItemText {
  readonly id: number;
  readonly interactions: number;
}

export const itemRows = view('itemRows', {
  args: (_, domain: string) => [domain] as const,
  kept: (profile, ask) => shownDomain(profile).map((domain) => ask(domain)),
  of: (experiment, domain) => {
    const dataset = experiment.dataset(domain);
    return {
      nodes: [dataset],
      make: (read): ItemRow[] => {
        const { itemTexts, sequence } = loadDataset(read(dataset));
        const counts = new Int32Array(itemTexts.length + 1);
        for (const id of sequence) counts[id]++;
        return itemTexts.map((text, i) => ({ id: i + 1, ...text, interactions: counts[i + 1] }));
      },
    };
  },
});

/**
 * The domain whose items and users a results file keeps: a simulated one, as given data are not ours to
 * pass on.
 */
export function shownDomain({ given, domains }: Profile): [domain: string] | [] {
  if (given !== undefined) return [];
  return [domains.includes('Pantry') ? 'Pantry' : domains[0]];
}
