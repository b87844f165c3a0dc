/**
 * The stages of the experiments, made from a profile. Every table and figure takes its nodes from here, so that equal
 * stages have equal keys and are computed once.
 */
import type { DomainName } from '../data/simulation';
import type { Profile } from './profiles';
import { stage, type StageNode } from './stage';
import type { DatasetConfig } from './stages/dataset';
import { kinds } from './stages/kinds';
import type { LexicalConfig } from './stages/lexical';
import type { RecommenderConfig } from './stages/recommender';

/** Seed of everything that is not a recommender's own run (tables, baselines). */
const TABLE_SEED = 1;

export interface Variant {
  readonly id: string;
  readonly label: string;
  /** Where the item table comes from: drawn at random, or made from item texts. */
  readonly table: 'random' | 'lexical';
  readonly tuning: 'trainable' | 'freeze';
}

export function datasetNode(profile: Profile, domain: DomainName): StageNode {
  const { world, size, seed } = profile.simulation;
  const config: DatasetConfig = { domain, world, size, seed };
  return stage(kinds.dataset, `${domain}, simulated`, { ...config });
}

export function lexicalNode(profile: Profile, domain: DomainName): StageNode {
  const config: LexicalConfig = { dim: profile.recommender.dim, seed: TABLE_SEED };
  return stage(kinds.lexical, `lexical table, ${domain}`, { ...config }, { dataset: datasetNode(profile, domain) });
}

export function baselinesNode(profile: Profile, domain: DomainName): StageNode {
  return stage(kinds.baselines, `baselines, ${domain}`, { seed: TABLE_SEED }, {
    dataset: datasetNode(profile, domain),
    table: lexicalNode(profile, domain),
  });
}

/**
 * A recommender's runs, one node a seed. The first seed chooses the learning rate from the profile's grid by validation
 * NDCG@10; the others take the rate it chose.
 */
export function recommenderNodes(profile: Profile, domain: DomainName, model: RecommenderConfig['model'], variant: Variant): StageNode[] {
  const { learningRates, seeds, ...settings } = profile.recommender;
  const inputs: Record<string, StageNode> = { dataset: datasetNode(profile, domain) };
  if (variant.table === 'lexical') inputs.table = lexicalNode(profile, domain);
  const config = { ...settings, model, loss: model === 'sasrec' ? 'bce' : 'ce', freeze: variant.tuning === 'freeze' } as const;
  const label = (seed: number): string => `${model}, ${domain}, ${variant.label}, seed ${seed}`;
  const [first, ...others] = seeds;
  const searched = stage(kinds.recommender, label(first), { ...config, seed: first, learningRates }, inputs);
  return [
    searched,
    ...others.map((seed) => stage(kinds.recommender, label(seed), { ...config, seed, learningRates: [] }, { ...inputs, rates: searched })),
  ];
}
