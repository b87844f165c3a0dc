/**
 * A made-up shop as somebody's own data: users with tastes, items of skewed popularity, and items that tend
 * to follow others. Popularity and the last item's followers each find a part of it; neither finds tastes.
 * The shares were set so that popularity has .8 to .95 of what the followers have (sampled NDCG@10).
 */
import { type Dataset, makeDataset } from '../../lib/src/data';
import { createRandom, type Random } from '../../lib/src/random';

export interface ShopSize {
  users: number;
  /** Mean number of events per user. */
  events: number;
  /** Mean number of events per item: about 8 is sparse, 40 is dense. */
  perItem: number;
}

const FEWEST_ITEMS = 100;
const ITEMS_PER_CLUSTER = 40;
const CLUSTERS_PER_USER = 2;
const FOLLOWERS = 6;
/** Share of an item's followers that are of its own cluster. */
const OWN_CLUSTER = 0.7;
/** "afterRecent": a follower of one of the last RECENT items. */
const RECENT = 5;
/** How the next event comes about; the rest is the whole shop, by popularity. */
const SHARE = { afterLast: 0.1, afterRecent: 0.15, taste: 0.5 } as const;

export function makeShop({ users, events, perItem }: ShopSize, seed = 1): Dataset {
  const random = createRandom(seed);
  const items = Math.max(FEWEST_ITEMS, Math.round((users * events) / perItem));
  const clusters = Math.max(CLUSTERS_PER_USER + 1, Math.round(items / ITEMS_PER_CLUSTER));
  // Popularity falls with the item's place in a shuffled order (Zipf), in the shop and within each cluster.
  const byPopularity = random.shuffle(Int32Array.from({ length: items }, (_, i) => i + 1));
  const clusterOf = (item: number): number => item % clusters;
  const members = Array.from({ length: clusters }, (_, c) => byPopularity.filter((i) => clusterOf(i) === c));
  const followers = Array.from({ length: items + 1 }, (_, item) =>
    Array.from({ length: FOLLOWERS }, () =>
      zipf(random.uniform() < OWN_CLUSTER ? members[clusterOf(item)] : byPopularity, random),
    ),
  );

  const sequences = Array.from({ length: users }, () => {
    const tastes = Array.from({ length: CLUSTERS_PER_USER }, () => random.integer(clusters));
    const wanted = Math.max(3, Math.round(events * Math.exp(0.5 * random.normal() - 0.125)));
    const sequence: number[] = [];
    const next = (): number => {
      const chance = random.uniform();
      if (chance < SHARE.taste) return zipf(members[tastes[random.integer(tastes.length)]], random);
      if (chance < SHARE.taste + SHARE.afterRecent + SHARE.afterLast && sequence.length > 0) {
        const back = chance < SHARE.taste + SHARE.afterLast ? 1 : 1 + random.integer(RECENT);
        return followers[sequence[Math.max(0, sequence.length - back)]][random.integer(FOLLOWERS)];
      }
      return zipf(byPopularity, random);
    };
    const seen = new Set<number>();
    // Nobody buys a thing twice; who has bought nearly everything buys less.
    for (let tries = 0; sequence.length < Math.min(wanted, items / 2) && tries < 50 * wanted; tries++) {
      const item = next();
      if (seen.has(item)) continue;
      seen.add(item);
      sequence.push(item);
    }
    return sequence;
  });
  return datasetOf(sequences, items);
}

/** The value in place k with a probability in proportion to 1 / (k + 3), nearly. */
function zipf(values: Int32Array, random: Random): number {
  const place = Math.floor(3 * ((values.length / 3 + 1) ** random.uniform() - 1));
  return values[Math.min(place, values.length - 1)];
}

/** Items that nobody bought are no part of the data. */
function datasetOf(sequences: readonly number[][], items: number): Dataset {
  const ids = new Int32Array(items + 1);
  let bought = 0;
  for (const item of sequences.flat()) if (ids[item] === 0) ids[item] = ++bought;
  const offsets = new Int32Array(sequences.length + 1);
  sequences.forEach(({ length }, row) => (offsets[row + 1] = offsets[row] + length));
  return makeDataset({
    name: 'Shop',
    kind: 'own',
    offsets,
    sequence: Int32Array.from(sequences.flat(), (item) => ids[item]),
    userKeys: sequences.map((_, row) => `user ${row + 1}`),
    itemKeys: Array.from({ length: bought }, (_, i) => `item ${i + 1}`),
    itemTexts: Array.from({ length: bought }, (_, i) => ({
      title: `item ${i + 1}`,
      brand: '',
      category: '',
    })),
  });
}
